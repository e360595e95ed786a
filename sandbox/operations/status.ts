import { X509Certificate } from "node:crypto";
import { committedTransaction, listNodes, nodeState, type ServiceNode } from "../../sdk/nodes.js";
import { serviceInfo } from "../../sdk/service.js";
import type { Network } from "../network.js";
import { isAt } from "./retiring.js";

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
  const { status: service, certificatePem } = await serviceInfo(net.client);
  const known = await listNodes(net.client);
  const nodes = await Promise.all(
    net.nodes.map(async (started): Promise<NodeStatus> => {
      const { name, folder, node } = started;
      const entry = known.find(isAt(node));
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
  const { validTo } = new X509Certificate(certificatePem);
  return { service, validTo: new Date(validTo).toISOString(), nodes };
}

function roleOf(entry: ServiceNode | undefined): NodeStatus["role"] {
  if (entry === undefined) return "unknown";
  if (entry.status === "Trusted") return entry.primary ? "primary" : "backup";
  return entry.status === "Pending" ? "pending" : "retired";
}
