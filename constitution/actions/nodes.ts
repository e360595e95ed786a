import { nodeById, nodeCertificateValidity, setNodeData } from "../../src/schemas/actions/nodes.js";
import { certificateValidity } from "../../src/schemas/actions/service.js";
import { action, byOperator } from "../action.js";
import { type NodeInfo, nodeCertificates, nodes as nodeInfos } from "../tables.js";
import { requireDays, validityDays } from "../validity.js";

/** Lets a node that asks to join take part. */
const transition_node_to_trusted = action({
  arguments: nodeCertificateValidity,
  decision: byOperator,
  check({ node_id, validity_period_days }) {
    requireStatus(node_id, "Pending");
    requireDays(validity_period_days, "node");
  },
  apply({ node_id, valid_from, validity_period_days }) {
    const node = find(node_id);
    const ledger_secret_seqno = ccf.network.getLatestLedgerSecretSeqno();
    nodeInfos().set(node_id, { ...node, status: "Trusted", ledger_secret_seqno });
    // nodes of version 1 made certificates themselves
    if (node.certificate_signing_request !== undefined)
      endorse(node_id, node, valid_from, validity_period_days);
  },
});

const remove_node = action({
  arguments: nodeById,
  decision: byOperator,
  check({ node_id }) {
    if (find(node_id).status === "Retired") throw new Error(`node ${node_id} is retired already`);
  },
  apply({ node_id }) {
    const node = find(node_id);
    if (node.status === "Pending") nodeInfos().delete(node_id);
    else nodeInfos().set(node_id, { ...node, status: "Retired" });
  },
});

const set_node_data = action({
  arguments: setNodeData,
  decision: byOperator,
  check: ({ node_id }) => void find(node_id),
  apply({ node_id, node_data }) {
    const { node_data: _, ...node } = find(node_id);
    nodeInfos().set(node_id, { ...node, ...(node_data !== undefined && { node_data }) });
  },
});

const set_node_certificate_validity = action({
  arguments: nodeCertificateValidity,
  decision: byOperator,
  check({ node_id, validity_period_days }) {
    requireEndorsable(node_id, requireStatus(node_id, "Trusted"));
    requireDays(validity_period_days, "node");
  },
  apply({ node_id, valid_from, validity_period_days }) {
    endorse(node_id, find(node_id), valid_from, validity_period_days);
  },
});

const set_all_nodes_certificate_validity = action({
  arguments: certificateValidity,
  check({ validity_period_days }) {
    for (const [id, node] of trusted()) requireEndorsable(id, node);
    requireDays(validity_period_days, "node");
  },
  apply({ valid_from, validity_period_days }) {
    for (const [id, node] of trusted()) endorse(id, node, valid_from, validity_period_days);
  },
});

function find(id: string): NodeInfo {
  const node = nodeInfos().get(id);
  if (node === undefined) throw new Error(`there is no node ${id}`);
  return node;
}

const trusted = (): [string, NodeInfo][] =>
  nodeInfos()
    .entries()
    .filter(([, { status }]) => status === "Trusted");

function requireStatus(id: string, status: NodeInfo["status"]): NodeInfo {
  const node = find(id);
  if (node.status !== status) throw new Error(`node ${id} must be ${status} and is ${node.status}`);
  return node;
}

function requireEndorsable(id: string, { certificate_signing_request }: NodeInfo): string {
  if (certificate_signing_request === undefined)
    throw new Error(`node ${id} has no certificate signing request`);
  return certificate_signing_request;
}

/** Gives a node a certificate by the service. */
function endorse(id: string, node: NodeInfo, validFrom: string, days: number | undefined): void {
  const request = requireEndorsable(id, node);
  const certificate = ccf.network.generateEndorsedCertificate(request, validFrom, validityDays(days, "node"));
  nodeCertificates().set(id, certificate);
}

export const nodes = {
  transition_node_to_trusted,
  remove_node,
  set_node_data,
  set_node_certificate_validity,
  set_all_nodes_certificate_validity,
};
