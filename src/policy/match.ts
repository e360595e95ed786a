import { allowUnendorsed, type PresentedClaims } from "./claims.js";
import { acceptsAnybody, type Claims, type Condition, type Policy } from "./policy.js";

/** Why one claim of an alternative is not satisfied. */
export interface Mismatch {
  readonly code: "ClaimMissing" | "ClaimMismatch" | "UvmEndorsementsMissing";
  readonly claim: string;
  /** Absent when the evidence does not prove the claim at all. */
  readonly presented?: string | number | boolean;
  readonly accepted: readonly Condition[];
}

/** The alternative (its index) that evidence satisfies, or the one that came nearest and what it lacks. */
export type Match =
  | { readonly matched: true; readonly alternative: number }
  | { readonly matched: false; readonly alternative: number; readonly details: readonly Mismatch[] };

/**
 * Decides whether proven claims satisfy a policy. Only own properties count, so a claim called like a member of every
 * object is never taken for proven.
 */
export function matchPolicy(policy: Policy, presented: PresentedClaims): Match {
  let nearest: { alternative: number; details: readonly Mismatch[] } | undefined;
  for (const [alternative, claims] of policy.alternatives.entries()) {
    if (acceptsAnybody(claims)) continue;
    const details = [...unendorsed(policy, claims, presented), ...mismatches(claims, presented)];
    if (details.length === 0) return { matched: true, alternative };
    if (nearest === undefined || details.length < nearest.details.length) nearest = { alternative, details };
  }
  return { matched: false, ...(nearest ?? { alternative: -1, details: [] }) };
}

/** Whether an alternative accepts an SEV-SNP report without an endorsement of its utility VM. */
function allowsUnendorsed(claims: Claims): boolean {
  return claims[allowUnendorsed]?.includes(true) ?? false;
}

/** The issuer's name is proven exactly when the endorsement is. */
function unendorsed({ policyType }: Policy, claims: Claims, presented: PresentedClaims): Mismatch[] {
  const issuer = "uvm_endorsements-did";
  const satisfied =
    policyType !== "snp-caci" ||
    allowsUnendorsed(claims) ||
    Object.hasOwn(claims, issuer) ||
    Object.hasOwn(presented, issuer);
  return satisfied ? [] : [{ code: "UvmEndorsementsMissing", claim: issuer, accepted: [] }];
}

function mismatches(claims: Claims, presented: PresentedClaims): Mismatch[] {
  const found: Mismatch[] = [];
  for (const [claim, accepted] of Object.entries(claims)) {
    if (claim === allowUnendorsed) continue;
    const value = Object.hasOwn(presented, claim) ? presented[claim] : undefined;
    if (value === undefined) found.push({ code: "ClaimMissing", claim, accepted });
    else if (!accepted.some((condition) => satisfies(value, condition))) {
      found.push({ code: "ClaimMismatch", claim, presented: value, accepted });
    }
  }
  return found;
}

function satisfies(value: string | number | boolean, condition: Condition): boolean {
  if (typeof condition !== "object") return value === condition;
  const version = typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return typeof version === "number" && version >= condition.atLeast;
}
