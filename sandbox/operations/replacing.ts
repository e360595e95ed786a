import { UsageError } from "../../sdk/errors.js";
import type { Network } from "../network.js";
import type { NetworkNode } from "../nodes.js";
import type { Step } from "../stage.js";
import { join } from "./joining.js";
import { hasMajorityWithout, primaryOf, retire } from "./retiring.js";
import { waitUntil } from "./waiting.js";

/**
 * Kills the primary as a power cut does, waits until another node is elected, and puts a new node in place of the dead one.
 *
 * @throws {UsageError} `TooFewNodes`
 */
export async function replacePrimary(net: Network, step: Step): Promise<void> {
  if (!(await hasMajorityWithout(net, await primaryOf(net), { counted: true }))) {
    const message =
      "The network would not survive the loss of its primary; add nodes, or replace the dead ones, before";
    throw new UsageError("TooFewNodes", message);
  }
  const dead = await primaryOf(net);
  const text = {
    id: "kill-primary",
    title: `${dead.name}, the primary, is killed, and the others elect another`,
    proves:
      "What was reported as committed is on a majority of the nodes, so that no single one can lose it.",
  };
  await step(text, async (tell) => {
    await dead.node.kill();
    const began = performance.now();
    const next = await primaryAfter(net, dead);
    tell(
      next.name,
      `is the primary now, ${((performance.now() - began) / 1000).toFixed(1)} s after the loss`,
    );
  });
  await join(net, 1, step);
  await retire(net, dead.name, step);
}

/** The node that is elected when another one has died. */
export function primaryAfter(net: Network, dead: NetworkNode): Promise<NetworkNode> {
  return waitUntil("another primary is elected", async () => {
    const primary = await primaryOf(net);
    return primary.name === dead.name ? undefined : primary;
  });
}
