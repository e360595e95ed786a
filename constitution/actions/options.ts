import {
  contractLoggingStatuses,
  contractTelemetryStatuses,
  serviceOptions,
} from "../../src/governance/tables.js";
import type { OptionStatus } from "../../src/governance/tables.js";
import { contractById } from "../../src/schemas/actions/contracts.js";
import { setCgsRuntimeOptions } from "../../src/schemas/actions/options.js";
import { action } from "../action.js";
import { requireAgreed } from "../agreements.js";

const set_cgs_runtime_options = action({
  arguments: setCgsRuntimeOptions,
  apply: ({ option, status }) => serviceOptions().set(option, { status }),
});

/** What may leave a clean room besides its results: to allow it takes the vote, to forbid it nobody's. */
const switching = (statuses: typeof contractLoggingStatuses, status: OptionStatus) =>
  action({
    arguments: contractById,
    decision: status === "enabled" ? { veto: true } : { automatic: true },
    check: ({ contractId }) => requireAgreed(contractId),
    apply: ({ contractId }) => statuses().set(contractId, { status }),
  });

export const options = {
  set_cgs_runtime_options,
  set_contract_runtime_options_enable_logging: switching(contractLoggingStatuses, "enabled"),
  set_contract_runtime_options_disable_logging: switching(contractLoggingStatuses, "disabled"),
  set_contract_runtime_options_enable_telemetry: switching(contractTelemetryStatuses, "enabled"),
  set_contract_runtime_options_disable_telemetry: switching(contractTelemetryStatuses, "disabled"),
};
