import { type ExecutionStatus, executionStatus } from "./execution.js";
import { openProposalsFor } from "./proposals.js";
import { whyNotInForce } from "./standing.js";
import { contractLoggingStatuses, contractTelemetryStatuses, type OptionStatus } from "./tables.js";

/** What may be on or off under a contract: `execution` by each member for itself, the rest by proposals. */
export const contractOptions = ["execution", "logging", "telemetry"] as const;
export type ContractOption = (typeof contractOptions)[number];

/** An option's status as the API says it; of options that proposals decide, with the open ones that would enable them. */
export type ContractOptionStatus =
  ExecutionStatus | { readonly status: OptionStatus; readonly proposalIds: readonly string[] };

/** Disabled unless the contract is in force. Then execution is enabled unless switched off, the rest if the members say so. */
export function contractOptionStatus(contractId: string, option: ContractOption): ContractOptionStatus {
  if (option === "execution") return executionStatus(contractId);
  const reason = whyNotInForce(contractId);
  if (reason !== undefined) return { status: "disabled", reason };
  const statuses = option === "logging" ? contractLoggingStatuses() : contractTelemetryStatuses();
  return {
    status: statuses.get(contractId)?.status ?? "disabled",
    proposalIds: openProposalsFor(contractId, `set_contract_runtime_options_enable_${option}`),
  };
}
