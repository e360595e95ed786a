import { RpcError } from "../errors.js";
import * as tables from "../gov/tables.js";
import type { Endpoint, NodeContext, RpcResponse } from "../http.js";

function get(path: string, answer: (node: NodeContext) => RpcResponse, method = "GET"): Endpoint {
  return { method, path, authentication: [], openapi: {}, execute: ({ node }) => answer(node) };
}

/** Whether users are served. Looked up beside the request's transaction: the answer is about now and not about a state. */
function isOpen({ ledger }: NodeContext): boolean {
  return tables.serviceInfo(ledger.store.begin()).get()?.status === "Open";
}

/** For load balancers and whoever waits for the node: whether it serves, and whether it is the primary, which it always is. */
export const readinessEndpoints = [
  get("/ready/app", (node) => ({ status: isOpen(node) ? 204 : 503 })),
  get("/ready/gov", () => ({ status: 204 })),
  get("/primary", () => ({ status: 200 })),
  get("/primary", () => ({ status: 200 }), "HEAD"),
  get("/backup", () => {
    throw new RpcError(404, "ResourceNotFound", "Node is not backup");
  }),
];
