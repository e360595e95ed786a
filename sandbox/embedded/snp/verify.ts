import { verify as verifySignature, type KeyObject } from "node:crypto";
import { checkChipId, endorsedTcb, verifyChain } from "./amd-chain.js";
import { amdRootKey } from "./amd-roots.js";
import { SnpVerificationError } from "./errors.js";
import {
  notSignedByChip,
  parseReport,
  productOf,
  SIGNED_SIZE,
  signatureOf,
  type AttestationReport,
  type Product,
} from "./report.js";
import { checkEndorsedTcb, meets, parseTcb } from "./tcb.js";
import { verifyUvmEndorsement, type UvmEndorsement } from "./uvm-endorsement.js";

/** What verified evidence says, in the form in which a CCF node hands it to an application. */
export interface SnpAttestation {
  attestation: AttestationReport;
  uvm_endorsements?: UvmEndorsement;
}

/** What a verification takes as given. */
export interface Trust {
  /** The time at which AMD's certificates must be valid. */
  at: Date;
  /** The key that must be at the root of the certificates of a CPU family. */
  rootKey: (product: Product) => KeyObject;
}

/**
 * Verifies AMD SEV-SNP evidence as a CCF node does for `snp_attestation.verifySnpAttestation`: the same checks in the
 * same order, with the same messages.
 *
 * @param evidence the report, 1184 bytes
 * @param endorsements PEM: the certificates of the chip (VCEK), of AMD's signing key (ASK) and root (ARK)
 * @param uvmEndorsement COSE_Sign1 by whoever vouches for the launch measurement
 * @param tcb the TCB version that the caller knows to be endorsed, 16 hexadecimal digits
 * @param trust left out: now, and AMD's own keys
 * @throws {SnpVerificationError} where the evidence does not hold
 */
export function verifySnpAttestation(
  evidence: Uint8Array,
  endorsements: Uint8Array,
  uvmEndorsement?: Uint8Array,
  tcb?: string,
  { at, rootKey }: Trust = { at: new Date(), rootKey: amdRootKey },
): SnpAttestation {
  const report = parseReport(evidence);
  const product = productOf(report);
  const vcek = verifyChain(Buffer.from(endorsements).toString("latin1"), rootKey(product), report, at);

  const signature = signatureOf(report);
  const signed = evidence.subarray(0, SIGNED_SIZE);
  if (!verifySignature("sha384", signed, { key: vcek.publicKey, dsaEncoding: "ieee-p1363" }, signature)) {
    throw notSignedByChip();
  }

  checkContents(report);
  const endorsed = endorsedTcb(vcek, product);
  if (endorsed !== undefined && !meets(parseTcb(product, report.reported_tcb), endorsed)) {
    throw new SnpVerificationError(
      `SEV-SNP: Reported TCB ${report.reported_tcb} does not meet or exceed the endorsed TCB ${JSON.stringify(endorsed)}`,
    );
  }
  checkChipId(vcek, product, report);
  if (tcb !== undefined) checkEndorsedTcb(tcb, report.reported_tcb);

  if (uvmEndorsement === undefined) return { attestation: report };
  return { attestation: report, uvm_endorsements: verifyUvmEndorsement(uvmEndorsement, report.measurement) };
}

/** What a genuine report may say and still not be acceptable. */
function checkContents({ flags, vmpl, policy }: AttestationReport): void {
  const refuse = (message: string): never => {
    throw new SnpVerificationError(`SEV-SNP: ${message}`);
  };
  if (flags.signing_key !== 0) refuse(`Attestation report must be signed by VCEK: ${flags.signing_key}`);
  if (flags.mask_chip_key !== 0) refuse("Mask chip key must not be set");
  // the host asks with a VMPL above those of its guests
  if (vmpl > 3) refuse(`This report seems to be host generated (VMPL ${vmpl} > 3)`);
  if (policy.debug !== 0) refuse("SNP attestation report guest policy debugging must not be enabled");
  if (policy.migrate_ma !== 0) refuse("SNP attestation report guest policy migration must not be enabled");
}
