import { areZero, sameBytes } from "../kit/bytes.js";
import { fromBase64 } from "../kit/encodings.js";
import type { RsaPublicKey } from "../kit/rsa.js";
import { fromPem, readCertificate } from "../kit/x509.js";
import type { hclRuntimeClaims } from "../schemas/evidence.js";
import type { Of } from "../schemas/shape.js";
import { EvidenceError } from "./evidence.js";

/** The key with which a vTPM signs its quotes (AK). */
export interface AttestationKey extends RsaPublicKey {
  /** DER SubjectPublicKeyInfo. */
  readonly der: ArrayBuffer;
}

/** The vTPM's attestation key, as the firmware names it. @throws {EvidenceError} `AttestationKeyMissing` */
export function attestationKeyOf({ keys = [] }: Of<typeof hclRuntimeClaims>): AttestationKey {
  const jwk = keys.find(({ kid }) => kid === "HCLAkPub");
  if (jwk?.kty === "RSA" && jwk.n !== undefined && jwk.e !== undefined) {
    const [modulus, exponent] = [fromBase64(jwk.n), fromBase64(jwk.e)];
    const der = derOf(jwk.n, jwk.e);
    if (modulus && exponent && der) return { modulus, exponent, der };
  }
  throw new EvidenceError("AttestationKeyMissing", "The runtime claims name no RSA key HCLAkPub.");
}

function derOf(n: string, e: string): ArrayBuffer | undefined {
  try {
    return fromPem(ccf.crypto.pubRsaJwkToPem({ kty: "RSA", n, e }));
  } catch {
    return undefined; // not a key
  }
}

/**
 * Refuses a certificate of another key. Nothing else about the certificate matters: the key is trusted because the report of
 * the hardware vouches for it, whoever certifies it too.
 *
 * @param certificate DER, filled up with zeros
 * @throws {EvidenceError} `AikCertificateMismatch`
 */
export function requireCertified({ der }: AttestationKey, certificate: ArrayBuffer): void {
  const read = readCertificate(certificate);
  if (
    read === undefined ||
    !areZero(certificate.slice(read.size)) ||
    !sameBytes(read.publicKey.slice().buffer, der)
  ) {
    throw new EvidenceError("AikCertificateMismatch", "aikCert is not a certificate of the key HCLAkPub.");
  }
}
