import { areZero } from "../kit/bytes.js";

/**
 * What the firmware of a confidential VM (host compatibility layer, HCL) leaves in the vTPM's NV index 0x01400001: an
 * SEV-SNP report, and the claims whose digest is that report's report data.
 */
export interface HclReport {
  /** 1184 bytes. */
  readonly snpReport: ArrayBuffer;
  /** JSON text. */
  readonly runtimeClaims: ArrayBuffer;
}

/** Where the parts begin, in bytes. */
const AT = { header: 0, snpReport: 32, request: 1216, claims: 1236 } as const;

/** "HCLA", read as a little-endian number. */
const SIGNATURE = 0x414c4348;
/** Both are in use, with the same contents. */
const HEADER_VERSIONS = [1, 2];
/** The report was made so that the attestation key gets a certificate. */
const AK_CERT_REQUEST = 2;
const REQUEST_VERSION = 1;
const SNP_REPORT = 2;
const SHA256 = 1;

/** Takes the report apart; says nothing yet about whether its parts are genuine. @returns `undefined` if it is none */
export function readHclReport(bytes: ArrayBuffer): HclReport | undefined {
  if (bytes.byteLength < AT.claims) return undefined;
  const view = new DataView(bytes);
  const numbers = (at: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => view.getUint32(at + 4 * index, true));

  const [signature = 0, version = 0, reportSize, requestType, ...reserved] = numbers(AT.header, 8);
  const [dataSize = 0, requestVersion, reportType, hashType, claimsSize = 0] = numbers(AT.request, 5);
  const end = AT.claims + claimsSize;
  const valid =
    signature === SIGNATURE &&
    HEADER_VERSIONS.includes(version) &&
    requestType === AK_CERT_REQUEST &&
    reserved.every((number) => number === 0) &&
    requestVersion === REQUEST_VERSION &&
    reportType === SNP_REPORT &&
    hashType === SHA256 &&
    reportSize === end &&
    dataSize === end - AT.request &&
    end <= bytes.byteLength &&
    areZero(bytes.slice(end)); // the index is longer than what it holds
  return valid
    ? { snpReport: bytes.slice(AT.snpReport, AT.request), runtimeClaims: bytes.slice(AT.claims, end) }
    : undefined;
}
