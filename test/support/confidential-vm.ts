import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { SnpCvmReport } from "../../sdk/attested.js";
import { certificate, SnpPlatform } from "./snp-platform.js";
import { jwkOf } from "./jwk.js";

/** What a quote of these VMs says (TPMS_ATTEST) and by which algorithm it is signed; values are TPM_ALG_ID and the like. */
const QUOTE = {
  magic: 0xff544347,
  type: 0x8018,
  nonce: Buffer.from("a nonce"),
  banks: [0x000b],
  indices: [0, 4, 7],
  bitmapBytes: 3,
  scheme: 0x0014,
  hash: 0x000b,
};

/** How the evidence of a VM differs from evidence that is all right. Keys sign after the change, so only it is wrong. */
export interface VmChanges {
  readonly runtimeClaims?: Readonly<Record<string, unknown>>;
  /** The text of the runtime claims as it is. */
  readonly claimsText?: string;
  /** Writes into the report before the chip signs it. */
  readonly snpReport?: (report: Buffer) => void;
  readonly quote?: Partial<typeof QUOTE>;
  /** The PCRs that the quote is about, by index. */
  readonly pcrs?: Readonly<Record<number, Buffer>>;
  readonly quotedBy?: KeyObject;
  readonly certified?: KeyObject;
}

/** A confidential VM with a vTPM on a made-up AMD platform: chip, firmware and attestation key are ours. */
export class ConfidentialVm {
  readonly platform = new SnpPlatform();
  readonly attestationKey = newAttestationKey();
  readonly measurement = Buffer.alloc(48, 0x5a);
  readonly pcrs: Readonly<Record<number, Buffer>> = {
    0: Buffer.alloc(32, 0xa0),
    4: Buffer.alloc(32, 0xa4),
    7: Buffer.alloc(32, 0xa7),
  };

  /** What the firmware says if nothing is changed. @param publicKeyPem the key that the VM has bound */
  runtimeClaims(publicKeyPem: string): Record<string, unknown> {
    const { n, e } = jwkOf(createPublicKey(this.attestationKey));
    const userData = createHash("sha256").update(publicKeyPem).digest("hex").padEnd(128, "0");
    return {
      keys: [
        { kid: "HCLEkPub", kty: "RSA", n: "AQAB", e: "AQAB" },
        { kid: "HCLAkPub", key_ops: ["sign"], kty: "RSA", n, e },
      ],
      "vm-configuration": { "secure-boot": true, "tpm-enabled": true, vmUniqueId: "VM-1" },
      "user-data": userData.toUpperCase(),
    };
  }

  /** What the VM's agent gives. */
  evidence(publicKeyPem: string, changes: VmChanges = {}): SnpCvmReport {
    const claims = { ...this.runtimeClaims(publicKeyPem), ...changes.runtimeClaims };
    const claimsText = Buffer.from(changes.claimsText ?? JSON.stringify(claims));
    const snpReport = this.platform.report((report) => {
      report.set(createHash("sha256").update(claimsText).digest(), 0x50);
      report.set(this.measurement, 0x90);
      changes.snpReport?.(report);
    });
    const pcrs = changes.pcrs ?? this.pcrs;
    const quote = { ...QUOTE, ...changes.quote };
    const [base64, pem] = [encoded, this.platform.certificates.toString()];
    return {
      evidence: {
        tpmQuote: base64(signedQuote(quote, pcrs, changes.quotedBy ?? this.attestationKey)),
        hclReport: base64(hclReport(snpReport, claimsText)),
        snpReport: base64(snpReport),
        aikCert: base64(aikCertificate(changes.certified ?? this.attestationKey)),
        pcrs: Object.fromEntries(Object.entries(pcrs).map(([index, value]) => [index, base64(value)])),
      },
      nonce: base64(quote.nonce),
      platformCertificates: pem,
    };
  }
}

export const newAttestationKey = (bits = 2048): KeyObject =>
  generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;

const encoded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16BE(value, 2 * index));
  return bytes;
}

function u32(value: number): Buffer {
  return Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
}

const sized = (contents: Buffer): Buffer => Buffer.concat([u16(contents.length), contents]);

function signedQuote(quote: typeof QUOTE, pcrs: Readonly<Record<number, Buffer>>, key: KeyObject): Buffer {
  const bitmap = Buffer.alloc(quote.bitmapBytes);
  for (const index of quote.indices)
    bitmap.writeUInt8(bitmap.readUInt8(index >> 3) | (1 << (index & 7)), index >> 3);
  const digest = createHash("sha256");
  for (const value of Object.values(pcrs)) digest.update(value);
  const attested = Buffer.concat([
    u32(quote.magic),
    u16(quote.type),
    sized(Buffer.from("name of the key")),
    sized(quote.nonce),
    Buffer.alloc(25, 1), // clock and firmware version
    u32(quote.banks.length),
    ...quote.banks.flatMap((bank) => [u16(bank), Buffer.from([bitmap.length]), bitmap]),
    sized(digest.digest()),
  ]);
  return Buffer.concat([
    sized(attested),
    u16(quote.scheme, quote.hash),
    sized(sign("sha256", attested, key)),
  ]);
}

function hclReport(snpReport: Buffer, claims: Buffer): Buffer {
  const u32le = (...values: number[]): Buffer => Buffer.from(new Uint32Array(values).buffer);
  const size = 1236 + claims.length;
  return Buffer.concat([
    Buffer.from("HCLA"),
    u32le(1, size, 2, 0, 0, 0, 0),
    snpReport,
    u32le(20 + claims.length, 1, 2, 1, claims.length),
    claims,
    Buffer.alloc(100),
  ]);
}

/** DER, filled up with zeros as the NV index is that it comes from. */
function aikCertificate(key: KeyObject): Buffer {
  const issuer = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const pem = certificate("vTPM", key, "vTPM CA", issuer, []);
  const der = Buffer.from(pem.split("-----")[2] ?? "", "base64");
  return Buffer.concat([der, Buffer.alloc(2048 - der.length)]);
}
