import { type EvidenceCode, EvidenceError } from "./evidence.js";

/**
 * What `verifySnpAttestation` of a CCF node says, and what we call it: part of its message, our code. The node's messages
 * carry measurements and whole keys, so ours replace them.
 */
const FAILURES: readonly (readonly [part: string, code: EvidenceCode, message: string])[] = [
  ["not of expected size", "EvidenceMalformed", "The report does not have 1184 bytes."],
  [
    "Attestation version is",
    "ReportVersionUnsupported",
    "The report's version is older than the node accepts.",
  ],
  [
    "Unsupported CPUID",
    "ProcessorUnsupported",
    "The report comes from a processor that the node does not know.",
  ],
  [
    "No known root certificate",
    "ProcessorUnsupported",
    "The node has no AMD root key for the report's processor.",
  ],
  [
    "endorsement certificates but got",
    "EndorsementsMissing",
    "Send exactly three certificates: VCEK, ASK and ARK.",
  ],
  ["was not the expected one", "EndorsementsUntrusted", "The last certificate's key is not AMD's root key."],
  ["self signed as expected", "EndorsementsUntrusted", "The last certificate is not signed by its own key."],
  [
    "The chain of signatures",
    "EndorsementsBroken",
    "The certificates do not lead from the chip to AMD's root key.",
  ],
  [
    "Unsupported signature algorithm",
    "ReportSignatureInvalid",
    "The report names a signature algorithm that is not used.",
  ],
  [
    "did not sign this attestation",
    "ReportSignatureInvalid",
    "The report is not signed by the chip's key (VCEK).",
  ],
  [
    "must be signed by VCEK",
    "ReportNotSignedByChip",
    "The report is signed by another kind of key than the chip's.",
  ],
  ["Mask chip key", "ReportNotSignedByChip", "The host has masked the chip's key."],
  ["host generated", "ReportFromHost", "The report was made by the host, not by the guest."],
  ["debugging must not", "DebugEnabled", "The host can debug the guest."],
  ["migration must not", "MigrationEnabled", "The guest can be migrated."],
  [
    "does not meet or exceed",
    "TcbTooOld",
    "The report's TCB is older than the one that its certificate endorses.",
  ],
  ["Chip ID in attestation", "ChipMismatch", "The report comes from another chip than its certificate."],
  ["does not match reported TCB", "TcbMismatch", "The TCB named beside the report is not the report's."],
  ["Invalid TCB version", "TcbMismatch", "The TCB named beside the report is not hex of 8 bytes."],
  [
    "Launch measurement in UVM",
    "UvmMeasurementMismatch",
    "The endorsement of the utility VM is for another measurement.",
  ],
  [
    "known UVM roots of trust",
    "UvmEndorsementsUntrusted",
    "The node does not trust the issuer, feed or version of the utility VM.",
  ],
];

/** The node's refusal of SNP evidence in our terms; `EvidenceRefused` for what the table does not know. */
export function evidenceErrorOf(thrown: unknown): EvidenceError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const found = FAILURES.find(([part]) => said.includes(part));
  return found === undefined
    ? new EvidenceError("EvidenceRefused", "The node's verifier refuses the evidence.")
    : new EvidenceError(found[1], found[2]);
}
