import { nowInSeconds } from "../../kit/clock.js";
import { explain } from "../../kit/endpoint.js";
import { Refusal } from "../../kit/refusal.js";
import type { RefusalCode } from "../../kit/refusals.js";
import { conforms } from "../../kit/shapes.js";
import { certificateRequest } from "../../schemas/certificates.js";
import type { Of } from "../../schemas/shape.js";
import { caPolicies } from "../tables.js";
import { readAlternativeNames } from "./alternative-names.js";
import { BACKDATED, bundleOf, DAY, LONGEST_DAYS, requireSigningKey } from "./authorities.js";
import { makeEndorsed } from "./certificates.js";
import { type Claimed, requireAllowed } from "./policy.js";
import { type PublicKey, readPublicKey } from "./public-key.js";
import { readSigningRequest } from "./signing-request.js";
import { nameText, readSubjectName } from "./subject.js";

type CertificateRequest = Of<typeof certificateRequest>;

/** A certificate that the authority of a contract has issued. */
export interface Endorsed {
  /** PEM. */
  readonly cert: string;
  /** PEM of all certificates of the authority that have not expired: what others at work trust. */
  readonly caBundle: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly names: readonly string[];
}

/** The codes with which {@link endorse} refuses. */
export const endorsementRefusals = [
  "NoCASigningKey",
  "InvalidBody",
  "InvalidPublicKey",
  "InvalidCsr",
  "InvalidSubjectName",
  "InvalidSubjectAlternateName",
  "CaPolicyViolation",
] as const satisfies readonly RefusalCode[];

/**
 * Certifies a key for attested code. For release only: whoever asks is known to satisfy the contract's policy.
 *
 * @param content of the request, as it was signed
 */
export function endorse(contractId: string, content: unknown): Endorsed {
  const issuer = requireSigningKey(contractId);
  const policy = caPolicies().get(contractId);
  const request = readRequest(content);
  const { publicKey, ...claimed } = readClaimed(request);
  if (policy !== undefined) requireAllowed(policy, claimed);

  const days = Math.min(
    request.validityPeriodDays ?? LONGEST_DAYS,
    policy?.maximumValidityDays ?? LONGEST_DAYS,
    LONGEST_DAYS,
  );
  const notBefore = nowInSeconds() * 1000 - BACKDATED;
  const notAfter = Math.min(notBefore + (days + 1) * DAY - 1000, issuer.expires);
  const { subject, names } = claimed;
  const { pem, fingerprint } = makeEndorsed(subject, names, publicKey, issuer, { notBefore, notAfter });
  return {
    cert: pem,
    caBundle: bundleOf(issuer),
    fingerprint,
    subject: nameText(subject),
    names: names.map(({ written }) => written),
  };
}

const codes: Readonly<Record<string, RefusalCode>> = {
  publicKey: "InvalidPublicKey",
  csr: "InvalidCsr",
  subjectName: "InvalidSubjectName",
  subjectAlternateNames: "InvalidSubjectAlternateName",
};

function readRequest(content: unknown): CertificateRequest {
  if (conforms(certificateRequest, content)) return content;
  const problem = certificateRequest.validate.errors?.[0];
  const code = codes[problem?.instancePath.split("/")[1] ?? ""] ?? "InvalidBody";
  throw new Refusal(code, `The request for a certificate is not as expected: ${explain(problem)}.`);
}

/** A bare key is the word of the attested code that signed the request; one in a CSR is proven. */
function readClaimed(request: CertificateRequest): Claimed & { readonly publicKey: PublicKey } {
  const { publicKey: pem, csr: encoded, subjectName, subjectAlternateNames } = request;
  const csr = encoded ? readSigningRequest(encoded) : undefined;
  const publicKey = csr !== undefined && !pem ? csr.publicKey : readPublicKey(pem ?? "");
  if (csr !== undefined && csr.publicKey.pem !== publicKey.pem) {
    throw new Refusal("InvalidCsr", 'The request in "csr" is about another key than "publicKey".');
  }
  return {
    publicKey,
    subject: csr !== undefined && !subjectName ? csr.subject() : readSubjectName(subjectName ?? ""),
    names: subjectAlternateNames ? readAlternativeNames(subjectAlternateNames) : (csr?.names() ?? []),
    proven: csr !== undefined,
  };
}
