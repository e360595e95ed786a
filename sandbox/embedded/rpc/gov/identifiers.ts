import { RpcError } from "../errors.js";

/**
 * A path parameter that must be an identifier: 64 hex characters. Upper case is read, but names nothing, since
 * identifiers are compared as they are written.
 */
export function identifierIn(
  params: Record<string, string>,
  kind: "member" | "user" | "node" | "proposal",
): string {
  const id = params[`${kind}Id`] ?? "";
  if (!/^[0-9a-fA-F]{64}$/.test(id))
    throw new RpcError(400, "InvalidResourceName", `'${id}' is not a valid hex-encoded ${kind} ID`);
  return id;
}

/** How CCF writes identifiers in its messages. */
export const named = {
  member: (id: string) => `m[${id}]`,
  user: (id: string) => `u[${id}]`,
  node: (id: string) => `n[${id}]`,
};

/** The answer to asking for something that is not there. */
export function notFound(message: string, code = "ResourceNotFound"): RpcError {
  return new RpcError(404, code, message);
}
