import { certificatesIn, fromPem, readCertificate } from "../kit/x509.js";

/**
 * AMD's certificates in the order in which the node wants them: the chip's (VCEK), AMD's signing key's (ASK), AMD's root
 * (ARK), found by who certifies whom. Signatures are the node's business; what makes no chain is left as it is for it.
 *
 * @param bundle PEM
 */
export function inChainOrder(bundle: string): string {
  const certificates = certificatesIn(bundle).flatMap((pem) => {
    const der = fromPem(pem);
    const certificate = der && readCertificate(der);
    return certificate ? [{ pem, issuer: text(certificate.issuer), subject: text(certificate.subject) }] : [];
  });
  const root = certificates.find(({ issuer, subject }) => issuer === subject);
  const others = certificates.filter(({ issuer, subject }) => issuer !== subject);
  const signer = others.find(({ issuer }) => issuer === root?.subject);
  const chip = others.find(({ issuer }) => issuer === signer?.subject);
  return root && signer && chip ? chip.pem + signer.pem + root.pem : bundle;
}

/** Bytes as text, to compare them. */
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
