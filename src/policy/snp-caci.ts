import { hex } from "../kit/encodings.js";
import { conforms } from "../kit/shapes.js";
import { snpCaciEvidence } from "../schemas/evidence.js";
import { EvidenceError, evidenceBytes, type Verified } from "./evidence.js";
import { snpReportClaims, verifySnpReport } from "./snp-report.js";

/** Evidence of a confidential container on AMD SEV-SNP, verified by the CCF node down to AMD's root keys. */
export function verifySnpCaci(evidence: unknown): Verified {
  if (!conforms(snpCaciEvidence, evidence)) throw malformed("an object with the documented fields");
  const signed = decode(evidence.evidence);
  const endorsements = decodeIfPresent(evidence.endorsements);
  if (endorsements === undefined) {
    throw new EvidenceError(
      "EndorsementsMissing",
      "The report comes without the certificates that endorse its chip.",
    );
  }
  const uvmEndorsements = decodeIfPresent(evidence.uvm_endorsements);
  const endorsedTcb = evidence.endorsed_tcb === "" ? undefined : (evidence.endorsed_tcb ?? undefined);
  const result = verifySnpReport(signed, endorsements, { uvmEndorsements, endorsedTcb });
  const reportData = hex(result.attestation.report_data);
  const uvm = result.uvm_endorsements;
  const claims = {
    ...snpReportClaims(result.attestation),
    "x-ms-sevsnpvm-reportdata": reportData,
    ...(uvm && {
      "uvm_endorsements-did": uvm.did,
      "uvm_endorsements-feed": uvm.feed,
      "uvm_endorsements-svn": uvm.svn,
    }),
  };
  return { claims, reportData, signed };
}

/** Nothing, however it is written, is not present. */
function decodeIfPresent(value: unknown): ArrayBuffer | undefined {
  const bytes = value === undefined || value === null ? undefined : decode(value);
  return bytes?.byteLength === 0 ? undefined : bytes;
}

function decode(value: unknown): ArrayBuffer {
  const bytes = evidenceBytes(value);
  if (bytes === undefined) throw malformed("base64, or bytes");
  return bytes;
}

const malformed = (expected: string): EvidenceError =>
  new EvidenceError("EvidenceMalformed", `Evidence of platform "snp-caci" must be ${expected}.`);
