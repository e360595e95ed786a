import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Action } from "../../../sdk/governance.js";
import { freshId } from "./network.js";
import { jwkOf } from "../../support/jwk.js";

/** Somebody who issues tokens (JWT, ES256), once the members trust its key. */
export class TokenIssuer {
  /** What its tokens say in `iss`. */
  readonly url: string;
  /** What its tokens say in `tid`. CCF takes that only from the Microsoft identity platform, which serves this tenant. */
  readonly tenant: string | undefined;
  readonly #kid = freshId("key");
  readonly #key: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  constructor({ tenant }: { tenant?: string } = {}) {
    this.tenant = tenant;
    this.url =
      tenant === undefined
        ? `https://${freshId("issuer")}.example.com`
        : `https://login.microsoftonline.com/${tenant}/v2.0`;
  }

  /** What the members vote for to trust it. */
  get registration(): Action {
    return this.#registration({ issuer: this.url });
  }

  /** The same, but for the issuer that the key is good for. */
  get unboundRegistration(): Action {
    return this.#registration({});
  }

  #registration(binding: object): Action {
    const jwk = jwkOf(createPublicKey(this.#key));
    const jwks = { keys: [{ ...jwk, kid: this.#kid, ...binding }] };
    return { name: "set_jwt_issuer", args: { issuer: this.url, jwks } };
  }

  /**
   * @param claims besides the issuer, the tenant and the time
   * @param key another one than the registered, for a forgery
   */
  token(claims: object, key: KeyObject = this.#key): string {
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now - 60, exp: now + 600 };
    const payload = { iss: this.url, tid: this.tenant, ...times, ...claims };
    const content = `${encoded({ alg: "ES256", typ: "JWT", kid: this.#kid })}.${encoded(payload)}`;
    const signature = sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
    return `${content}.${signature.toString("base64url")}`;
  }
}
