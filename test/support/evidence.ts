import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SnpCvmReport } from "../../sdk/attested.js";

const folder = fileURLToPath(new URL("../../../shared/fixtures/evidence/snp-caci/", import.meta.url));
const cvmFolder = fileURLToPath(
  new URL("../../../shared/fixtures/evidence/snp-cvm/signing/", import.meta.url),
);

/** Real SEV-SNP evidence of a confidential container, and the key it is bound to. */
export interface ContainerEvidence {
  /** The report, 1184 bytes. */
  report: Buffer;
  /** VCEK, ASK and ARK. */
  certificates: string;
  /** COSE_Sign1. */
  uvmEndorsement: Buffer;
  /** The PEM text whose digest is the report data. */
  publicKey: string;
  privateKey: string;
}

/**
 * Evidence published for tests, which is not part of this project.
 *
 * @param kind `encryption`: bound to an RSA key; `signing`: bound to a P-384 key
 * @returns `undefined`, after saying what is skipped, where the shared fixtures are not beside the project
 */
export function containerEvidence(kind: "encryption" | "signing"): ContainerEvidence | undefined {
  const read = (name: string): string => readFileSync(`${folder}${kind}/${name}`, "utf8");
  if (!existsSync(`${folder}${kind}`)) {
    console.warn(`skipped: needs real SEV-SNP evidence in ../shared/fixtures/evidence/snp-caci/${kind}`);
    return undefined;
  }
  const { report } = JSON.parse(read("attestation.json")) as { report: { snpCACI: Record<string, string> } };
  const { attestation = "", platformCertificates = "", uvmEndorsements = "" } = report.snpCACI;
  return {
    report: Buffer.from(attestation, "base64"),
    certificates: Buffer.from(platformCertificates, "base64").toString("utf8"),
    uvmEndorsement: Buffer.from(uvmEndorsements, "base64"),
    publicKey: read("pub_key.pem"),
    privateKey: read("priv_key.pem"),
  };
}

/** Real evidence of a confidential VM, as its agent gave it, and the key whose digest is its user data. */
export interface VmEvidence {
  report: SnpCvmReport;
  /** PEM of a P-384 key. */
  publicKey: string;
}

/** As {@link containerEvidence}, of a confidential VM with a vTPM. */
export function vmEvidence(): VmEvidence | undefined {
  if (!existsSync(cvmFolder)) {
    console.warn("skipped: needs real SEV-SNP evidence in ../shared/fixtures/evidence/snp-cvm/signing");
    return undefined;
  }
  const read = (name: string): string => readFileSync(cvmFolder + name, "utf8");
  const { report } = JSON.parse(read("attestation.json")) as { report: { snpCvm: SnpCvmReport } };
  return { report: report.snpCvm, publicKey: read("pub_key.pem") };
}
