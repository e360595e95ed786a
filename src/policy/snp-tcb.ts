import type { SnpAttestationResult } from "@microsoft/ccf-app/global.js";
import { type MinimumTcb, minimumTcbVersions, TCB_PARTS } from "../governance/tables.js";
import { EvidenceError } from "./evidence.js";

type Report = SnpAttestationResult["attestation"];
type Component = Exclude<keyof MinimumTcb, "hexstring">;

/** AMD family of the processors whose TCB has a component more (Turin). */
const TURIN_FAMILY = 0x1a;

/** Where each component stands in the TCB's 8 bytes as CCF writes them in hex: most significant first (AMD 56860 table 3). */
const MILAN_GENOA = { microcode: 0, snp: 1, tee: 6, boot_loader: 7 } as const;
const TURIN = { microcode: 0, snp: 4, tee: 5, boot_loader: 6, fmc: 7 } as const;

/** Refuses firmware older than the members have voted for its processor model; no vote, no minimum of ours. */
export function requireMinimumTcb(report: Report): void {
  const minimum = minimumTcbVersions().get(cpuidOf(report));
  if (minimum === undefined) return;
  const reported = componentsOf(report);
  for (const component of TCB_PARTS) {
    const least = minimum[component];
    const found = reported[component];
    if (least !== undefined && (found === undefined || found < least)) {
      throw new EvidenceError(
        "TcbTooOld",
        `The members accept ${component} of at least ${least} on this processor; the report says ${found ?? "nothing"}.`,
      );
    }
  }
}

/** EAX of CPUID leaf 1, as CCF writes processor models: 8 hex digits. */
export function cpuidOf({
  cpuid_fam_id,
  cpuid_mod_id,
  cpuid_step,
}: Pick<Report, "cpuid_fam_id" | "cpuid_mod_id" | "cpuid_step">): string {
  const baseFamily = Math.min(cpuid_fam_id, 15);
  const eax =
    ((cpuid_fam_id - baseFamily) << 20) |
    ((cpuid_mod_id >> 4) << 16) |
    (baseFamily << 8) |
    ((cpuid_mod_id & 15) << 4) |
    cpuid_step;
  return eax.toString(16).padStart(8, "0");
}

function componentsOf(report: Report): Partial<Record<Component, number>> {
  const tcb: unknown = report.reported_tcb; // CCF gives the hex text; its type declaration says otherwise
  if (typeof tcb !== "string")
    throw new TypeError("the node gives the reported TCB in another form than hex");
  const places: Partial<Record<Component, number>> =
    report.cpuid_fam_id === TURIN_FAMILY ? TURIN : MILAN_GENOA;
  const found: Partial<Record<Component, number>> = {};
  for (const component of Object.keys(places) as Component[]) {
    const at = 2 * (places[component] ?? 0);
    found[component] = parseInt(tcb.slice(at, at + 2), 16);
  }
  return found;
}
