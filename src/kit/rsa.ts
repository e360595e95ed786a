import { hex } from "./encodings.js";

/** Big-endian, as in a JWK. */
export interface RsaPublicKey {
  readonly modulus: ArrayBuffer;
  readonly exponent: ArrayBuffer;
}

/** DER of DigestInfo with SHA-256, before the digest (RFC 8017 §9.2, note 1). */
const SHA256_DIGEST_INFO = "3031300d060960864801650304020105000420";

/** 65537, the exponent of practically every key. */
const EXPONENT = "010001";

/** Modulus sizes, in bytes: RSA-2048 to RSA-4096. */
const [SHORTEST, LONGEST] = [256, 512];

/**
 * Whether a signature is the key's over these bytes by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.2). CCF's own
 * `verifySignature` knows RSA-PSS only, but TPMs and certification requests sign this way. Verification has no secrets, so
 * plain arithmetic does: 17 multiplications. What is signed is never parsed: it must be, bit for bit, what it should be.
 */
export function rsaPkcs1SignatureHolds(
  { modulus, exponent }: RsaPublicKey,
  signature: ArrayBuffer,
  signed: ArrayBuffer,
): boolean {
  const digits = hex(modulus).replace(/^(00)+/, "");
  const size = digits.length / 2;
  if (size < SHORTEST || size > LONGEST || signature.byteLength !== size) return false;
  if (hex(exponent).replace(/^(00)+/, "") !== EXPONENT) return false;

  const n = BigInt(`0x${digits}`);
  const s = BigInt(`0x${hex(signature)}`);
  if (s >= n) return false;
  let power = s;
  for (let squaring = 0; squaring < 16; squaring++) power = (power * power) % n;
  power = (power * s) % n;

  const digestInfo = SHA256_DIGEST_INFO + hex(ccf.crypto.digest("SHA-256", signed));
  return power === BigInt(`0x0001${"ff".repeat(size - 3 - digestInfo.length / 2)}00${digestInfo}`);
}
