import { SnpVerificationError } from "./errors.js";

/** Size of an SEV-SNP attestation report, in bytes. */
export const REPORT_SIZE = 1184;

/** Everything before this offset is what the chip has signed. */
export const SIGNED_SIZE = 0x2a0;

/** The oldest report that says which CPU made it. */
const MINIMUM_VERSION = 3;

const ECDSA_P384_SHA384 = 1;

/** A CPU family by its trade name, as AMD's certificates use it. */
export type Product = "Milan" | "Genoa" | "Turin";

const PRODUCTS: readonly { family: number; model: number; product: Product }[] = [
  { family: 0x19, model: 0x01, product: "Milan" },
  { family: 0x19, model: 0x11, product: "Genoa" },
  { family: 0x1a, model: 0x02, product: "Turin" },
];

/**
 * The fields of a report (SEV-SNP ABI specification, AMD 56860, tables 8, 21 and 22), named as a CCF node names them
 * towards an application, `plaform_info` included.
 */
export interface AttestationReport {
  version: number;
  guest_svn: number;
  policy: {
    abi_minor: number;
    abi_major: number;
    smt: number;
    migrate_ma: number;
    debug: number;
    single_socket: number;
  };
  family_id: Uint8Array;
  image_id: Uint8Array;
  vmpl: number;
  signature_algo: number;
  platform_version: string;
  plaform_info: { smt_en: number; tsme_en: number };
  flags: { author_key_en: number; mask_chip_key: number; signing_key: number };
  report_data: Uint8Array;
  measurement: Uint8Array;
  host_data: Uint8Array;
  id_key_digest: Uint8Array;
  author_key_digest: Uint8Array;
  report_id: Uint8Array;
  report_id_ma: Uint8Array;
  reported_tcb: string;
  cpuid_fam_id: number;
  cpuid_mod_id: number;
  cpuid_step: number;
  chip_id: Uint8Array;
  committed_tcb: string;
  current_minor: number;
  current_build: number;
  current_major: number;
  committed_build: number;
  committed_minor: number;
  committed_major: number;
  launch_tcb: string;
  signature: { r: Uint8Array; s: Uint8Array };
}

/** Reads a report; says nothing yet about whether it is genuine. */
export function parseReport(bytes: Uint8Array): AttestationReport {
  if (bytes.length !== REPORT_SIZE) {
    throw new SnpVerificationError(
      `Input SEV-SNP attestation report is not of expected size ${REPORT_SIZE}: ${bytes.length}`,
    );
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const slice = (offset: number, length: number): Uint8Array =>
    new Uint8Array(view.subarray(offset, offset + length));
  const bit = (offset: number, index: number, width = 1): number =>
    (view.readUInt8(offset) >> index) & ((1 << width) - 1);
  // eight bytes, little-endian on the wire, written as one number in hexadecimal
  const tcb = (offset: number): string => Buffer.from(slice(offset, 8)).reverse().toString("hex");
  return {
    version: view.readUInt32LE(0x00),
    guest_svn: view.readUInt32LE(0x04),
    policy: {
      abi_minor: view.readUInt8(0x08),
      abi_major: view.readUInt8(0x09),
      smt: bit(0x0a, 0),
      migrate_ma: bit(0x0a, 2),
      debug: bit(0x0a, 3),
      single_socket: bit(0x0a, 4),
    },
    family_id: slice(0x10, 16),
    image_id: slice(0x20, 16),
    vmpl: view.readUInt32LE(0x30),
    signature_algo: view.readUInt32LE(0x34),
    platform_version: tcb(0x38),
    plaform_info: { smt_en: bit(0x40, 0), tsme_en: bit(0x40, 1) },
    flags: { author_key_en: bit(0x48, 0), mask_chip_key: bit(0x48, 1), signing_key: bit(0x48, 2, 3) },
    report_data: slice(0x50, 64),
    measurement: slice(0x90, 48),
    host_data: slice(0xc0, 32),
    id_key_digest: slice(0xe0, 48),
    author_key_digest: slice(0x110, 48),
    report_id: slice(0x140, 32),
    report_id_ma: slice(0x160, 32),
    reported_tcb: tcb(0x180),
    cpuid_fam_id: view.readUInt8(0x188),
    cpuid_mod_id: view.readUInt8(0x189),
    cpuid_step: view.readUInt8(0x18a),
    chip_id: slice(0x1a0, 64),
    committed_tcb: tcb(0x1e0),
    current_minor: view.readUInt8(0x1e8),
    current_build: view.readUInt8(0x1e9),
    current_major: view.readUInt8(0x1ea),
    committed_build: view.readUInt8(0x1ec),
    committed_minor: view.readUInt8(0x1ed),
    committed_major: view.readUInt8(0x1ee),
    launch_tcb: tcb(0x1f0),
    signature: { r: slice(SIGNED_SIZE, 72), s: slice(SIGNED_SIZE + 72, 72) },
  };
}

/** Which CPU made the report; only reports of version 3 and later say. */
export function productOf(report: AttestationReport): Product {
  if (report.version < MINIMUM_VERSION) {
    throw new SnpVerificationError(
      `SEV-SNP: Attestation version is ${report.version} not >= expected minimum ${MINIMUM_VERSION}`,
    );
  }
  const { cpuid_fam_id: family, cpuid_mod_id: model } = report;
  const found = PRODUCTS.find((one) => one.family === family && one.model === model);
  if (found === undefined) {
    throw new SnpVerificationError(`SEV-SNP: Unsupported CPUID family ${family} model ${model}`);
  }
  return found.product;
}

/** The chip's signature over the report, as IEEE P1363 wants it: r and s big-endian, 48 bytes each. */
export function signatureOf(report: AttestationReport): Uint8Array {
  if (report.signature_algo !== ECDSA_P384_SHA384) {
    throw new SnpVerificationError(
      `SEV-SNP: Unsupported signature algorithm: ${report.signature_algo} (supported: ${ECDSA_P384_SHA384})`,
    );
  }
  const { r, s } = report.signature;
  const bigEndian = (number: Uint8Array): Buffer => {
    // the field has room for 72 bytes; a number of P-384 fills 48
    if (number.subarray(48).some((byte) => byte !== 0)) throw notSignedByChip();
    return Buffer.from(number.subarray(0, 48)).reverse();
  };
  return Buffer.concat([bigEndian(r), bigEndian(s)]);
}

export const notSignedByChip = (): SnpVerificationError =>
  new SnpVerificationError("SEV-SNP: Chip certificate (VCEK) did not sign this attestation");
