import { RpcError } from "../errors.js";
import * as tables from "../gov/tables.js";
import type { Endpoint, RpcContext } from "../http.js";
import { jsonEndpoint } from "../json-endpoint.js";
import { parseQuery } from "../query.js";

const list = jsonEndpoint("/network/nodes", (context) => {
  const query = parseQuery(context.request.query);
  const [host, port, status] = ["host", "port", "status"].map((name) => query.get(name));
  if (status !== undefined && !["Pending", "Trusted", "Retired"].includes(status))
    throw new RpcError(
      400,
      "InvalidQueryParameterValue",
      `Query parameter '${status}' is not a valid node status`,
    );
  const fits = (published: string) => {
    const colon = published.lastIndexOf(":");
    return (
      (host ?? published.slice(0, colon)) === published.slice(0, colon) &&
      (port ?? published.slice(colon + 1)) === published.slice(colon + 1)
    );
  };
  const nodes = tables
    .nodes(context.tx)
    .entries()
    .filter(([, node]) => status === undefined || node.status === status)
    .filter(([, node]) => Object.values(node.rpc_interfaces).some((rpc) => fits(rpc.published_address)))
    .map(([id]) => describe(context, id));
  return { nodes };
});

const one = jsonEndpoint("/network/nodes/{node_id}", (context) =>
  describe(context, context.params.node_id ?? ""),
);
const self = jsonEndpoint("/network/nodes/self", (context) =>
  describe(context, context.node.identity.node.id),
);
const primary = jsonEndpoint("/network/nodes/primary", (context) =>
  describe(context, context.node.identity.node.id),
);

function describe({ tx, node }: RpcContext, id: string) {
  const table = tables.nodes(tx);
  const info = table.get(id);
  if (!info) throw new RpcError(404, "ResourceNotFound", "Node not found");
  return {
    node_id: id,
    status: info.status,
    primary: id === node.identity.node.id,
    rpc_interfaces: info.rpc_interfaces,
    node_data: info.node_data ?? null,
    last_written: table.versionOfPreviousWrite(id) ?? 0,
  };
}

/** A service of one node has none that it could do without. */
const removable = jsonEndpoint("/network/removable_nodes", ({ tx }) => {
  const nodes = tables.nodes(tx).entries();
  return {
    nodes: nodes.filter(([, node]) => node.retired_committed === true).map(([id]) => ({ node_id: id })),
  };
});

const remove: Endpoint = {
  method: "DELETE",
  path: "/network/nodes/{node_id}",
  authentication: [],
  openapi: {},
  execute: ({ tx, params }) => {
    if (!tables.nodes(tx).has(params.node_id ?? ""))
      throw new RpcError(404, "ResourceNotFound", "No such node");
    throw new RpcError(400, "NodeNotRetiredCommitted", "Node is not completely retired");
  },
};

/** The nodes of the service; here always one. */
export const nodesEndpoints = [list, one, self, primary, removable, remove];
