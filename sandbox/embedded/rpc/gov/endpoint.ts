import type { Endpoint, RpcContext, RpcResponse } from "../http.js";
import { apiVersion, type ApiVersion } from "./api-version.js";

/** Something of governance that everybody may read. */
export function read(
  path: string,
  answer: (context: RpcContext) => RpcResponse,
  { since }: { since?: ApiVersion } = {},
): Endpoint {
  return {
    method: "GET",
    path,
    authentication: [],
    execute: (context) => {
      apiVersion(context.request.query, since);
      return answer(context);
    },
  };
}
