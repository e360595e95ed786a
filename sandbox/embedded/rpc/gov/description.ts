import type { Endpoint, RpcContext, RpcResponse } from "../http.js";
import { apiVersion } from "./api-version.js";

/**
 * The OpenAPI description of governance: `GET /gov/api` of a version. Without a version CCF describes what all frontends
 * have in common instead.
 */
export function describeApi(
  { request }: Pick<RpcContext, "request">,
  endpoints: readonly Endpoint[],
): RpcResponse {
  const version = apiVersion(request.query);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path } of endpoints) {
    const name = describedName(path);
    if (name !== undefined)
      (paths[`/gov${name}`] ??= {})[method.toLowerCase()] = {
        responses: { default: { description: "See CCF" } },
      };
  }
  const info = {
    title: "Managed CCF Governance",
    version,
    "x-typespec-generated": [{ emitter: "@azure-tools/typespec-autorest" }],
  };
  return { status: 200, body: { swagger: "2.0", info, paths } };
}

/** CCF's own description lacks users, and has modules under another name than the one they answer to. */
function describedName(path: string): string | undefined {
  if (path.startsWith("/service/users")) return undefined;
  return path.replace("/service/javascript-modules", "/service/js-modules");
}
