import { cleanRoomPolicies, delegatedPolicies, type Delegation } from "../governance/tables.js";
import { matchPolicy } from "./match.js";
import type { Amendment, Policy } from "./policy.js";
import { amendedByCaller } from "./written-policy.js";

/**
 * Policies that a clean room adds beside the contract's own, each for one purpose: code that satisfies it may do that, and
 * nothing else. Which purposes have an effect is up to the endpoints that consult them.
 */
export interface Delegate {
  /** For example `events`, `secrets`, `oauth-federation-subjects`. */
  readonly type: string;
  readonly id: string;
}

const keyOf = ({ type, id }: Delegate): string => `${type}/${id}`;

/** What is delegated for a purpose; undefined when nothing is (any more), or the contract no longer trusts the code that said so. */
export function delegatedPolicy(contractId: string, delegate: Delegate): Policy | undefined {
  const found = delegatedPolicies(contractId).get(keyOf(delegate));
  if (found === undefined || found.policy.alternatives.length === 0) return undefined;
  return isTrusted(contractId, found.by) ? found.policy : undefined;
}

/** Or else the members could not take back by a vote what code has delegated that they trust no more. */
function isTrusted(contractId: string, { platform, claims }: Delegation["by"]): boolean {
  const own = cleanRoomPolicies().get(contractId);
  return own?.policyType === platform && matchPolicy(own, claims).matched;
}

/** `<type>/<id>` of the purposes for which a clean room of the contract has ever delegated, also those whose claims were removed since. */
export function delegatesOf(contractId: string): string[] {
  return delegatedPolicies(contractId).keys();
}

/**
 * Changes what is delegated for a purpose. Who may do so is up to the caller.
 *
 * @param by what it is that does so
 */
export function delegate(
  contractId: string,
  purpose: Delegate,
  amendment: Amendment,
  by: Delegation["by"],
): void {
  const current = delegatedPolicy(contractId, purpose);
  const policy = amendedByCaller(current, amendment) ?? {
    policyType: current?.policyType ?? "snp-caci",
    alternatives: [],
  };
  delegatedPolicies(contractId).set(keyOf(purpose), { policy, by });
}
