import { Refusal } from "../kit/refusal.js";
import type { PolicyType } from "./claims.js";
import type { Verifier } from "./evidence.js";
import { verifySnpCaci } from "./snp-caci.js";
import { verifySnpCvm } from "./snp-cvm.js";
import { verifyVirtual } from "./virtual.js";

/** Which platforms' evidence this service can verify. Add a row to support one; nothing else changes. */
export const verifiers = {
  "snp-caci": verifySnpCaci,
  "snp-cvm": verifySnpCvm,
  virtual: verifyVirtual,
} as const satisfies Partial<Record<PolicyType, Verifier>>;

export type Platform = keyof typeof verifiers;

const isPlatform = (name: string): name is Platform => Object.hasOwn(verifiers, name);

/** @throws {Refusal} `UnsupportedPlatform` */
export function requirePlatform(name: string): Platform {
  if (isPlatform(name)) return name;
  const known = Object.keys(verifiers).join(", ");
  throw new Refusal(
    "UnsupportedPlatform",
    `Evidence of platform "${name}" is not supported; supported are ${known}.`,
  );
}
