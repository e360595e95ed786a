import { type Of, shape } from "../src/schemas/shape.js";
import type { Client, TimeLimits } from "./client.js";
import { ServiceError } from "./errors.js";
import { segment } from "./path.js";
import { waitUntil, type WaitOptions } from "./waiting.js";

/** What nodes say of themselves and of each other: CCF's endpoints below `/node`, which ask for no certificate. */

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const txId = { type: "string", pattern: "^[0-9]+\\.[0-9]+$" } as const;

const nodeSchema = {
  type: "object",
  required: ["node_id", "status", "primary", "rpc_interfaces"],
  properties: {
    node_id: text,
    status: { enum: ["Pending", "Trusted", "Retired"] },
    primary: { type: "boolean" },
    rpc_interfaces: {
      type: "object",
      additionalProperties: {
        type: "object",
        required: ["published_address"],
        properties: { published_address: text },
      },
    },
    node_data: {},
  },
} as const;
const nodeAnswer = shape("node", nodeSchema);
const nodesAnswer = shape("nodes", {
  type: "object",
  required: ["nodes"],
  properties: { nodes: { type: "array", items: nodeSchema } },
});

const removableAnswer = shape("removableNodes", {
  type: "object",
  required: ["nodes"],
  properties: {
    nodes: { type: "array", items: { type: "object", required: ["node_id"], properties: { node_id: text } } },
  },
});

const stateAnswer = shape("nodeState", {
  type: "object",
  required: ["node_id", "state", "last_signed_seqno", "startup_seqno"],
  properties: {
    node_id: text,
    state: text,
    last_signed_seqno: count,
    startup_seqno: count,
    recovery_target_seqno: count,
    last_recovered_seqno: count,
  },
});

const commitAnswer = shape("commit", {
  type: "object",
  required: ["transaction_id"],
  properties: { transaction_id: txId },
});

const consensusAnswer = shape("consensus", {
  type: "object",
  required: ["details"],
  properties: {
    details: {
      type: "object",
      required: ["configs", "acks", "membership_state", "primary_id", "current_view"],
      properties: {
        configs: {
          type: "array",
          items: {
            type: "object",
            required: ["idx", "nodes"],
            properties: { idx: count, nodes: { type: "object", additionalProperties: {} } },
          },
        },
        acks: {
          type: "object",
          additionalProperties: {
            type: "object",
            required: ["seqno", "last_received_ms"],
            properties: { seqno: count, last_received_ms: count },
          },
        },
        membership_state: text,
        leadership_state: text,
        primary_id: { type: ["string", "null"] },
        current_view: count,
      },
    },
  },
});

/** A node as the service knows it. */
export interface ServiceNode {
  /** SHA-256 of the node's public key, lower-case hex. */
  readonly id: string;
  /** `Pending` until the members trust it, `Retired` once they have removed it. */
  readonly status: "Pending" | "Trusted" | "Retired";
  readonly primary: boolean;
  /** `host:port` where it listens, by the name of the interface. */
  readonly addresses: Readonly<Record<string, string>>;
  /** What the members have noted of it. */
  readonly data: unknown;
}

export async function listNodes(client: Client): Promise<readonly ServiceNode[]> {
  return (await client.get("/node/network/nodes")).as(nodesAnswer).nodes.map(nodeOf);
}

/** @throws {ServiceError} `ResourceNotFound` */
export async function getNode(client: Client, nodeId: string): Promise<ServiceNode> {
  return nodeOf((await client.get(`/node/network/nodes/${segment(nodeId)}`)).as(nodeAnswer));
}

/** The node that orders transactions. @throws {ServiceError} `NoPrimary` while one is elected */
export async function primaryOf(client: Client): Promise<ServiceNode> {
  const primary = (await listNodes(client)).find((node) => node.primary);
  if (primary) return primary;
  throw new ServiceError(0, "NoPrimary", "The service has no primary just now; ask again in some seconds");
}

/** Ids of nodes whose retirement is complete: no decision waits for them, and their processes may end. */
export async function removableNodes(client: Client): Promise<readonly string[]> {
  const { nodes } = (await client.get("/node/network/removable_nodes")).as(removableAnswer);
  return nodes.map(({ node_id }) => node_id);
}

/** A client of one node, at whichever of its addresses serves clients. @param limits of time, if not the client's own */
export function clientOfNode(client: Client, { addresses }: ServiceNode, limits: TimeLimits = {}): Client {
  const urls = Object.values(addresses).map((address) => `https://${address}`);
  return client.at(urls, limits);
}

/** What a node says of itself. Sequence numbers are of transactions. */
export interface NodeState {
  readonly id: string;
  /** As CCF names it, for example `PartOfNetwork`. */
  readonly state: string;
  readonly lastSignedSeqno: number;
  /** Of the snapshot that it started from; 0 if it read the whole ledger. */
  readonly startupSeqno: number;
  /** While it reads the ledger of a service that is recovered: how far it is, and how far it has to go. */
  readonly recovered: { readonly seqno: number; readonly target: number } | undefined;
}

/** Of the node that the client asks next. */
export async function nodeState(client: Client): Promise<NodeState> {
  const answer = (await client.get("/node/state")).as(stateAnswer);
  const { last_recovered_seqno: seqno, recovery_target_seqno: target } = answer;
  return {
    id: answer.node_id,
    state: answer.state,
    lastSignedSeqno: answer.last_signed_seqno,
    startupSeqno: answer.startup_seqno,
    recovered: seqno === undefined || target === undefined ? undefined : { seqno, target },
  };
}

/** The last transaction that the node which the client asks next knows to be committed, `<view>.<seqno>`. */
export async function committedTransaction(client: Client): Promise<string> {
  return (await client.get("/node/commit")).as(commitAnswer).transaction_id;
}

/** How a node sees the agreement between nodes. */
export interface Consensus {
  readonly view: number;
  /** `undefined` while one is elected. */
  readonly primaryId: string | undefined;
  /** `Leader`, `Follower`, `Candidate`, or as CCF names it otherwise. */
  readonly leadership: string | undefined;
  /** `Active`, or `Retired`. */
  readonly membership: string;
  /** Ids of the nodes of which a majority decides; a majority of each while the network changes. */
  readonly configurations: readonly { readonly seqno: number; readonly nodeIds: readonly string[] }[];
  /** What the primary knows of backups: how far each is, and for how many milliseconds it has been silent. */
  readonly acknowledged: Readonly<Record<string, { readonly seqno: number; readonly silentMs: number }>>;
}

/** As the node sees it which the client asks next. */
export async function consensus(client: Client): Promise<Consensus> {
  const { details } = (await client.get("/node/consensus")).as(consensusAnswer);
  return {
    view: details.current_view,
    primaryId: details.primary_id ?? undefined,
    leadership: details.leadership_state,
    membership: details.membership_state,
    configurations: details.configs.map(({ idx: seqno, nodes }) => ({ seqno, nodeIds: Object.keys(nodes) })),
    acknowledged: Object.fromEntries(
      Object.entries(details.acks).map(([id, { seqno, last_received_ms: silentMs }]) => [
        id,
        { seqno, silentMs },
      ]),
    ),
  };
}

/** A node, as the service knows it and as it answers itself. */
export interface NodeStatus extends ServiceNode {
  /** See {@link NodeState}; `Unreachable` if it does not answer as a node of this service. */
  readonly state: string;
  /** See {@link committedTransaction}. */
  readonly committed: string | undefined;
}

/** milliseconds: whoever looks which nodes are there does not want to wait for those that are not. */
const LOOKS_FOR = 2000;

/** Every node, asked at its own address. One that does not answer within some seconds is `Unreachable`. */
export async function nodeStatuses(client: Client): Promise<readonly NodeStatus[]> {
  return Promise.all(
    (await listNodes(client)).map(async (node): Promise<NodeStatus> => {
      const own = clientOfNode(client, node, { timeoutMs: LOOKS_FOR, connectTimeoutMs: LOOKS_FOR });
      try {
        const [{ state }, committed] = await Promise.all([nodeState(own), committedTransaction(own)]);
        return { ...node, state, committed };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return { ...node, state: "Unreachable", committed: undefined };
      } finally {
        own.close();
      }
    }),
  );
}

/**
 * Waits until the members trust a node that has asked to join.
 *
 * @throws {ServiceError} `WaitTimeout`, `NodeRetired`
 */
export function untilTrusted(
  client: Client,
  nodeId: string,
  options: WaitOptions<ServiceNode> = {},
): Promise<ServiceNode> {
  const asked = async () => {
    const node = await getNode(client, nodeId);
    options.progress?.(node);
    if (node.status === "Retired")
      throw new ServiceError(200, "NodeRetired", `The members have removed the node ${nodeId}`);
    return node.status === "Trusted" ? node : undefined;
  };
  return waitUntil(`node ${nodeId.slice(0, 16)}… is trusted`, asked, options);
}

/**
 * Waits until a node has everything that the service had committed when it was asked.
 *
 * @param node a client of that node only, see {@link clientOfNode}
 * @returns the sequence number that it has
 * @throws {ServiceError} `WaitTimeout`
 */
export async function untilCaughtUp(
  client: Client,
  node: Client,
  options: WaitOptions<{ readonly seqno: number; readonly target: number }> = {},
): Promise<number> {
  const target = seqnoOf(await committedTransaction(client));
  const asked = async () => {
    const seqno = seqnoOf(await committedTransaction(node));
    options.progress?.({ seqno, target });
    return seqno >= target ? seqno : undefined;
  };
  return waitUntil(`${node.url} has caught up to ${target}`, asked, options);
}

const seqnoOf = (transaction: string) => Number(transaction.split(".")[1]);

function nodeOf(node: Of<typeof nodeAnswer>): ServiceNode {
  const { node_id: id, status, primary, rpc_interfaces: interfaces, node_data: data } = node;
  const addresses = Object.entries(interfaces).map(
    ([name, { published_address: address }]) => [name, address] as const,
  );
  return { id, status, primary, addresses: Object.fromEntries(addresses), data };
}
