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
  // snp-caci: the report
  | "ReportVersionUnsupported"
  | "ProcessorUnsupported"
  | "ReportSignatureInvalid"
  | "ReportNotSignedByChip"
  | "ReportFromHost"
  | "MigrationEnabled"
  | "ChipMismatch"
  | "TcbTooOld"
  | "TcbMismatch"
  // snp-caci: AMD's certificates
  | "EndorsementsMissing"
  | "EndorsementsUntrusted"
  | "EndorsementsBroken"
  | "EndorsementsExpired"
  // snp-caci: the endorsement of the utility VM
  | "UvmEndorsementsMissing"
  | "UvmEndorsementsInvalid"
  | "UvmEndorsementsUntrusted"
  | "UvmMeasurementMismatch"
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
