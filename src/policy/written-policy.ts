import { Refusal } from "../kit/refusal.js";
import { conforms } from "../kit/shapes.js";
import { secretPolicy } from "../schemas/requests.js";
import { type Amendment, amendPolicy, type Policy, PolicyError } from "./policy.js";

// Policies that a caller writes without a vote.

/** @throws {Refusal} `InvalidPolicy` for an amendment that cannot be made */
export function amendedByCaller(policy: Policy | undefined, amendment: Amendment): Policy | undefined {
  try {
    return amendPolicy(policy, amendment);
  } catch (error) {
    if (error instanceof PolicyError) throw new Refusal("InvalidPolicy", `${error.message}.`);
    throw error;
  }
}

/**
 * The policy of a secret, as its owner sends it along: `undefined` says nothing about it, `null` that there shall be none.
 *
 * @throws {Refusal} `InvalidPolicy`
 */
export function readSecretPolicy(written: unknown): Policy | null | undefined {
  if (written === undefined || written === null) return written;
  if (!conforms(secretPolicy, written)) {
    throw new Refusal(
      "InvalidPolicy",
      'The "policy" of a secret must have "alternatives", a list of claims as in clean room policies, and may have a "policyType" other than "jwt".',
    );
  }
  const { policyType, alternatives } = written;
  return amendedByCaller(undefined, { type: "set", policyType: policyType ?? undefined, alternatives });
}
