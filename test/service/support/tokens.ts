import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Action } from "../../../sdk/governance.js";
import { freshId } from "./network.js";

/** Somebody who issues tokens (JWT, ES256), once the members trust its key. */
export class TokenIssuer {
  readonly url = `https://${freshId("issuer")}.example.com`;
  readonly #kid = freshId("key");
  readonly #key: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  /** What the members vote for to trust it. */
  get registration(): Action {
    const jwk = createPublicKey(this.#key).export({ format: "jwk" });
    const jwks = { keys: [{ ...jwk, kid: this.#kid, issuer: this.url }] };
    return { name: "set_jwt_issuer", args: { issuer: this.url, jwks } };
  }

  /**
   * @param claims besides the issuer and the time
   * @param key another one than the registered, for a forgery
   */
  token(claims: object, key: KeyObject = this.#key): string {
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now - 60, exp: now + 600 };
    const content = `${encoded({ alg: "ES256", typ: "JWT", kid: this.#kid })}.${encoded({ iss: this.url, ...times, ...claims })}`;
    const signature = sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
    return `${content}.${signature.toString("base64url")}`;
  }
}
