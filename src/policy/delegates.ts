import { delegatedPolicies } from "../governance/tables.js";
import { Refusal } from "../kit/refusal.js";
import { type Amendment, amendPolicy, type Policy, PolicyError } from "./policy.js";

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

/** What is delegated for a purpose; undefined when nothing is (any more). */
export function delegatedPolicy(contractId: string, delegate: Delegate): Policy | undefined {
  const policy = delegatedPolicies(contractId).get(keyOf(delegate));
  return policy === undefined || policy.alternatives.length === 0 ? undefined : policy;
}

/** `<type>/<id>` of the purposes for which a clean room of the contract has ever delegated, also those whose claims were removed since. */
export function delegatesOf(contractId: string): string[] {
  return delegatedPolicies(contractId).keys();
}

/** Changes what is delegated for a purpose. Who may do so is up to the caller. */
export function delegate(contractId: string, purpose: Delegate, amendment: Amendment): void {
  const current = delegatedPolicy(contractId, purpose);
  const changed = amended(current, amendment) ?? {
    policyType: current?.policyType ?? "snp-caci",
    alternatives: [],
  };
  delegatedPolicies(contractId).set(keyOf(purpose), changed);
}

function amended(policy: Policy | undefined, amendment: Amendment): Policy | undefined {
  try {
    return amendPolicy(policy, amendment);
  } catch (error) {
    if (error instanceof PolicyError) throw new Refusal("InvalidPolicy", `${error.message}.`);
    throw error;
  }
}
