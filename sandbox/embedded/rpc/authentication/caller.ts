import type { Transaction } from "../../kv/store.js";
import { RpcError } from "../errors.js";
import type { Caller, RpcRequest } from "../http.js";
import type { AuthenticationPolicy, Refused } from "./policy.js";

/**
 * The caller according to the first policy that accepts it; `undefined` if nothing is asked of callers.
 *
 * @throws {RpcError} with what each policy misses, if none accepts
 */
export function identifyCaller(
  policies: readonly AuthenticationPolicy[],
  request: RpcRequest,
  tx: Transaction,
): Caller {
  if (policies.length === 0) return undefined;
  const refusals: { policy: string; refused: Refused }[] = [];
  for (const policy of policies) {
    const verdict = policy.authenticate(request, tx);
    if ("caller" in verdict) return verdict.caller;
    refusals.push({ policy: policy.name, refused: verdict });
  }
  const code = "InvalidAuthenticationInfo";
  // A client can meet one challenge only: CCF gives it the last.
  const challenge = refusals.at(-1)?.refused.challenge;
  throw new RpcError(401, code, "Invalid authentication credentials.", {
    details: refusals.map(({ policy, refused }) => ({ auth_policy: policy, code, message: refused.reason })),
    headers: challenge === undefined ? {} : { "www-authenticate": challenge },
  });
}
