import { X509Certificate } from "node:crypto";
import type { Network } from "../network.js";
import { committedTransaction, knownNodes, nodeState, serviceState } from "./asking.js";

/** A node, as the service and the node itself tell. */
export interface NodeStatus {
  readonly name: string;
  /** `undefined` if the service does not know it. */
  readonly id: string | undefined;
  readonly role: "primary" | "backup" | "pending" | "retired" | "unknown";
  /** As CCF names it, for example `PartOfNetwork`; `Unreachable` if it does not answer. */
  readonly state: string;
  /** The last transaction that it knows to be committed. */
  readonly committed: string | undefined;
  readonly url: string;
  readonly folder: string;
}

export interface NetworkStatus {
  /** As CCF names it, for example `Open`. */
  readonly service: string;
  /** When the service's certificate expires; ISO 8601. */
  readonly validTo: string;
  readonly nodes: readonly NodeStatus[];
}

/** What every node that runs says. */
export async function status(net: Network): Promise<NetworkStatus> {
  const { service_status: service, service_certificate } = await serviceState(net.client);
  const known = await knownNodes(net.client);
  const nodes = await Promise.all(
    net.nodes.map(async (started): Promise<NodeStatus> => {
      const { name, folder, node } = started;
      const entry = known.find(({ address }) => address === new URL(node.url).host);
      const client = net.clientOf(started);
      // A node that is not trusted yet has no certificate to answer with.
      const [state, committed] = await Promise.all([
        nodeState(client).then(
          ({ state }) => state,
          () => "Unreachable",
        ),
        committedTransaction(client).catch(() => undefined),
      ]);
      return { name, id: entry?.id, role: roleOf(entry), state, committed, url: node.url, folder };
    }),
  );
  const { validTo } = new X509Certificate(service_certificate);
  return { service, validTo: new Date(validTo).toISOString(), nodes };
}

function roleOf(entry: Awaited<ReturnType<typeof knownNodes>>[number] | undefined): NodeStatus["role"] {
  if (entry === undefined) return "unknown";
  if (entry.status === "Trusted") return entry.primary ? "primary" : "backup";
  return entry.status === "Pending" ? "pending" : "retired";
}
