import type { SigningAlgorithm } from "@microsoft/ccf-app/global.js";

/**
 * Whether a signature is the key's over these bytes. A key or signature that the algorithm cannot use at all, for which
 * CCF throws, does not verify either.
 *
 * @param key PEM of a public key or of a certificate
 */
export function signatureHolds(
  algorithm: SigningAlgorithm,
  key: string,
  signature: ArrayBuffer,
  signed: ArrayBuffer,
): boolean {
  try {
    return ccf.crypto.verifySignature(algorithm, key, signature, signed);
  } catch {
    return false;
  }
}
