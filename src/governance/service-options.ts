import { word } from "../kit/readers.js";
import { type delegatingOptions, serviceOptionNames } from "../schemas/service-options.js";
import { type OptionStatus, serviceOptions } from "./tables.js";

export type ServiceOption = (typeof serviceOptionNames)[number];
/** While it is enabled, a role decides something alone. */
export type DelegatingOption = (typeof delegatingOptions)[number];

/** Reads the name of an option from a path. (Pure: the constitution, which reads no paths, is smaller without.) */
export const readServiceOption = /* @__PURE__ */ word(
  "InvalidOption",
  "The service has the options",
  serviceOptionNames,
);

/** Disabled unless the members have voted otherwise. */
export function serviceOptionStatus(option: ServiceOption): OptionStatus {
  return serviceOptions().get(option)?.status ?? "disabled";
}
