import { UsageError } from "../../sdk/errors.js";
import { listNodes, removableNodes, type ServiceNode } from "../../sdk/nodes.js";
import type { Network } from "../network.js";
import type { RunningNode } from "../engine.js";
import type { NetworkNode } from "../nodes.js";
import type { Step } from "../stage.js";
import { waitUntil } from "./waiting.js";

/**
 * Has the members vote a node out, waits until the others no longer count on it, and ends it. The node may have died
 * before.
 *
 * @param name for example `node1`
 * @throws {UsageError} `UnknownNode`, `LastNode`, `TooFewNodes` if those that are left could decide nothing
 */
export async function retire(net: Network, name: string, step: Step): Promise<void> {
  const leaving = nodeNamed(net, name);
  if (net.nodes.length === 1)
    throw new UsageError("LastNode", `${name} is the only node; add another one before, or stop the network`);
  if (!(await hasMajorityWithout(net, leaving))) {
    const message = `Without ${name} no majority of the nodes would run; add a node, or retire a dead one, before`;
    throw new UsageError("TooFewNodes", message);
  }
  const text = {
    id: "retire",
    title: `They vote ${name} out`,
    proves: "The network counts its majority without this node from now on, and gives it nothing any more.",
  };
  await step(text, async (tell) => {
    const { id } = await knownAs(net, leaving);
    const { txId } = await net.pass({ name: "remove_node", args: { node_id: id } });
    tell("retired", `since transaction ${txId}`);
    net.forget(leaving);
    const removable = async () => ((await removableNodes(net.client)).includes(id) ? true : undefined);
    await waitUntil(`the retirement of ${name} is complete`, removable);
    tell("complete", "no later primary can count on it");
    await leaving.node.stop();
    await net.client.delete(`/node/network/nodes/${id}`);
    tell("ended", `its ledger stays in ${leaving.folder}`);
  });
}

/**
 * Whether nodes enough to decide run without a certain one.
 *
 * @param options `counted`: it is still a node of the network, as one is that has died
 */
export async function hasMajorityWithout(
  net: Network,
  without: NetworkNode,
  { counted = false } = {},
): Promise<boolean> {
  const others = net.nodes.filter(({ name }) => name !== without.name);
  const ended = await Promise.all(others.map(({ node }) => node.ended()));
  const running = ended.filter((why) => why === undefined).length;
  return running * 2 > others.length + (counted ? 1 : 0);
}

/** @throws {UsageError} `UnknownNode` */
export function nodeNamed(net: Network, name: string): NetworkNode {
  const found = net.nodes.find((node) => node.name === name);
  if (found) return found;
  const names = net.nodes.map((node) => node.name).join(", ");
  throw new UsageError("UnknownNode", `There is no node "${name}" in the network; there is: ${names}`);
}

/** Whether what the service knows is of a node that the sandbox has started: by its address for clients. */
export const isAt =
  ({ url }: RunningNode) =>
  ({ addresses }: ServiceNode): boolean =>
    Object.values(addresses).includes(new URL(url).host);

/** What the service knows of a node. */
export async function knownAs({ client }: Network, { name, node }: NetworkNode): Promise<ServiceNode> {
  const found = (await listNodes(client)).find(isAt(node));
  if (found) return found;
  throw new Error(`The service knows no node at ${node.url}, where ${name} is`);
}

/** The node that orders transactions now; waits while one is elected. */
export function primaryOf(net: Network): Promise<NetworkNode> {
  return waitUntil("there is a primary", async () => {
    const primary = (await listNodes(net.client)).find((known) => known.primary);
    return primary && net.nodes.find(({ node }) => isAt(node)(primary));
  });
}
