import { X509Certificate } from "node:crypto";
import { type Arguments, requireCount, textOf } from "./arguments.js";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/**
 * `isValidX509CertBundle(pem)`: whether the text begins with a certificate, or is empty. What follows the first certificate
 * is not looked at, and neither are dates: a node checks no more.
 */
export function isValidX509CertBundle(...args: Arguments): boolean {
  requireCount(args, 1);
  const text = textOf(args[0]);
  const end = text.indexOf(END);
  return text === "" || (end >= 0 && readCertificate(text.slice(0, end + END.length)) !== undefined);
}

/**
 * `isValidX509CertChain(chain, trusted)`: whether the first certificate of the chain leads, by the others, to one that is
 * trusted, all of them valid now.
 */
export function isValidX509CertChain(...args: Arguments): boolean {
  requireCount(args, 2);
  const [chain, trusted] = [splitBundle(textOf(args[0])), splitBundle(textOf(args[1]))];
  const [target, ...others] = chain;
  if (target === undefined || trusted.length === 0) return false;
  const anchors = trusted.filter((anchor) => anchor?.ca);
  if (anchors.length < trusted.length) return false; // an anchor that is no authority spoils them all
  return leadsToAnchor(target, others, anchors);
}

function leadsToAnchor(
  target: X509Certificate,
  others: readonly (X509Certificate | undefined)[],
  anchors: readonly (X509Certificate | undefined)[],
): boolean {
  if (!isValidNow(target)) return false;
  if (anchors.some((anchor) => anchor?.raw.equals(target.raw))) return true;
  const issues = (issuer: X509Certificate | undefined): issuer is X509Certificate =>
    issuer !== undefined && issuer.ca && target.checkIssued(issuer) && target.verify(issuer.publicKey);
  if (anchors.some((anchor) => issues(anchor) && isValidNow(anchor))) return true;
  return others.some(
    (other) =>
      issues(other) &&
      leadsToAnchor(
        other,
        others.filter((one) => one !== other),
        anchors,
      ),
  );
}

function isValidNow({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

const splitBundle = (text: string): (X509Certificate | undefined)[] =>
  text
    .split(END)
    .slice(0, -1)
    .map((part) => readCertificate(part.trimStart() + END));

/** @returns undefined for what does not begin with a certificate */
function readCertificate(pem: string): X509Certificate | undefined {
  if (!pem.startsWith(BEGIN)) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
