import type { Transaction } from "../../kv/store.js";
import { read } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import * as tables from "./tables.js";

const list = read("/service/nodes", ({ tx }) => {
  const value = tables
    .nodes(tx)
    .entries()
    .map(([id, info]) => describe(tx, id, info));
  return { status: 200, body: { value } };
});

const one = read("/service/nodes/{nodeId}", ({ tx, params }) => {
  const id = identifierIn(params, "node");
  const info = tables.nodes(tx).get(id);
  if (!info) throw notFound(`Node ${named.node(id)} does not exist.`);
  return { status: 200, body: describe(tx, id, info) };
});

function describe(tx: Transaction, nodeId: string, info: tables.NodeInfo) {
  const rpcInterfaces = Object.entries(info.rpc_interfaces).map(([name, rpcInterface]) => {
    const { published_address: publishedAddress, app_protocol: protocol } = rpcInterface;
    return [name, { publishedAddress, ...(protocol === undefined ? {} : { protocol }) }] as const;
  });
  return {
    nodeId,
    status: info.status,
    nodeData: info.node_data ?? null,
    certificate: tables.nodeCertificates(tx).get(nodeId),
    retiredCommitted: info.retired_committed ?? false,
    quoteInfo: describeQuote(info.quote_info),
    rpcInterfaces: Object.fromEntries(rpcInterfaces),
  };
}

function describeQuote({ format, quote, endorsements, uvm_endorsements, endorsed_tcb }: tables.QuoteInfo) {
  switch (format) {
    case "Insecure_Virtual":
      return { format, rawQuote: quote, details: virtualDetails(quote) };
    case "OE_SGX_v1":
      return { format, quote, endorsements };
    case "AMD_SEV_SNP_v1":
      return {
        format,
        ...(uvm_endorsements === undefined ? {} : { uvmEndorsements: uvm_endorsements }),
        ...(endorsed_tcb === undefined
          ? {}
          : { endorsedTcb: Buffer.from(endorsed_tcb, "hex").toString("base64") }),
      };
  }
}

/** @param quote as `genesis` writes it */
function virtualDetails(quote: string) {
  const details = JSON.parse(Buffer.from(quote, "base64").toString("utf8")) as Record<string, unknown>;
  return {
    measurement: details.measurement,
    reportData: details.report_data,
    hostData: details.host_data,
  };
}

/** The nodes of the service; here always one. */
export const nodeEndpoints = [list, one];
