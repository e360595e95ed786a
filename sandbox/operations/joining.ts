import type { Client } from "../../sdk/client.js";
import { listNodes, nodeState, untilCaughtUp } from "../../sdk/nodes.js";
import type { Network } from "../network.js";
import type { NetworkNode } from "../nodes.js";
import type { Step, Tell } from "../stage.js";
import { isAt } from "./retiring.js";
import { status } from "./status.js";
import { servesApplication, waitUntil } from "./waiting.js";

/** How long the members let the service vouch for a node, days. */
export const NODE_CERTIFICATE_DAYS = 90;
/** milliseconds; a long ledger or a large snapshot takes its time. */
const CATCHES_UP_WITHIN = 600_000;
const TELLS_EVERY = 2000;

/** Starts more nodes, has the members trust them in one vote, and waits until they have caught up. */
export function join(net: Network, count: number, step: Step): Promise<readonly NetworkNode[]> {
  const text = {
    id: "join",
    title:
      count === 1
        ? "A node asks to join, and they trust it"
        : `${count} nodes ask to join, and they trust them`,
    proves: "Only nodes that the members have voted in hold the keys of the service.",
  };
  return step(text, async (tell) => {
    const { joining, ids } = await ask(net, count);
    joining.forEach(({ name, node }, at) =>
      tell(name, `asks to join, as ${ids[at]?.slice(0, 16)}…; ${node.url}`),
    );
    await trust(net, ids, tell);
    await Promise.all(joining.map((node) => catchUp(net, node, tell)));
    const { nodes } = await status(net);
    for (const { name, role, committed } of nodes) tell(name, `${role}, at ${committed ?? "no transaction"}`);
    return joining;
  });
}

/** Starts nodes, and waits until all ask to join. If one does not, none of them stays: the network has not counted them. */
async function ask(net: Network, count: number): Promise<{ joining: NetworkNode[]; ids: string[] }> {
  const target = await joinTarget(net);
  const { serviceCertificatePem } = net.workspace;
  const joining: NetworkNode[] = [];
  try {
    while (joining.length < count)
      joining.push(await net.startNode({ type: "Join", serviceCertificatePem, target }));
    return { joining, ids: await Promise.all(joining.map((node) => idOf(net.client, node))) };
  } catch (error) {
    for (const started of joining) {
      await started.node.kill();
      net.forget(started);
    }
    throw error;
  }
}

/** The primary, or any node that runs: a backup sends those who ask to join on. */
async function joinTarget(net: Network) {
  for (const { node } of net.nodes) if ((await node.ended()) === undefined) return node;
  throw new Error("No node of the network runs");
}

/** The id under which a node that was started asks to join. */
function idOf(client: Client, { name, node }: NetworkNode): Promise<string> {
  const asks = async () => (await listNodes(client)).find(isAt(node))?.id;
  return waitUntil(`${name} asks to join`, asks, { node });
}

/** @param ids of nodes; those of a service that is not open yet are trusted at once */
async function trust(net: Network, ids: readonly string[], tell: Tell): Promise<void> {
  const known = await listNodes(net.client);
  const pending = ids.filter((id) => known.some((node) => node.id === id && node.status === "Pending"));
  if (pending.length === 0) return;
  const validity = { valid_from: new Date().toISOString(), validity_period_days: NODE_CERTIFICATE_DAYS };
  const { txId } = await net.pass(
    ...pending.map((node_id) => ({ name: "transition_node_to_trusted", args: { node_id, ...validity } })),
  );
  tell("trusted", `since transaction ${txId}, with certificates for ${NODE_CERTIFICATE_DAYS} days`);
}

/** Waits until a node is part of its network, and answers clients. */
export async function takesPart(net: Network, started: NetworkNode): Promise<void> {
  const client = net.clientOf(started);
  const asked = async () => ((await nodeState(client)).state === "PartOfNetwork" ? true : undefined);
  await waitUntil(`${started.name} takes part`, asked, started);
}

/** Waits until a node takes part and has what was committed when it began to. */
async function catchUp(net: Network, started: NetworkNode, tell: Tell): Promise<void> {
  const { name, node } = started;
  await takesPart(net, started);
  const client = net.clientOf(started);
  await waitUntil(`${name} serves the application`, () => servesApplication(client), { node });
  let told = Date.now();
  const seqno = await untilCaughtUp(net.client, client, {
    timeoutMs: CATCHES_UP_WITHIN,
    progress({ seqno: at, target }) {
      if (Date.now() - told < TELLS_EVERY) return;
      told = Date.now();
      tell(name, `has ${at} of ${target} transactions`);
    },
  });
  tell(name, `has caught up to transaction number ${seqno}`);
}
