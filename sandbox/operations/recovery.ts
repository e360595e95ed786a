import type { Network } from "../network.js";
import type { Step } from "../stage.js";

export function recover(_net: Network, _port: number, _step: Step): Promise<void> {
  throw new Error("TODO");
}
