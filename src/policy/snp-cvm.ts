import { concatenate, sameBytes } from "../kit/bytes.js";
import { hex, utf8 } from "../kit/encodings.js";
import { parseJson } from "../kit/json.js";
import { rsaPkcs1SignatureHolds } from "../kit/rsa.js";
import { conforms } from "../kit/shapes.js";
import { hclRuntimeClaims, snpCvmEvidence } from "../schemas/evidence.js";
import type { Of } from "../schemas/shape.js";
import { attestationKeyOf, type AttestationKey, requireCertified } from "./attestation-key.js";
import type { PresentedClaims } from "./claims.js";
import { type EvidenceCode, EvidenceError, evidenceBytes, type Verified } from "./evidence.js";
import { type HclReport, readHclReport } from "./hcl-report.js";
import { pcrClaims, readPcrs, requireQuoted } from "./pcrs.js";
import { inChainOrder } from "./snp-endorsements.js";
import { productOf, type SnpReport, snpReportClaims, verifySnpReport } from "./snp-report.js";
import { readTpmQuote, type TpmQuote } from "./tpm-quote.js";

type RuntimeClaims = Of<typeof hclRuntimeClaims>;

/**
 * Evidence of a confidential VM on AMD SEV-SNP with a vTPM. Trust goes down step by step: AMD's root keys vouch for the
 * chip, the chip for the firmware by its report, the report for the claims of this firmware, these for the vTPM's
 * attestation key, and this key for the PCRs, into which everything was measured that the VM has booted.
 */
export function verifySnpCvm(presented: unknown): Verified {
  const evidence = readEvidence(presented);
  const hcl = takeApart(evidence.hclReport);
  refuseUnless(
    sameBytes(hcl.snpReport, evidence.snpReport),
    "SnpReportMismatch",
    "snpReport is not the report inside hclReport.",
  );

  const report = verifyReport(evidence.snpReport, evidence.platformCertificates);
  requireFirmware(report);
  requireProduct(report, evidence.product);

  requireBound(hcl.runtimeClaims, report);
  const runtimeClaims = readRuntimeClaims(hcl.runtimeClaims);
  const key = attestationKeyOf(runtimeClaims);
  if (evidence.aikCert !== undefined) requireCertified(key, evidence.aikCert);

  const quote = readQuote(evidence.tpmQuote);
  requireSignature(quote, key);
  requireNonce(quote, evidence.nonce);
  const pcrs = readPcrs(evidence.pcrs);
  requireQuoted(pcrs, quote);

  const reportData = userDataOf(runtimeClaims);
  return {
    claims: {
      ...pcrClaims(pcrs),
      ...snpReportClaims(report),
      ...configurationClaims(runtimeClaims),
      "nonce-binds-key": bindsKey(quote, reportData),
    },
    reportData,
    signed: concatenate([evidence.tpmQuote, evidence.snpReport]),
  };
}

function refuseUnless(holds: boolean, code: EvidenceCode, message: string): void {
  if (!holds) throw new EvidenceError(code, message);
}

/** The fields of the evidence, decoded. Runtime claims beside the HCL report are ignored: nothing vouches for them. */
function readEvidence(presented: unknown) {
  if (!conforms(snpCvmEvidence, presented)) throw malformed("an object with the documented fields");
  const { evidence, nonce, platformCertificates, product } = presented;
  const aikCert = bytes(evidence.aikCert ?? "", "aikCert");
  return {
    tpmQuote: bytes(evidence.tpmQuote, "tpmQuote"),
    hclReport: bytes(evidence.hclReport, "hclReport"),
    snpReport: bytes(evidence.snpReport, "snpReport"),
    aikCert: aikCert.byteLength === 0 ? undefined : aikCert,
    pcrs: evidence.pcrs,
    nonce,
    platformCertificates,
    product: product === "" ? undefined : (product ?? undefined),
  };
}

function bytes(value: unknown, field: string): ArrayBuffer {
  const decoded = evidenceBytes(value);
  if (decoded === undefined) throw malformed(`base64, or bytes, in ${field}`);
  return decoded;
}

function malformed(expected: string): EvidenceError {
  return new EvidenceError("EvidenceMalformed", `Evidence of platform "snp-cvm" must be ${expected}.`);
}

function takeApart(hclReport: ArrayBuffer): HclReport {
  const read = readHclReport(hclReport);
  if (read !== undefined) return read;
  throw new EvidenceError(
    "HclReportMalformed",
    "hclReport is not what the firmware of a confidential VM on SEV-SNP leaves in NV index 0x01400001.",
  );
}

/**
 * The node wants AMD's certificates in order, which is how agents usually send them. Only if that fails they are put in order:
 * it takes half as long as the verification itself.
 */
function verifyReport(report: ArrayBuffer, certificates: string): SnpReport {
  const verify = (bundle: string): SnpReport => verifySnpReport(report, utf8(bundle)).attestation;
  try {
    return verify(certificates);
  } catch (error) {
    const aboutCertificates =
      error instanceof EvidenceError && /^(Endorsements|EvidenceRefused)/.test(error.code);
    if (!aboutCertificates) throw error;
    return verify(inChainOrder(certificates));
  }
}

/** Only firmware runs at VMPL 0. A guest's own report could carry claims that the guest has made up. */
function requireFirmware({ vmpl }: SnpReport): void {
  refuseUnless(
    vmpl === 0,
    "VmplNotZero",
    `The report is of VMPL ${vmpl}, not of the VM's firmware at VMPL 0.`,
  );
}

function requireProduct(report: SnpReport, product: string | undefined): void {
  refuseUnless(
    product === undefined || product === productOf(report),
    "ProductMismatch",
    "The report comes from another processor than the product that is named.",
  );
}

/** The report data of the firmware's report: SHA-256 of the runtime claims, then 32 zero bytes. */
function requireBound(runtimeClaims: ArrayBuffer, { report_data }: SnpReport): void {
  refuseUnless(
    hex(report_data) === hex(ccf.crypto.digest("SHA-256", runtimeClaims)) + "0".repeat(64),
    "RuntimeClaimsMismatch",
    "The report does not vouch for the runtime claims in hclReport.",
  );
}

function readRuntimeClaims(json: ArrayBuffer): RuntimeClaims {
  let claims: unknown;
  try {
    claims = parseJson(ccf.bufToStr(json));
  } catch {
    claims = undefined;
  }
  if (conforms(hclRuntimeClaims, claims)) return claims;
  throw new EvidenceError("HclReportMalformed", "The runtime claims in hclReport are not as documented.");
}

function readQuote(tpmQuote: ArrayBuffer): TpmQuote {
  const quote = readTpmQuote(tpmQuote);
  if (quote !== undefined) return quote;
  throw new EvidenceError(
    "QuoteMalformed",
    "tpmQuote is not a quote by a TPM (TPM2B_ATTEST) with its RSASSA SHA-256 signature (TPMT_SIGNATURE).",
  );
}

function requireSignature({ signature, attested }: TpmQuote, key: AttestationKey): void {
  refuseUnless(
    rsaPkcs1SignatureHolds(key, signature, attested),
    "QuoteSignatureInvalid",
    "The quote is not signed by the vTPM's attestation key HCLAkPub.",
  );
}

/** Text that is base64 by chance may mean itself. */
function requireNonce({ extraData }: TpmQuote, nonce: unknown): void {
  const meant = [evidenceBytes(nonce), typeof nonce === "string" ? utf8(nonce) : undefined];
  refuseUnless(
    meant.some((one) => one !== undefined && sameBytes(one, extraData)),
    "NonceMismatch",
    "The quote was asked for with another nonce.",
  );
}

/**
 * Whether the VM had the quote made for the key of its user data. The user data tell which key was bound when the report was made,
 * and the quote what was booted when that was made. Of a VM that has booted something else in between, an older quote would do
 * unless it names the key.
 */
const bindsKey = ({ extraData }: TpmQuote, reportData: string): boolean =>
  hex(extraData) + "0".repeat(64) === reportData;

function configurationClaims({ "vm-configuration": configuration = {} }: RuntimeClaims): PresentedClaims {
  const { "secure-boot": secureBoot, "tpm-enabled": tpmEnabled, vmUniqueId } = configuration;
  return {
    ...(secureBoot !== undefined && { "vm-configuration-secure-boot": secureBoot }),
    ...(tpmEnabled !== undefined && { "vm-configuration-tpm-enabled": tpmEnabled }),
    ...(vmUniqueId !== undefined && { "vm-configuration-vmUniqueId": vmUniqueId }),
  };
}

/** What the VM has written into the vTPM's NV index 0x01400002, and the firmware into its claims; lower-case hex. */
function userDataOf({ "user-data": userData = "" }: RuntimeClaims): string {
  const lowerCase = userData.toLowerCase();
  refuseUnless(
    /^[0-9a-f]{128}$/.test(lowerCase),
    "UserDataMissing",
    "The runtime claims in hclReport hold no user data of 64 bytes, so they bind no key.",
  );
  return lowerCase;
}
