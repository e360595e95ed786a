import { runtimeOptions } from "../../js/options.js";
import type { EndpointOutcome } from "../../js/types.js";
import type { HistoricalState } from "../../ledger/ledger.js";
import { RpcError, errorResponse } from "../errors.js";
import type { Operation } from "../frontend.js";
import type { RpcContext, RpcResponse } from "../http.js";
import { decodeQueryText } from "../query.js";
import { STATUS_REASONS } from "../wire/statuses.js";
import type { AppEndpoint } from "./endpoint-properties.js";

/** What it means to call an endpoint of the application. @param route the path that matched, without the prefix */
export function jsOperation(
  { properties, authentication }: AppEndpoint,
  { method, route, params }: { method: string; route: string; params: Record<string, string> },
): Operation {
  const run = (context: RpcContext, historicalState?: HistoricalState): RpcResponse => {
    const { request, tx, caller = null, node } = context;
    if (caller?.policy === "member_cose_sign1")
      throw new TypeError("Applications cannot ask for what members sign");
    const options = runtimeOptions(tx);
    const { path, query, headers, body } = request;
    const outcome = node.engine.runEndpoint({
      tx,
      endpoint: properties,
      request: {
        method,
        path,
        query: decodeQueryText(query),
        route: `/app${route}`,
        params,
        headers,
        body,
        caller,
      },
      options,
      node: node.ledger,
      historicalState,
    });
    if (!outcome.ok && outcome.exception && options.log_exception_details)
      node.log(`${outcome.exception.reason}: ${outcome.exception.trace ?? "<no trace>"}`);
    const { applyWrites, claimsDigest } = outcome;
    return { ...responseOf(outcome, options.return_exception_details), applyWrites, claimsDigest };
  };
  return {
    params,
    authentication,
    execute: (context) =>
      properties.mode === "historical"
        ? context.node.historicalQueries.answer(context.request.headers["x-ms-ccf-transaction-id"], (state) =>
            run(context, state),
          )
        : run(context),
  };
}

function responseOf(outcome: EndpointOutcome, withDetails: boolean): RpcResponse {
  if (!outcome.ok) {
    const { reason, trace } = outcome.exception ?? {};
    const details =
      withDetails && reason !== undefined
        ? [{ code: "JSException", message: reason, ...(trace === undefined ? {} : { trace }) }]
        : [];
    return errorResponse(new RpcError(500, "InternalError", outcome.message, { details }));
  }
  const { status, headers, body } = outcome.response;
  // A CCF node does not survive such a status.
  if (STATUS_REASONS[status] === undefined)
    return errorResponse(
      new RpcError(500, "InternalError", `Invalid endpoint function return value (status code ${status}).`),
    );
  return { status, headers: Object.fromEntries(headers), body };
}
