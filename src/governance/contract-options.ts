import { word } from "../kit/readers.js";
import { type ExecutionStatus, executionStatus } from "./execution.js";
import { openProposalsFor } from "./proposals.js";
import { whyNotInForce } from "./standing.js";
import { contractLoggingStatuses, contractTelemetryStatuses, type OptionStatus } from "./tables.js";

/** What may be on or off under a contract: `execution` by each member for itself, the rest by proposals. */
const OPTIONS = ["execution", "logging", "telemetry"] as const;
export type ContractOption = (typeof OPTIONS)[number];

/** Reads the name of an option from a path. */
export const readContractOption = word("InvalidOption", "A contract has the options", OPTIONS);

/** Reads the name of an option that is a switch of each member. */
export const readMemberSwitch = word(
  "InvalidOption",
  "Members propose set_contract_runtime_options_... for logging and telemetry; each member switches only",
  ["execution"],
);

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
