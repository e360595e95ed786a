/** Checks of PEM that members propose; what is wrong is told by the name of the argument. */

/** @throws unless it is one or more X.509 certificates in PEM */
export function requireCertificates(pem: string, name: string): void {
  if (!ccf.crypto.isValidX509CertBundle(pem))
    throw new Error(`"${name}" must be X.509 certificates in PEM, and is not`);
}

/** @throws unless it is one X.509 certificate in PEM */
export function requireCertificate(pem: string, name: string): void {
  requireCertificates(pem, name);
  if (pem.split("-----BEGIN").length !== 2) throw new Error(`"${name}" must be one certificate`);
}

/** @throws unless it is an RSA public key in PEM, with which recovery shares can be encrypted */
export function requireRsaPublicKey(pem: string, name: string): void {
  if (publicKeyType(() => ccf.crypto.pubRsaPemToJwk(pem)) !== "RSA")
    throw new Error(`"${name}" must be an RSA public key in PEM, and is not`);
}

function publicKeyType(read: () => { kty: string }): string | undefined {
  try {
    return read().kty;
  } catch {
    return undefined;
  }
}
