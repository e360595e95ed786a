/** Options that are on or off. */
import { json, table, text } from "../../kit/tables.js";

/** Key: name of an option of the whole service. */
export type OptionStatus = "enabled" | "disabled";
export const serviceOptions = table(
  "public:ccf.gov.cgs_runtime_options",
  text,
  json<{ readonly status: OptionStatus }>(),
);
