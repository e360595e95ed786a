import { nodeCert } from "../authentication/node-cert.js";
import { RpcError } from "../errors.js";
import { isObject, parseJson } from "../gov/json-text.js";
import type { Endpoint, RpcResponse } from "../http.js";
import { sortedJson } from "../sorted-json.js";

/** This node takes no others in; to run several, use CCF itself. */
const join = post("/join", ({ body }) => {
  const request = parseJson(body);
  if (!isObject(request) || !Object.hasOwn(request, "node_info_network"))
    throw new RpcError(
      400,
      "InvalidInput",
      `At #/: Missing required field 'node_info_network' in object: ${sortedJson(request)}`,
    );
  throw new RpcError(501, "NotImplemented", "An embedded node is alone: no others can join it.");
});

const create = post("/create", () => {
  throw new RpcError(403, "InternalError", "Node is not in initial state.");
});

function post(path: string, execute: (request: { body: Uint8Array }) => RpcResponse): Endpoint {
  return {
    method: "POST",
    path,
    openapi: false,
    authentication: [],
    execute: ({ request }) => execute(request),
  };
}

/** What only another node may ask. */
function forNodes(path: string): Endpoint {
  return {
    method: "POST",
    path,
    openapi: false,
    authentication: [nodeCert],
    execute: () => {
      throw new RpcError(501, "NotImplemented", "An embedded node is alone: there is no other to ask this.");
    },
  };
}

/** CCF serves snapshots only where its operator has enabled that. */
function disabled(method: string, path: string): Endpoint {
  return { method, path, openapi: false, authentication: [], execute: () => ({ status: 404 }) };
}

/** What nodes of a service do for each other. */
export const peerEndpoints = [
  join,
  create,
  forNodes("/network/nodes/set_retired_committed"),
  forNodes("/jwt_keys/refresh"),
  disabled("GET", "/snapshot"),
  disabled("HEAD", "/snapshot"),
  disabled("GET", "/snapshot/{snapshot_name}"),
  disabled("HEAD", "/snapshot/{snapshot_name}"),
];
