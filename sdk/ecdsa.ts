/**
 * ECDSA on P-384 over a digest that was made elsewhere (FIPS 186-5 §6.4).
 *
 * A CCF node signs the 32 bytes of a Merkle root as they are, without hashing them again. Node's crypto always hashes
 * first, hence the other library.
 */
import type { KeyObject } from "node:crypto";
import { p384 } from "@noble/curves/nist.js";

/** The digest as it is, and signatures in DER (RFC 3279 §2.2.3), of which either s may be used. */
const AS_GIVEN = { prehash: false, format: "der", lowS: false } as const;

/** Whether `signature` (DER) is a signature over `digest` by `key`. False for keys that are not on P-384. */
export function verifyDigest(digest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  if (key.asymmetricKeyDetails?.namedCurve !== "secp384r1") return false;
  try {
    return p384.verify(plain(signature), plain(digest), publicPoint(key), AS_GIVEN);
  } catch {
    return false; // what is no signature in DER has not signed anything
  }
}

/**
 * Signs a digest. @param key private, on P-384 @returns DER
 */
export function signDigest(digest: Uint8Array, key: KeyObject): Uint8Array {
  const { d = "" } = key.export({ format: "jwk" });
  return p384.sign(plain(digest), Buffer.from(d, "base64url"), AS_GIVEN);
}

/** SEC 1 §2.3.3, uncompressed. */
function publicPoint(key: KeyObject): Uint8Array {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return plain(Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]));
}

const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
