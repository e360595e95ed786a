import { SnpVerificationError } from "./errors.js";
import type { Product } from "./report.js";

/** Security version numbers of the parts of a platform's trusted computing base, each 0 to 255. */
export interface TcbVersion {
  boot_loader: number;
  tee: number;
  snp: number;
  microcode: number;
  /** Turin only. */
  fmc?: number;
}

/** The part that stands in each byte of a TCB version, least significant first (SEV-SNP ABI specification, table 3). */
const LAYOUT: Record<Product, readonly (keyof TcbVersion | undefined)[]> = {
  Milan: ["boot_loader", "tee", undefined, undefined, undefined, undefined, "snp", "microcode"],
  Genoa: ["boot_loader", "tee", undefined, undefined, undefined, undefined, "snp", "microcode"],
  Turin: ["fmc", "boot_loader", "tee", "snp", undefined, undefined, undefined, "microcode"],
};

/** @param hex a TCB version as 16 hexadecimal digits, most significant first */
export function parseTcb(product: Product, hex: string): TcbVersion {
  const bytes = Buffer.from(hex, "hex").reverse();
  const version: TcbVersion = { boot_loader: 0, tee: 0, snp: 0, microcode: 0 };
  LAYOUT[product].forEach((part, index) => {
    if (part !== undefined) version[part] = bytes.readUInt8(index);
  });
  return version;
}

/** Whether no part of `version` is older than in `minimum`. */
export function meets(version: TcbVersion, minimum: TcbVersion): boolean {
  const parts = ["boot_loader", "tee", "snp", "microcode", "fmc"] as const;
  return parts.every((part) => (version[part] ?? 0) >= (minimum[part] ?? 0));
}

/** Checks the TCB that a caller says is endorsed against the one in the report; both as 16 hexadecimal digits. */
export function checkEndorsedTcb(endorsed: string, reported: string): void {
  if (endorsed.length % 2 !== 0) {
    throw new SnpVerificationError(`Input string '${endorsed}' is not of even length: ${endorsed.length}`);
  }
  if (endorsed.length !== 16 || !/^[0-9a-f]*$/i.test(endorsed)) {
    throw new SnpVerificationError(`Invalid TCB version data size: ${endorsed.length / 2}`);
  }
  const given = endorsed.toLowerCase();
  if (given !== reported) {
    throw new SnpVerificationError(`SEV-SNP: endorsed TCB ${given} does not match reported TCB ${reported}`);
  }
}
