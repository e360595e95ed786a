import { RpcError } from "../errors.js";
import * as tables from "../gov/tables.js";
import type { RpcContext } from "../http.js";
import { jsonEndpoint } from "../json-endpoint.js";

/** The evidence of what the nodes run. No hardware vouches for this one. */
function ofNodes({ tx }: RpcContext) {
  return tables
    .nodes(tx)
    .entries()
    .filter(([, node]) => node.status === "Trusted")
    .map(([id, { quote_info: quote, code_digest: measurement }]) => ({
      node_id: id,
      raw: quote.quote,
      endorsements: quote.endorsements,
      format: quote.format,
      measurement,
    }));
}

function ofThisNode(context: RpcContext) {
  const quote = ofNodes(context).find(({ node_id: id }) => id === context.node.identity.node.id);
  if (!quote) throw new RpcError(404, "ResourceNotFound", "Could not find node quote.");
  return quote;
}

/** Under CCF's old name for it, and its new one. */
export const quoteEndpoints = [
  jsonEndpoint("/quotes/self", ofThisNode),
  jsonEndpoint("/quotes", (context) => ({ quotes: ofNodes(context) })),
  jsonEndpoint("/attestations/self", ofThisNode),
  jsonEndpoint("/attestations", (context) => ({ attestations: ofNodes(context) })),
];
