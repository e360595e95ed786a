/** Options that are on or off. */
import { json, table, text } from "../../kit/tables.js";

export type OptionStatus = "enabled" | "disabled";

/** Key: name of an option of the whole service. */
export const serviceOptions = table(
  "public:ccf.gov.cgs_runtime_options",
  text,
  json<{ readonly status: OptionStatus }>(),
);

/** Whether code under a contract may let out logs, and telemetry. Key: contract id. */
export const contractLoggingStatuses = table(
  "public:ccf.gov.contracts_logging_status",
  text,
  json<{ readonly status: OptionStatus }>(),
);
export const contractTelemetryStatuses = table(
  "public:ccf.gov.contracts_telemetry_status",
  text,
  json<{ readonly status: OptionStatus }>(),
);
