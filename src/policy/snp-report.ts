import type { SnpAttestationResult } from "@microsoft/ccf-app/global.js";
import { nowInMilliseconds } from "../kit/clock.js";
import { hex } from "../kit/encodings.js";
import { anyExpired } from "./certificate-dates.js";
import type { PresentedClaims } from "./claims.js";
import { EvidenceError } from "./evidence.js";
import { evidenceErrorOf } from "./snp-errors.js";
import { requireMinimumTcb } from "./snp-tcb.js";

/** An SEV-SNP report that the node has verified. */
export type SnpReport = SnpAttestationResult["attestation"];

/** What may come beside a report. */
interface Beside {
  /** COSE_Sign1. */
  readonly uvmEndorsements?: ArrayBuffer | undefined;
  /** Hex of 8 bytes. */
  readonly endorsedTcb?: string | undefined;
}

/**
 * Has the node verify a report down to AMD's root keys, and refuses firmware older than the members accept.
 *
 * @param endorsements PEM bundle of VCEK, ASK and ARK, in this order
 * @throws {EvidenceError}
 */
export function verifySnpReport(
  report: ArrayBuffer,
  endorsements: ArrayBuffer,
  { uvmEndorsements, endorsedTcb }: Beside = {},
): SnpAttestationResult {
  const verify = (uvm: ArrayBuffer | undefined): SnpAttestationResult =>
    snp_attestation.verifySnpAttestation(report, endorsements, uvm, endorsedTcb);
  const result = explained(verify, endorsements, uvmEndorsements);
  requireMinimumTcb(result.attestation);
  return result;
}

/** The node's verdict, or in our words why the evidence does not hold. */
function explained(
  verify: (uvm: ArrayBuffer | undefined) => SnpAttestationResult,
  endorsements: ArrayBuffer,
  uvmEndorsements: ArrayBuffer | undefined,
): SnpAttestationResult {
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

/** The claims of a report, but for its report data, which means something else on each platform. */
export function snpReportClaims(report: SnpReport): PresentedClaims {
  return {
    "x-ms-ver": String(report.version),
    "x-ms-sevsnpvm-guestsvn": report.guest_svn,
    "x-ms-sevsnpvm-smt-allowed": report.policy.smt !== 0,
    "x-ms-sevsnpvm-is-debuggable": report.policy.debug !== 0,
    "x-ms-sevsnpvm-familyId": hex(report.family_id),
    "x-ms-sevsnpvm-imageId": hex(report.image_id),
    "x-ms-sevsnpvm-vmpl": report.vmpl,
    "x-ms-sevsnpvm-launchmeasurement": hex(report.measurement),
    "x-ms-sevsnpvm-hostdata": hex(report.host_data),
    "x-ms-sevsnpvm-idkeydigest": hex(report.id_key_digest),
    "x-ms-sevsnpvm-authorkeydigest": hex(report.author_key_digest),
    "x-ms-sevsnpvm-reportid": hex(report.report_id),
  };
}

/** AMD's names of the processors that CCF knows, by family and model. */
const PRODUCTS: Readonly<Record<string, string>> = { "25.1": "Milan", "25.17": "Genoa", "26.2": "Turin" };

/** What AMD calls the processor that made a report; `undefined` if we do not know. */
export function productOf({ cpuid_fam_id, cpuid_mod_id }: SnpReport): string | undefined {
  return PRODUCTS[`${cpuid_fam_id}.${cpuid_mod_id}`];
}
