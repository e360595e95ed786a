import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { Plain } from "../js/binary-json.js";
import { type Arguments, requireCount, textOf } from "./arguments.js";
import { attempt } from "./attempt.js";
import { pemOf, privateKey, publicKey } from "./keys.js";

/** One kind of key as JSON (RFC 7517): which keys it takes, and the fields CCF demands, in the order it asks for them. */
interface Kind {
  readonly types: readonly string[];
  readonly fields: readonly string[];
  /** What CCF calls the set of curves, and those in it. */
  readonly curves?: readonly [name: string, ...curves: string[]];
  readonly secret: readonly string[];
}

const EC: Kind = {
  types: ["ec"],
  fields: ["crv", "x", "y"],
  curves: ["JsonWebKeyECCurve", "P-256", "P-384", "P-521"],
  secret: ["d"],
};
const RSA: Kind = { types: ["rsa"], fields: ["n", "e"], secret: ["d", "p", "q", "dp", "dq", "qi"] };
const EDDSA: Kind = {
  types: ["ed25519", "x25519"],
  fields: ["crv", "x"],
  curves: ["JsonWebKeyEdDSACurve", "Ed25519", "X25519"],
  secret: ["d"],
};
const KEY_TYPES = ["EC", "RSA", "OKP"];

type Convert = (...args: Arguments) => Plain;

/** `…PemToJwk(pem, kid?)` */
const toJwk =
  (kind: Kind, secret: boolean): Convert =>
  (...args) => {
    requireCount(args, 1, 2);
    const pem = textOf(args[0]);
    const kid = args.length === 2 ? textOf(args[1]) : undefined;
    return attempt("Failed to convert pem to jwk:", () => {
      const key = secret ? privateKey(pem, kind.types) : publicKey(pem, kind.types);
      const jwk = key.export({ format: "jwk" }) as Record<string, string>;
      return { ...jwk, ...(kid !== undefined && { kid }) };
    });
  };

/** `…JwkToPem(jwk)` */
const toPem =
  (kind: Kind, secret: boolean): Convert =>
  (...args) => {
    requireCount(args, 1);
    const jwk = (typeof args[0] === "object" && args[0] !== null ? args[0] : {}) as Record<string, unknown>;
    return attempt("Failed to convert jwk to pem", () => pemOf(readJwk(jwk, kind, secret)));
  };

function readJwk(jwk: Record<string, unknown>, kind: Kind, secret: boolean): KeyObject {
  requireOneOf(field(jwk, "kty"), "JsonWebKeyType", KEY_TYPES);
  if (kind.curves) {
    const [name, ...curves] = kind.curves;
    requireOneOf(field(jwk, "crv"), name, curves);
  }
  for (const name of [...kind.fields, ...(secret ? kind.secret : [])]) field(jwk, name);
  const key = secret ? createPrivateKey(input(jwk)) : createPublicKey(input(jwk));
  if (!kind.types.includes(key.asymmetricKeyType ?? "")) throw new Error("Wrong key type");
  return key;
}

const input = (jwk: Record<string, unknown>) => ({ key: jwk as JsonWebKey, format: "jwk" as const });

function field(jwk: Record<string, unknown>, name: string): unknown {
  if (!Object.hasOwn(jwk, name)) throw new Error(`Missing required field '${name}' in object`);
  return jwk[name];
}

function requireOneOf(value: unknown, set: string, values: readonly string[]): void {
  if (!values.includes(value as string))
    throw new Error(`${JSON.stringify(value)} is not convertible to ${set}`);
}

export const jwkFunctions = {
  pubPemToJwk: toJwk(EC, false),
  pemToJwk: toJwk(EC, true),
  pubRsaPemToJwk: toJwk(RSA, false),
  rsaPemToJwk: toJwk(RSA, true),
  pubEddsaPemToJwk: toJwk(EDDSA, false),
  eddsaPemToJwk: toJwk(EDDSA, true),
  pubJwkToPem: toPem(EC, false),
  jwkToPem: toPem(EC, true),
  pubRsaJwkToPem: toPem(RSA, false),
  rsaJwkToPem: toPem(RSA, true),
  pubEddsaJwkToPem: toPem(EDDSA, false),
  eddsaJwkToPem: toPem(EDDSA, true),
} as const;
