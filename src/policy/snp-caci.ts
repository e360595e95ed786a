import type { SnpAttestationResult } from "@microsoft/ccf-app/global.js";
import { nowInMilliseconds } from "../kit/clock.js";
import { fromBase64, hex } from "../kit/encodings.js";
import { conforms } from "../kit/shapes.js";
import { snpCaciEvidence } from "../schemas/evidence.js";
import { anyExpired } from "./certificate-dates.js";
import { EvidenceError, type Verified } from "./evidence.js";
import { evidenceErrorOf } from "./snp-errors.js";
import { requireMinimumTcb } from "./snp-tcb.js";

/** Evidence of a confidential container on AMD SEV-SNP, verified by the CCF node down to AMD's root keys. */
export function verifySnpCaci(evidence: unknown): Verified {
  if (!conforms(snpCaciEvidence, evidence)) throw malformed("an object of base64 strings");
  const signed = decode(evidence.evidence);
  if (!evidence.endorsements) {
    throw new EvidenceError(
      "EndorsementsMissing",
      "The report comes without the certificates that endorse its chip.",
    );
  }
  const endorsements = decode(evidence.endorsements);
  const uvmEndorsements = evidence.uvm_endorsements ? decode(evidence.uvm_endorsements) : undefined;

  const { attestation, uvm_endorsements } = verifyInNode(
    signed,
    endorsements,
    uvmEndorsements,
    evidence.endorsed_tcb ?? undefined,
  );
  requireMinimumTcb(attestation);
  const reportData = hex(attestation.report_data);
  return { claims: claimsOf(attestation, reportData, uvm_endorsements), reportData, signed };
}

function verifyInNode(
  report: ArrayBuffer,
  endorsements: ArrayBuffer,
  uvmEndorsements: ArrayBuffer | undefined,
  endorsedTcb: string | undefined,
): SnpAttestationResult {
  const verify = (uvm: ArrayBuffer | undefined): SnpAttestationResult =>
    snp_attestation.verifySnpAttestation(
      report,
      endorsements,
      uvm,
      endorsedTcb === "" ? undefined : endorsedTcb,
    );
  try {
    return verify(uvmEndorsements);
  } catch (error) {
    const known = evidenceErrorOf(error);
    if (aboutChain(known) && anyExpired(ccf.bufToStr(endorsements), nowInMilliseconds())) {
      throw new EvidenceError(
        "EndorsementsExpired",
        "A certificate that endorses the chip is not valid at this time.",
      );
    }
    if (known.code !== "EvidenceRefused" || uvmEndorsements === undefined) throw known;
    // What can be wrong with a COSE message has many words; but if the rest holds, then that is what is wrong.
    try {
      verify(undefined);
    } catch {
      throw known;
    }
    throw new EvidenceError(
      "UvmEndorsementsInvalid",
      `The endorsement of the utility VM does not hold: ${known.message}`,
    );
  }
}

const aboutChain = ({ code }: EvidenceError): boolean =>
  code === "EndorsementsBroken" || code === "EndorsementsUntrusted";

function claimsOf(
  report: SnpAttestationResult["attestation"],
  reportData: string,
  uvm: SnpAttestationResult["uvm_endorsements"],
): Verified["claims"] {
  return {
    "x-ms-ver": String(report.version),
    "x-ms-sevsnpvm-guestsvn": report.guest_svn,
    "x-ms-sevsnpvm-smt-allowed": report.policy.smt !== 0,
    "x-ms-sevsnpvm-is-debuggable": report.policy.debug !== 0,
    "x-ms-sevsnpvm-familyId": hex(report.family_id),
    "x-ms-sevsnpvm-imageId": hex(report.image_id),
    "x-ms-sevsnpvm-vmpl": report.vmpl,
    "x-ms-sevsnpvm-reportdata": reportData,
    "x-ms-sevsnpvm-launchmeasurement": hex(report.measurement),
    "x-ms-sevsnpvm-hostdata": hex(report.host_data),
    "x-ms-sevsnpvm-idkeydigest": hex(report.id_key_digest),
    "x-ms-sevsnpvm-authorkeydigest": hex(report.author_key_digest),
    "x-ms-sevsnpvm-reportid": hex(report.report_id),
    ...(uvm && {
      "uvm_endorsements-did": uvm.did,
      "uvm_endorsements-feed": uvm.feed,
      "uvm_endorsements-svn": uvm.svn,
    }),
  };
}

function decode(base64: string): ArrayBuffer {
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw malformed("base64");
  return bytes;
}

const malformed = (expected: string): EvidenceError =>
  new EvidenceError("EvidenceMalformed", `Evidence of platform "snp-caci" must be ${expected}.`);
