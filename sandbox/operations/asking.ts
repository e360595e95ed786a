/** What nodes say of themselves and of each other (CCF's node endpoints). */
import type { Client } from "../../sdk/client.js";
import { type Of, shape } from "../../src/schemas/shape.js";

const text = { type: "string" } as const;

const stateShape = shape("nodeState", {
  type: "object",
  required: ["node_id", "state", "startup_seqno"],
  properties: {
    node_id: text,
    state: text,
    /** Of the snapshot that the node started from; 0 if it read the whole ledger. */
    startup_seqno: { type: "integer" },
  },
});

const nodesShape = shape("networkNodes", {
  type: "object",
  required: ["nodes"],
  properties: {
    nodes: {
      type: "array",
      items: {
        type: "object",
        required: ["node_id", "status", "primary", "rpc_interfaces"],
        properties: {
          node_id: text,
          status: { enum: ["Pending", "Trusted", "Retired"] },
          primary: { type: "boolean" },
          rpc_interfaces: {
            type: "object",
            required: ["primary"],
            properties: {
              primary: {
                type: "object",
                required: ["published_address"],
                properties: { published_address: text },
              },
            },
          },
        },
      },
    },
  },
});

const commitShape = shape("commit", {
  type: "object",
  required: ["transaction_id"],
  properties: { transaction_id: { type: "string", pattern: "^[0-9]+\\.[0-9]+$" } },
});

const serviceShape = shape("networkState", {
  type: "object",
  required: ["service_status", "service_certificate"],
  properties: { service_status: text, service_certificate: text },
});

/** A node as the service knows it. */
export interface KnownNode {
  readonly id: string;
  readonly status: "Pending" | "Trusted" | "Retired";
  readonly primary: boolean;
  /** `host:port` for clients. */
  readonly address: string;
}

export async function nodeState(client: Client): Promise<Of<typeof stateShape>> {
  return (await client.get("/node/state")).as(stateShape);
}

export async function knownNodes(client: Client): Promise<readonly KnownNode[]> {
  const { nodes } = (await client.get("/node/network/nodes")).as(nodesShape);
  return nodes.map(({ node_id: id, status, primary, rpc_interfaces }) => ({
    id,
    status,
    primary,
    address: rpc_interfaces.primary.published_address,
  }));
}

/** Ids of nodes whose retirement is complete: no decision waits for them, and their processes may end. */
export async function removableNodes(client: Client): Promise<readonly string[]> {
  const { nodes } = (await client.get("/node/network/removable_nodes")).as(nodesShape);
  return nodes.map(({ node_id }) => node_id);
}

/** The last transaction that the node knows to be committed, `<view>.<seqno>`. */
export async function committedTransaction(client: Client): Promise<string> {
  return (await client.get("/node/commit")).as(commitShape).transaction_id;
}

export async function committedSeqno(client: Client): Promise<number> {
  return Number((await committedTransaction(client)).split(".")[1]);
}

export async function serviceState(client: Client): Promise<Of<typeof serviceShape>> {
  return (await client.get("/node/network")).as(serviceShape);
}

/** Whether a node serves the application: it does shortly after the service is open. @returns `true` or `undefined` */
export async function servesApplication(client: Client): Promise<true | undefined> {
  return (await client.exchange("GET", "/app/api")).status === 200 ? true : undefined;
}
