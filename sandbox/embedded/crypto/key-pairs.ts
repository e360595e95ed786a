import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { type Arguments, int32Of, requireCount, textOf, uint32Of } from "./arguments.js";
import { GuestError } from "../js/guest-error.js";
import { attempt } from "./attempt.js";
import { pemOf } from "./keys.js";

/** PEM */
export interface KeyPair {
  readonly [part: string]: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

const asPem = ({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): KeyPair => ({
  privateKey: pemOf(privateKey),
  publicKey: pemOf(publicKey),
});

/** `generateAesKey(bits)` */
export function generateAesKey(...args: Arguments): Uint8Array {
  requireCount(args, 1);
  const bits = int32Of(args[0]);
  if (![128, 192, 256].includes(bits)) {
    throw new GuestError("RangeError", "invalid key size (not one of 128, 192, 256)");
  }
  return randomBytes(bits / 8);
}

const RSA = { publicExponent: 65537, leastBits: 512 } as const;

/** `generateRsaKeyPair(bits, exponent?)` */
export function generateRsaKeyPair(...args: Arguments): KeyPair {
  requireCount(args, 1, 2);
  const modulusLength = uint32Of(args[0]);
  const publicExponent = args.length === 1 ? RSA.publicExponent : uint32Of(args[1]);
  return attempt("Failed to generate RSA key pair:", () => {
    if (modulusLength < RSA.leastBits) throw new Error("OpenSSL error: key size too small");
    return asPem(generateKeyPairSync("rsa", { modulusLength, publicExponent }));
  });
}

const EC_CURVES: Readonly<Record<string, string>> = { secp256r1: "prime256v1", secp384r1: "secp384r1" };

/** `generateEcdsaKeyPair(curve)` */
export function generateEcdsaKeyPair(...args: Arguments): KeyPair {
  requireCount(args, 1);
  const name = textOf(args[0]);
  const namedCurve = Object.hasOwn(EC_CURVES, name) ? EC_CURVES[name] : undefined;
  if (namedCurve === undefined) {
    throw new GuestError("RangeError", "Unsupported curve id, supported: secp256r1, secp384r1");
  }
  return asPem(generateKeyPairSync("ec", { namedCurve }));
}

/** `generateEddsaKeyPair(curve)` */
export function generateEddsaKeyPair(...args: Arguments): KeyPair {
  requireCount(args, 1);
  const name = textOf(args[0]);
  if (name === "curve25519") return asPem(generateKeyPairSync("ed25519"));
  if (name === "x25519") return asPem(generateKeyPairSync("x25519"));
  throw new GuestError("RangeError", "Unsupported curve id, supported: curve25519, x25519");
}
