import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { causeOf } from "../guest-error.js";
import { privateKey, privatePem, publicKey, publicPem, type KeyKind } from "./keys.js";

export interface JwkKind {
  readonly kind: KeyKind;
  readonly form: "public" | "private";
}

/** Which fields a key has as JSON, in the order in which CCF reads them. */
const FIELDS: Readonly<
  Record<KeyKind, { readonly public: readonly string[]; readonly private: readonly string[] }>
> = {
  EC: { public: ["crv", "x", "y"], private: ["d"] },
  RSA: { public: ["n", "e"], private: ["d", "p", "q", "dp", "dq", "qi"] },
  EdDSA: { public: ["crv", "x"], private: ["d"] },
};

const CURVES: Readonly<
  Partial<Record<KeyKind, { readonly type: string; readonly names: readonly string[] }>>
> = {
  EC: { type: "JsonWebKeyECCurve", names: ["P-256", "P-384", "P-521"] },
  EdDSA: { type: "JsonWebKeyEdDSACurve", names: ["Ed25519", "X25519"] },
};

const KEY_TYPES: Readonly<Record<KeyKind, string>> = { EC: "EC", RSA: "RSA", EdDSA: "OKP" };

/** A key as JSON (RFC 7517), fields in alphabetical order. */
export function pemToJwk({ kind, form }: JwkKind, pem: string, kid?: string): JsonWebKey {
  const key = form === "public" ? publicKey(pem, kind) : privateKey(pem, kind);
  const jwk = { ...key.export({ format: "jwk" }), ...(kid === undefined ? {} : { kid }) };
  return Object.fromEntries(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param jwk as it came from outside: checked here */
export function jwkToPem({ kind, form }: JwkKind, jwk: unknown): string {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk))
    throw new Error(`Expected object, found: ${JSON.stringify(jwk)}`);
  const fields: Readonly<Record<string, unknown>> = { ...jwk };
  checkFields({ kind, form }, fields);
  const key = importKey(form, fields);
  return form === "public" ? publicPem(key) : privatePem(key);
}

function checkFields({ kind, form }: JwkKind, jwk: Readonly<Record<string, unknown>>): void {
  const type = required(jwk, "kty");
  if (!Object.values(KEY_TYPES).includes(String(type))) throw inconvertible(type, "JsonWebKeyType");
  const names = [...FIELDS[kind].public, ...(form === "private" ? FIELDS[kind].private : [])];
  for (const name of names) {
    const value = required(jwk, name);
    const curves = CURVES[kind];
    if (name === "crv" && curves && !curves.names.includes(String(value)))
      throw inconvertible(value, curves.type);
    if (typeof value !== "string")
      throw new Error(`At /${name}: Expected string, found: ${JSON.stringify(value)}`);
  }
  if (type !== KEY_TYPES[kind])
    throw new Error(`Cannot construct a key of kind ${kind} from ${String(type)} JWK`);
}

function required(jwk: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = jwk[name];
  if (value === undefined)
    throw new Error(`Missing required field '${name}' in object: ${JSON.stringify(jwk)}`);
  return value;
}

function inconvertible(value: unknown, type: string): Error {
  return new Error(`${JSON.stringify(value)} is not convertible to ${type}`);
}

function importKey(form: JwkKind["form"], key: JsonWebKey): KeyObject {
  try {
    return form === "public"
      ? createPublicKey({ key, format: "jwk" })
      : createPrivateKey({ key, format: "jwk" });
  } catch (error) {
    throw new Error(`OpenSSL error: ${causeOf(error)}`, { cause: error });
  }
}
