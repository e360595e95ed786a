import { jsonEndpoint } from "../json-endpoint.js";
import * as tables from "../gov/tables.js";

const state = jsonEndpoint("/state", ({ tx, node }) => ({
  node_id: node.identity.node.id,
  state: "PartOfNetwork",
  last_signed_seqno: tables.signatures(tx).get()?.seqno ?? 0,
  // of the snapshot it was started from; this node always starts from the whole ledger
  startup_seqno: 0,
  stop_notice: false,
}));

/** CCF's version that this node behaves like, with a name of its own behind it. */
const CCF_VERSION = "ccf-7.0.0-embedded";
/** The JavaScript engine of that version. */
const QUICKJS_VERSION = "2024-01-13";

const version = jsonEndpoint("/version", () => ({
  ccf_version: CCF_VERSION,
  quickjs_version: QUICKJS_VERSION,
  unsafe: false,
}));

const selfSignedCertificate = jsonEndpoint("/self_signed_certificate", ({ node }) => ({
  self_signed_certificate: node.identity.node.selfSignedCertificate,
}));

/** What the node is. */
export const stateEndpoints = [state, version, selfSignedCertificate];
