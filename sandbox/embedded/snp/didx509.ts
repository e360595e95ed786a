import { createHash, X509Certificate } from "node:crypto";
import { SnpVerificationError } from "./errors.js";

/**
 * Resolves a did:x509 identifier over a certificate chain (did:x509 method specification, version 0): the chain must
 * hold, a certificate above the leaf must have the fingerprint in the identifier, and the leaf must satisfy its policies.
 *
 * Of the policies only `eku` is known, the one that issuers of UVM endorsements use; others are refused. Validity periods
 * are not looked at: an endorsement outlives the certificate that signed it.
 *
 * @param chain DER certificates, the leaf first
 * @returns the leaf, whose key speaks for the identifier
 */
export function resolveDidX509(chain: readonly Uint8Array[], did: string): X509Certificate {
  const certificates = chain.map(readCertificate);
  const [leaf, ...issuers] = certificates;
  if (leaf === undefined) throw new SnpVerificationError("no certificate chain");
  if (issuers.length === 0) throw new SnpVerificationError("certificate chain too short");
  checkChain(certificates);

  const [prefix = "", ...policies] = did.split("::");
  if (policies.length === 0) throw new SnpVerificationError("invalid DID string");
  const [scheme, method, version, algorithm = "", fingerprint] = prefix.split(":");
  if (scheme !== "did" || method !== "x509" || fingerprint === undefined) {
    throw new SnpVerificationError("unsupported method/prefix");
  }
  if (version !== "0") throw new SnpVerificationError("unsupported did:x509 version");
  if (!["sha256", "sha384", "sha512"].includes(algorithm)) {
    throw new SnpVerificationError("unsupported fingerprint algorithm");
  }
  const hasFingerprint = ({ raw }: X509Certificate): boolean =>
    createHash(algorithm).update(raw).digest("base64url") === fingerprint;
  if (!issuers.some(hasFingerprint)) throw new SnpVerificationError("invalid certificate fingerprint");

  for (const policy of policies) checkPolicy(leaf, policy);
  return leaf;
}

function readCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new SnpVerificationError("OpenSSL error: error:068000A8:asn1 encoding routines::wrong tag");
  }
}

/** Checks every signature, from the last certificate (the trust anchor, known by its fingerprint) down to the leaf. */
function checkChain(certificates: readonly X509Certificate[]): void {
  const fail = (reason: string, depth: number): never => {
    throw new SnpVerificationError(`certificate chain verification failed: ${reason} (depth: ${depth})`);
  };
  for (let depth = certificates.length - 2; depth >= 0; depth--) {
    const [certificate, issuer] = [certificates[depth], certificates[depth + 1]];
    if (certificate === undefined || issuer === undefined) continue;
    if (!issuer.ca) fail("invalid CA certificate", depth + 1);
    if (!certificate.checkIssued(issuer)) fail("unable to get local issuer certificate", depth);
    if (!certificate.verify(issuer.publicKey)) fail("certificate signature failure", depth);
  }
}

function checkPolicy(leaf: X509Certificate, policy: string): void {
  const [name = "", ...values] = policy.split(":");
  if (values.length === 0) throw new SnpVerificationError("invalid policy");
  if (name !== "eku") throw new SnpVerificationError(`unsupported did:x509 scheme '${name}'`);
  const [oid = "", ...more] = values;
  if (more.length > 0) throw new SnpVerificationError("exactly one EKU required");
  // Node calls the extended key usage, a list of object identifiers, `keyUsage`.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  if (usages?.includes(oid) !== true) throw new SnpVerificationError(`EKU not found: ${oid}`);
}
