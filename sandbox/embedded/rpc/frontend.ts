import type { Transaction } from "../kv/store.js";
import type { AuthenticationPolicy } from "./authentication/policy.js";
import type { Endpoint, NodeContext, RpcContext, RpcResponse } from "./http.js";
import { Router } from "./router.js";

/** What is to be done for a request. */
export interface Operation {
  readonly params: Record<string, string>;
  /** One of them has to accept the caller; none: everybody may call. */
  readonly authentication: readonly AuthenticationPolicy[];
  execute(context: RpcContext): RpcResponse;
}

/** Everything under one prefix. */
export interface Frontend {
  /** Until then all requests are refused. */
  isOpen(node: NodeContext): boolean;
  /** @param path without the prefix @throws {Error} if that cannot be told, which ends the connection */
  find(method: string, path: string, tx: Transaction): Operation | undefined;
  /** Which methods a path takes; the same errors. */
  methodsOf(path: string, tx: Transaction): string[];
}

/** A frontend whose endpoints are all built in. */
export function builtInFrontend(endpoints: readonly Endpoint[]): Frontend {
  const router = new Router(
    endpoints.map((target) => ({ method: target.method, path: target.path, target })),
  );
  return {
    isOpen: () => true,
    find: (method, path) => {
      const found = router.find(method, path);
      return found && builtInOperation(found.route.target, found.params);
    },
    methodsOf: (path) => router.methodsOf(path),
  };
}

/** What a built-in endpoint does. */
export function builtInOperation(endpoint: Endpoint, params: Record<string, string>): Operation {
  return {
    params,
    authentication: endpoint.authentication,
    execute: (context) => endpoint.execute(context),
  };
}
