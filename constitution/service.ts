import { type ServiceInfo, serviceInfo } from "../src/governance/tables.js";
import { type ServiceConfig, serviceConfig } from "./tables.js";

/** What the service knows about itself. */
export function service(): ServiceInfo {
  const found = serviceInfo().get(undefined);
  if (found === undefined) throw new Error("the service has no information about itself");
  return found;
}

/** How the service is configured. */
export function config(): ServiceConfig {
  const found = serviceConfig().get(undefined);
  if (found === undefined) throw new Error("the service has no configuration");
  return found;
}

/** @throws unless the service is open: in other states CCF cannot do what is asked */
export function requireOpen(): void {
  const { status } = service();
  if (status !== "Open") throw new Error(`the service must be Open and is ${status}`);
}
