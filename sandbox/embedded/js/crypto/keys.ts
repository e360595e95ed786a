import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

export type KeyKind = "EC" | "RSA" | "EdDSA";

const TYPES: Readonly<Record<KeyKind, readonly string[]>> = {
  EC: ["ec"],
  RSA: ["rsa"],
  EdDSA: ["ed25519", "x25519"],
};

/** how many public keys are remembered */
const REMEMBERED = 256;

/** By their PEM: to read a key costs more than to verify with it, and the same clean rooms come again and again. */
const known = new Map<string, KeyObject>();

/** @param pem a public key (SubjectPublicKeyInfo), no certificate and no private key */
export function publicKey(pem: string, kind: KeyKind): KeyObject {
  requirePem(pem);
  if (!pem.includes("-----BEGIN PUBLIC KEY-----")) throw new Error("not a public key in PEM");
  let key = known.get(pem);
  if (!key) {
    key = createPublicKey(pem);
    if (known.size >= REMEMBERED) known.clear();
    known.set(pem, key);
  }
  return requireKind(key, kind);
}

/** @param pem a private key */
export function privateKey(pem: string, kind: KeyKind): KeyObject {
  requirePem(pem);
  return requireKind(createPrivateKey(pem), kind);
}

/** @throws {Error} in CCF's words */
export function requirePem(text: string): void {
  if (!text.includes("-----BEGIN")) throw new Error(`PEM constructed with non-PEM data: ${text}`);
}

export function requireKind(key: KeyObject, kind: KeyKind): KeyObject {
  if (!TYPES[kind].includes(key.asymmetricKeyType ?? "")) throw new Error(`not a key of kind ${kind}`);
  return key;
}

export interface PemPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** @param bits of the modulus */
export function generateRsaPair(bits: number, exponent = 65537): PemPair {
  return pemPair(generateKeyPairSync("rsa", { modulusLength: bits, publicExponent: exponent }));
}

export function generateEcPair(curve: "secp256r1" | "secp384r1"): PemPair {
  return pemPair(generateKeyPairSync("ec", { namedCurve: curve === "secp256r1" ? "prime256v1" : curve }));
}

export function generateEdwardsPair(kind: "ed25519" | "x25519"): PemPair {
  return pemPair(kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519"));
}

function pemPair(pair: { privateKey: KeyObject; publicKey: KeyObject }): PemPair {
  return { privateKey: privatePem(pair.privateKey), publicKey: publicPem(pair.publicKey) };
}

export function privatePem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

export function publicPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
