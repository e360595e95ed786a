import { Refusal } from "../kit/refusal.js";
import { type delegatingOptions, serviceOptionNames } from "../schemas/service-options.js";
import { type OptionStatus, serviceOptions } from "./tables.js";

export type ServiceOption = (typeof serviceOptionNames)[number];
/** While it is enabled, a role decides something alone. */
export type DelegatingOption = (typeof delegatingOptions)[number];

/** Reads the name of an option from a path. */
export function readServiceOption(value: string | undefined): ServiceOption {
  const found = serviceOptionNames.find((name) => name === value);
  if (found !== undefined) return found;
  throw new Refusal("InvalidOption", `The service's options are: ${serviceOptionNames.join(", ")}.`);
}

/** Disabled unless the members have voted otherwise. */
export function serviceOptionStatus(option: ServiceOption): OptionStatus {
  return serviceOptions().get(option)?.status ?? "disabled";
}
