import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** A private key of one kind. @throws {Error} for anything else */
export function privateKey(pem: string, kinds: readonly string[]): KeyObject {
  requirePem(pem);
  return requireKind(createPrivateKey(pem), kinds);
}

/** A public key of one kind; never derived from a private one. @throws {Error} for anything else */
export function publicKey(pem: string, kinds: readonly string[]): KeyObject {
  requirePem(pem);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new Error("Expected a public key");
  return requireKind(createPublicKey(pem), kinds);
}

function requirePem(text: string): void {
  if (!text.includes("-----BEGIN")) throw new Error(`PEM constructed with non-PEM data: ${text}`);
}

function requireKind(key: KeyObject, kinds: readonly string[]): KeyObject {
  if (!kinds.includes(key.asymmetricKeyType ?? "")) throw new Error("Wrong key type");
  return key;
}

/** How CCF writes keys: PKCS #8 and SPKI, PEM. */
export function pemOf(key: KeyObject): string {
  const type = key.type === "private" ? "pkcs8" : "spki";
  return key.export({ type, format: "pem" } as { type: "spki"; format: "pem" }).toString();
}
