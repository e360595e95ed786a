import { createHash, X509Certificate } from "node:crypto";

/** A certificate and its private key: how a member or user authenticates (TLS) and signs (COSE). Both are PEM. */
export interface Identity {
  readonly certificatePem: string;
  /** PKCS#8 or SEC1. */
  readonly privateKeyPem: string;
}

/** A member's or user's id: SHA-256 of the DER certificate, 64 lower-case hex characters. */
export function memberIdOf(certificatePem: string): string {
  return createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");
}
