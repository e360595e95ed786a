import { snpCvmEvidence, type SnpCvmReport } from "../../../sdk/attested.js";
import { EvidenceError, type Verified } from "../../../src/policy/evidence.js";
import { verifySnpCvm } from "../../../src/policy/snp-cvm.js";
import type { VmEvidence } from "../../support/evidence.js";

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Bytes with one bit flipped; which bit of the byte, goes round. */
export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (at % 8)), at);
  return copy;
}

/** DER in the first block of PEM text. */
export const derOf = (pem: string): Buffer => Buffer.from(pem.split("-----")[2] ?? "", "base64");

export const verify = (report: SnpCvmReport): Verified => verifySnpCvm(snpCvmEvidence(report).attestation);

/** What the service finds wrong with evidence; `verified` if nothing. */
export function codeOf(report: SnpCvmReport): string {
  try {
    verify(report);
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
  return "verified";
}

/** Real evidence of a confidential VM, and ways of spoiling it. */
export class RealVm {
  readonly report: SnpCvmReport;
  readonly publicKey: string;
  /** PEM of VCEK, ASK and ARK. */
  readonly certificates: readonly [string, string, string];

  constructor({ report, publicKey }: VmEvidence) {
    this.report = report;
    this.publicKey = publicKey;
    const [vcek = "", ask = "", ark = ""] =
      report.platformCertificates.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [];
    this.certificates = [vcek, ask, ark];
  }

  bytes(field: "tpmQuote" | "hclReport" | "snpReport" | "aikCert"): Buffer {
    return Buffer.from(this.report.evidence[field] ?? "", "base64");
  }

  /** The report with other evidence; bytes are encoded. */
  with(changes: Readonly<Record<string, Uint8Array | string>>): SnpCvmReport {
    const evidence: Record<string, unknown> = { ...this.report.evidence };
    for (const [name, value] of Object.entries(changes))
      evidence[name] = typeof value === "string" ? value : base64(value);
    return { ...this.report, evidence: evidence as unknown as SnpCvmReport["evidence"] };
  }

  /** With other PCRs; `undefined` takes one away. */
  withPcrs(changes: Readonly<Record<string, string | undefined>>): SnpCvmReport {
    const pcrs = Object.fromEntries(
      Object.entries({ ...this.report.evidence.pcrs, ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    return { ...this.report, evidence: { ...this.report.evidence, pcrs } };
  }

  /** With another PEM bundle. */
  endorsedBy(...certificates: readonly string[]): SnpCvmReport {
    return { ...this.report, platformCertificates: certificates.join("") };
  }

  /** With one bit flipped in both copies of the SEV-SNP report. */
  withReportFlipped(at: number): SnpCvmReport {
    const [snpReport, hclReport] = [this.bytes("snpReport"), this.bytes("hclReport")];
    return this.with({ snpReport: flipped(snpReport, at), hclReport: flipped(hclReport, 32 + at) });
  }
}
