import { claimOf, type Token } from "../governance/bearer-tokens.js";
import { cleanRoomPolicies } from "../governance/tables.js";
import { Refusal } from "../kit/refusal.js";
import { claimsByPlatform, type PresentedClaims } from "./claims.js";
import { type Delegate, delegatedPolicy } from "./delegates.js";
import { matchPolicy } from "./match.js";

/**
 * A token as evidence: its claims satisfy the contract's policy of type `jwt`, or one that a clean room has delegated. Nobody needs to be registered for that.
 *
 * @throws {Refusal} `VerifyJwtAttestationFailed`
 */
export function requireMatchingToken(contractId: string, token: Token, purpose: Delegate): void {
  const own = cleanRoomPolicies().get(contractId);
  const policies = [own, own && delegatedPolicy(contractId, purpose)].flatMap((policy) =>
    policy?.policyType === "jwt" ? policy : [],
  );
  const matches = policies.map((policy) => matchPolicy(policy, claimsOf(token)));
  if (matches.some(({ matched }) => matched)) return;
  const [match] = matches.flatMap((one) => (one.matched ? [] : one));
  throw new Refusal(
    "VerifyJwtAttestationFailed",
    `The token's claims do not satisfy a policy of type "jwt" of contract ${contractId}.`,
    match?.details.map(({ code, claim }) => ({ code, message: `The claim ${claim} does not match.`, claim })),
  );
}

/** Arrays and objects never match. */
function claimsOf(token: Token): PresentedClaims {
  const claims: Record<string, string> = {};
  for (const claim of Object.keys(claimsByPlatform.jwt)) {
    const value = claimOf(token, claim);
    if (typeof value === "string") claims[claim] = value;
  }
  return claims;
}
