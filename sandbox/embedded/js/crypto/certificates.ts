import { X509Certificate } from "node:crypto";

const END = "-----END CERTIFICATE-----";

/** Like CCF, looks at the first certificate only; no certificate at all is a bundle too. */
export function isCertificateBundle(pem: string): boolean {
  if (pem === "") return true;
  if (!pem.startsWith("-----BEGIN CERTIFICATE-----")) return false;
  return parse(pem) !== undefined;
}

/**
 * Whether the first certificate of `chain` leads to one of the trusted ones, by way of the others in the chain, and all
 * are valid now.
 */
export function isCertificateChain(chain: string, trusted: string): boolean {
  const [target, ...intermediates] = split(chain);
  const anchors = split(trusted);
  if (!target || anchors.length === 0) return false;
  const seen = new Set<X509Certificate>();
  const now = Date.now();
  for (let current: X509Certificate | undefined = target; current && !seen.has(current);) {
    if (!isValidAt(current, now)) return false;
    const subject: X509Certificate = current;
    if (anchors.some((anchor) => anchor.fingerprint256 === subject.fingerprint256)) return true;
    const anchor = anchors.find((one) => isIssuedBy(subject, one));
    if (anchor) return isValidAt(anchor, now);
    seen.add(subject);
    current = intermediates.find((one) => !seen.has(one) && isIssuedBy(subject, one));
  }
  return false;
}

function isIssuedBy(subject: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
}

/** Empty if one of them is no certificate. */
function split(pem: string): X509Certificate[] {
  const parts = pem.split(END).slice(0, -1);
  const certificates = parts.map((part) => parse(`${part}${END}`.trimStart()));
  return certificates.every((one) => one !== undefined) ? certificates : [];
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // not a certificate: that is the answer
  }
}
