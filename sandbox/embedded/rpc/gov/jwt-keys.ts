import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from "node:crypto";
import type { Transaction } from "../../kv/store.js";
import { jwtSigningKeys, type JwtSigningKey } from "./tables.js";

/**
 * Replaces the keys that sign an issuer's tokens by those of a JSON Web Key Set (RFC 7517).
 *
 * @param jwks as the constitution passes it: checked here
 * @returns whether all keys were usable; if not, nothing was changed
 * @throws {TypeError} if it is no key set
 */
export function setJwtPublicSigningKeys(tx: Transaction, issuer: string, jwks: unknown): boolean {
  const found = keysOf(jwks).map((jwk) => signingKey(issuer, jwk));
  const usable = found.filter((entry) => entry !== undefined);
  if (usable.length === 0 || usable.length < found.length) return false;
  // The first of several keys with one id counts.
  const wanted = new Map(usable.reverse());

  const table = jwtSigningKeys(tx);
  for (const [kid, key] of wanted) {
    const present = table.get(kid) ?? [];
    const ours = present.findIndex((other) => other.issuer === issuer);
    const next = ours < 0 ? [...present, key] : present.with(ours, key);
    if (JSON.stringify(next) !== JSON.stringify(present)) table.set(kid, next);
  }
  for (const [kid, present] of table.entries()) if (!wanted.has(kid)) keepOthers(tx, kid, present, issuer);
  return true;
}

/** Removes all keys of an issuer; those it shares an id with stay. */
export function removeJwtPublicSigningKeys(tx: Transaction, issuer: string): void {
  for (const [kid, present] of jwtSigningKeys(tx).entries()) keepOthers(tx, kid, present, issuer);
}

function keepOthers(tx: Transaction, kid: string, present: readonly JwtSigningKey[], issuer: string): void {
  const others = present.filter((key) => key.issuer !== issuer);
  if (others.length === present.length) return;
  if (others.length === 0) jwtSigningKeys(tx).delete(kid);
  else jwtSigningKeys(tx).set(kid, others);
}

type Jwk = Record<string, unknown>;

function keysOf(jwks: unknown): Jwk[] {
  if (!isObject(jwks)) throw new TypeError(`Expected object, found: ${JSON.stringify(jwks)}`);
  const { keys } = jwks;
  if (keys === undefined)
    throw new TypeError(`Missing required field 'keys' in object: ${JSON.stringify(jwks)}`);
  if (!Array.isArray(keys)) throw new TypeError(`At /keys: Expected array, found: ${JSON.stringify(keys)}`);
  return keys.map((key: unknown, index) => {
    if (!isObject(key) || typeof key.kty !== "string")
      throw new TypeError(
        `At /keys/${index}: Missing required field 'kty' in object: ${JSON.stringify(key)}`,
      );
    return key;
  });
}

/** The row for a key, or `undefined` if it cannot be used. */
function signingKey(issuer: string, jwk: Jwk): [kid: string, key: JwtSigningKey] | undefined {
  const { kid, issuer: constraint } = jwk;
  const key = publicKey(jwk);
  if (typeof kid !== "string" || !key) return undefined;
  if (constraint !== undefined && !(typeof constraint === "string" && sharesDomain(issuer, constraint)))
    return undefined;
  return [
    kid,
    {
      ...(constraint === undefined ? {} : { constraint }),
      issuer,
      public_key: key.export({ type: "spki", format: "der" }).toString("base64"),
    },
  ];
}

/** From the key's own numbers if it has them, otherwise from its first certificate. */
function publicKey(jwk: Jwk): KeyObject | undefined {
  const { n, e, x, y, crv, x5c } = jwk;
  try {
    if (isText(n) && isText(e)) return fromJwk({ kty: "RSA", n, e });
    if (isText(x) && isText(y) && isText(crv)) return fromJwk({ kty: "EC", crv, x, y });
    const certificate: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
    return isText(certificate)
      ? new X509Certificate(Buffer.from(certificate, "base64")).publicKey
      : undefined;
  } catch {
    return undefined; // not a key: the caller refuses it
  }
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: "jwk" });
}

/** A key may only be kept to an issuer of the same domain, or of one that the domain is part of. */
function sharesDomain(issuer: string, constraint: string): boolean {
  const domain = hostOf(constraint);
  return domain !== "" && (hostOf(issuer) === domain || hostOf(issuer).endsWith(`.${domain}`));
}

/** The host of a URI (RFC 3986, appendix B), as text. */
function hostOf(uri: string): string {
  const authority = /^(?:[^:/?#]+:)?\/\/([^/?#]*)/.exec(uri)?.[1] ?? "";
  return authority.replace(/:[^:\]]*$/, "");
}

function isObject(value: unknown): value is Jwk {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
