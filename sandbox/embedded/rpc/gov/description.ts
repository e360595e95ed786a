import type { Endpoint, RpcRequest, RpcResponse } from "../http.js";
import { parseQuery } from "../query.js";
import { apiVersion } from "./api-version.js";

/**
 * The OpenAPI description of a version of governance. If the request names no version, `undefined`: then CCF describes
 * what all frontends have in common instead.
 *
 * @param endpoints of governance
 */
export function describeApi({ query }: RpcRequest, endpoints: readonly Endpoint[]): RpcResponse | undefined {
  if (!parseQuery(query).has("api-version")) return undefined;
  const info = {
    title: "Managed CCF Governance",
    version: apiVersion(query),
    "x-typespec-generated": [{ emitter: "@azure-tools/typespec-autorest" }],
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path } of endpoints) {
    const name = describedName(path);
    if (name !== undefined) (paths[`/gov${name}`] ??= {})[method.toLowerCase()] = operation;
  }
  return { status: 200, body: { swagger: "2.0", info, paths } };
}

const operation = { responses: { default: { description: "As CCF's governance API answers" } } };

/** CCF's own description lacks users, and has modules under another name than the one they answer to. */
function describedName(path: string): string | undefined {
  if (path.startsWith("/service/users")) return undefined;
  return path.replace("/service/javascript-modules", "/service/js-modules");
}
