import { RpcError } from "./errors.js";
import type { Endpoint, RpcContext, RpcRequest, RpcResponse } from "./http.js";

/** Something that the node tells everybody, as JSON. */
export function jsonEndpoint(
  path: string,
  answer: (context: RpcContext) => object,
  openapi: Endpoint["openapi"] = {},
): Endpoint {
  return {
    method: "GET",
    path,
    openapi,
    authentication: [],
    execute: (context) => jsonResponse(context.request, answer(context)),
  };
}

/** @throws {RpcError} if the client takes no JSON; looked at once the answer is known, so that errors win over it */
export function jsonResponse({ headers }: RpcRequest, body: object): RpcResponse {
  if (headers.accept !== undefined && !acceptsJson(headers.accept))
    throw new RpcError(
      406,
      "UnsupportedContentType",
      `No supported content type in accept header: ${headers.accept}\nOnly application/json is currently supported`,
    );
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/** Quality values play no part: CCF does not heed even a zero. */
function acceptsJson(accept: string): boolean {
  const entries = accept.replaceAll(" ", "").split(",");
  const types = accept.trim() === "" ? [] : entries.map(parseEntry);
  return types.some(
    ([type, subtype]) => ["*", "application"].includes(type) && ["*", "json"].includes(subtype),
  );
}

function parseEntry(entry: string): [type: string, subtype: string] {
  const [, type, subtype] = /^([^/]+)\/(.+)$/.exec(entry.split(";q=")[0] ?? "") ?? [];
  if (type === undefined || subtype === undefined)
    throw new RpcError(
      400,
      "InvalidHeaderValue",
      `Entry in Accept header is not a valid MIME type: ${entry}`,
    );
  return [type, subtype];
}
