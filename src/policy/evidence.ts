import { fromBase64 } from "../kit/encodings.js";
import type { PresentedClaims } from "./claims.js";

/** What evidence proves once it is verified, whatever the platform; from here on there is one code path. */
export interface Verified {
  readonly claims: PresentedClaims;
  /** 64 bytes, lower-case hex: what the attested code had its platform vouch for. */
  readonly reportData: string;
  /** The bytes that the platform signed; their digest names the evidence in records. */
  readonly signed: ArrayBuffer;
}

/** One way in which evidence can fail to hold; stable, since clients and tests tell them apart. */
export type EvidenceCode =
  // any platform
  | "EvidenceMalformed"
  | "DebugEnabled"
  // snp-caci, snp-cvm: the report
  | "ReportVersionUnsupported"
  | "ProcessorUnsupported"
  | "ReportSignatureInvalid"
  | "ReportNotSignedByChip"
  | "ReportFromHost"
  | "MigrationEnabled"
  | "ChipMismatch"
  | "TcbTooOld"
  | "TcbMismatch"
  // snp-caci, snp-cvm: AMD's certificates
  | "EndorsementsMissing"
  | "EndorsementsUntrusted"
  | "EndorsementsBroken"
  | "EndorsementsExpired"
  // snp-caci: the endorsement of the utility VM
  | "UvmEndorsementsMissing"
  | "UvmEndorsementsInvalid"
  | "UvmEndorsementsUntrusted"
  | "UvmMeasurementMismatch"
  // snp-cvm: what the firmware says, and the report that vouches for it
  | "HclReportMalformed"
  | "SnpReportMismatch"
  | "VmplNotZero"
  | "ProductMismatch"
  | "RuntimeClaimsMismatch"
  | "AttestationKeyMissing"
  | "AikCertificateMismatch"
  | "UserDataMissing"
  // snp-cvm: the quote of the vTPM
  | "QuoteMalformed"
  | "QuoteSignatureInvalid"
  | "NonceMismatch"
  | "PcrIndexInvalid"
  | "PcrValueInvalid"
  | "PcrSelectionMismatch"
  | "PcrDigestMismatch"
  // virtual
  | "KeyNotTrusted"
  | "StatementSignatureInvalid"
  // what the node's verifier says and this version does not know
  | "EvidenceRefused";

/** Evidence that does not hold. The message is for whoever sent it. */
export class EvidenceError extends Error {
  readonly code: EvidenceCode;

  constructor(code: EvidenceCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws {EvidenceError} */
export type Verifier = (evidence: unknown) => Verified;

/** The bytes of a field of evidence: base64 in a JSON request, a byte string in a CBOR one; `undefined` for neither. */
export function evidenceBytes(value: unknown): ArrayBuffer | undefined {
  if (typeof value === "string") return fromBase64(value);
  return value instanceof ArrayBuffer ? value : undefined;
}
