import { Refusal } from "../kit/refusal.js";
import { type OptionStatus, serviceOptions } from "./tables.js";

/**
 * Options of the whole service: whether proposals of one kind, by the operator of that kind, need no votes; and whether an
 * invitation may match an e-mail address of which the token does not say that it is verified.
 */
export const serviceOptionNames = [
  "autoapprove-constitution-proposal",
  "autoapprove-jsapp-proposal",
  "autoapprove-deploymentspec-proposal",
  "autoapprove-deploymentinfo-proposal",
  "autoapprove-cleanroompolicy-proposal",
  "unverified-email-invitations",
] as const;
export type ServiceOption = (typeof serviceOptionNames)[number];

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
