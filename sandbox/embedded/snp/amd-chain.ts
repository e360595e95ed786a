import { X509Certificate, type KeyObject } from "node:crypto";
import { ASN1HEX, X509 } from "jsrsasign";
import { SnpVerificationError } from "./errors.js";
import type { AttestationReport, Product } from "./report.js";
import type { TcbVersion } from "./tcb.js";

/** Certificate extensions of a VCEK (AMD 57230, "VCEK Certificate and KDS Interface Specification", tables 10 and 11). */
const OID = { tcb: "1.3.6.1.4.1.3704.1.3", chipId: "1.3.6.1.4.1.3704.1.4" } as const;
const TCB_SUFFIX = { boot_loader: 1, tee: 2, snp: 3, microcode: 8, fmc: 9 } as const;

const BROKEN = "SEV-SNP: The chain of signatures from the root of trust to this attestation is broken";

/**
 * Verifies the three certificates that endorse a chip, up to the root key of its family.
 *
 * @param pem VCEK, ASK and ARK, in this order
 * @param at the time at which they must be valid
 * @returns the chip's certificate (VCEK)
 */
export function verifyChain(
  pem: string,
  rootKey: KeyObject,
  report: AttestationReport,
  at: Date,
): X509Certificate {
  const certificates = splitBundle(pem);
  const [vcek, ask, ark] = certificates;
  if (certificates.length !== 3 || vcek === undefined || ask === undefined || ark === undefined) {
    throw new SnpVerificationError(`Expected 3 endorsement certificates but got ${certificates.length}`);
  }

  // Not `KeyObject.equals`: of keys of two types it leaves an error behind that the next TLS connection takes for its own.
  const [presented, expected] = [spki(ark.publicKey), spki(rootKey)];
  if (presented !== expected) {
    throw new SnpVerificationError(
      `SEV-SNP: The root of trust public key for this attestation was not the expected one for v${report.version} ` +
        `${report.cpuid_fam_id} ${report.cpuid_mod_id}:  ${presented} != ${expected}`,
    );
  }
  if (!isIssuedBy(ark, ark, at)) {
    throw new SnpVerificationError(
      "SEV-SNP: The root of trust public key for this attestation was not self signed as expected",
    );
  }
  if (!isIssuedBy(ask, ark, at) || !isIssuedBy(vcek, ask, at)) throw new SnpVerificationError(BROKEN);
  return vcek;
}

const spki = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

function splitBundle(pem: string): X509Certificate[] {
  const end = "-----END CERTIFICATE-----";
  const parts = pem.split(end).slice(0, -1);
  return parts.map((part) => {
    try {
      // from the start of the part, not of the PEM header in it: what stands between certificates is no certificate
      if (!part.trimStart().startsWith("-----BEGIN CERTIFICATE-----"))
        throw new TypeError("text around certificates");
      return new X509Certificate(part.trimStart() + end);
    } catch {
      throw new SnpVerificationError("OpenSSL error: error:068000A8:asn1 encoding routines::wrong tag");
    }
  });
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, at: Date): boolean {
  const valid = new Date(certificate.validFrom) <= at && at <= new Date(certificate.validTo);
  return valid && issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** The TCB version for which AMD made this certificate; `undefined` if the certificate does not say. */
export function endorsedTcb(vcek: X509Certificate, product: Product): TcbVersion | undefined {
  const part = (name: keyof typeof TCB_SUFFIX): number | undefined => {
    const der = extensionValue(vcek, `${OID.tcb}.${TCB_SUFFIX[name]}`);
    return der === undefined ? undefined : Number.parseInt(ASN1HEX.getV(der, 0), 16);
  };
  const [boot_loader, tee, snp, microcode] = [
    part("boot_loader"),
    part("tee"),
    part("snp"),
    part("microcode"),
  ];
  if (boot_loader === undefined || tee === undefined || snp === undefined || microcode === undefined)
    return undefined;
  if (product !== "Turin") return { boot_loader, tee, snp, microcode };
  const fmc = part("fmc");
  return fmc === undefined ? undefined : { boot_loader, tee, snp, microcode, fmc };
}

/** Compares the chip in the report with the one in the certificate, where the certificate names one. */
export function checkChipId(vcek: X509Certificate, product: Product, report: AttestationReport): void {
  const endorsed = extensionValue(vcek, OID.chipId);
  // on Turin the identifier has 8 bytes
  const reported = Buffer.from(product === "Turin" ? report.chip_id.subarray(0, 8) : report.chip_id).toString(
    "hex",
  );
  if (endorsed !== undefined && endorsed !== reported) {
    throw new SnpVerificationError(
      `SEV-SNP: Chip ID in attestation does not match endorsed chip ID: ${endorsed} != ${reported}`,
    );
  }
}

/** The contents of an extension's octet string, in hexadecimal. */
function extensionValue(certificate: X509Certificate, oid: string): string | undefined {
  const der = certificate.raw.toString("hex");
  const reader = new X509();
  reader.readCertHex(der);
  const extension = reader.getExtInfo(oid);
  // `vidx` is where the contents begin; before them stand the tag and, all of ours being short, one byte of length
  return extension === undefined ? undefined : ASN1HEX.getV(der, extension.vidx - 4);
}
