import { formatTxId, type TxId } from "../ledger/txid.js";
import { RpcError } from "./errors.js";
import { parseCountingTxId } from "./historical-queries.js";
import type { Endpoint, NodeContext, RpcContext, RpcResponse } from "./http.js";
import { jsonEndpoint, jsonResponse } from "./json-endpoint.js";
import { parseQuery } from "./query.js";

const commit = jsonEndpoint(
  "/commit",
  ({ request, node }) => {
    const history = viewHistory(parseQuery(request.query), node);
    return {
      transaction_id: formatTxId(node.ledger.lastCommitted),
      ...(history ? { view_history: history.map(formatTxId) } : {}),
    };
  },
  {
    summary: "Current commit level",
    description: "Latest transaction ID that has been committed on the service",
    parameters: [queryParameter("view_history", "boolean"), queryParameter("view_history_since", "uint64")],
    responses: { 200: { ...schemaOf("GetCommit__Out"), description: "Default response description" } },
  },
);

/** CCF counts the views from 1, in which the node was not there yet. */
function viewHistory(query: ReadonlyMap<string, string>, { ledger }: NodeContext): TxId[] | undefined {
  const all = [{ view: 1, seqno: 1 }, ...ledger.viewHistory];
  const wanted = query.get("view_history");
  const since = query.get("view_history_since");
  let history: TxId[] | undefined;
  // What is no number is as if it was not there.
  if (since !== undefined && /^\d{1,15}$/.test(since)) {
    const first = Number(since);
    if (first < 1 || first > ledger.view)
      throw invalidParameter(
        "Invalid value for view_history_since, must be in range [1, current_term]",
        first < 1 ? 400 : 404,
      );
    history = all.filter(({ view }) => view >= first);
  }
  if (wanted === undefined) return history;
  if (wanted !== "true" && wanted !== "false")
    throw invalidParameter("Invalid value for view_history, must be one of [true, false] when present");
  return wanted === "true" ? all : undefined;
}

const transactionStatus = jsonEndpoint(
  "/tx",
  ({ request, node }) => {
    const text = parseQuery(request.query).get("transaction_id");
    if (text === undefined) throw invalidParameter("Missing query parameter 'transaction_id'");
    const id = parseCountingTxId(text);
    if (!id)
      throw invalidParameter(
        `The value '${text}' passed as query parameter 'transaction_id' could not be converted to a valid Transaction ID.`,
      );
    return { status: node.ledger.status(id), transaction_id: formatTxId(id) };
  },
  {
    summary: "Current status of a transaction",
    description: "Possible statuses returned are Unknown, Pending, Committed or Invalid.",
    parameters: [{ ...queryParameter("transaction_id", "TransactionId"), required: true }],
  },
);

const receipt: Endpoint = {
  method: "GET",
  path: "/receipt",
  authentication: [],
  openapi: {
    summary: "Receipt for a transaction",
    description: "A signed statement from the service over a transaction entry in the ledger",
    parameters: [{ ...queryParameter("transaction_id", "TransactionId"), required: true }],
  },
  execute: ({ request, node }) =>
    node.historicalQueries.answer(parseQuery(request.query).get("transaction_id"), (state) =>
      jsonResponse(request, state.receipt),
    ),
};

/** What every frontend has. @param describe gives the OpenAPI description of the frontend */
export function commonEndpoints(describe: (context: RpcContext) => RpcResponse): readonly Endpoint[] {
  const api: Endpoint = {
    method: "GET",
    path: "/api",
    authentication: [],
    openapi: { summary: "OpenAPI schema" },
    execute: describe,
  };
  return [commit, transactionStatus, receipt, api];
}

function invalidParameter(message: string, status = 400): RpcError {
  return new RpcError(status, "InvalidQueryParameterValue", message);
}

function queryParameter(name: string, type: string) {
  return { in: "query", name, required: false, schema: { $ref: `#/components/schemas/${type}` } };
}

function schemaOf(name: string) {
  return { content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } } };
}
