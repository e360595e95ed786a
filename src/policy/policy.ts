import { hasHalfOfPair } from "../kit/encodings.js";
import { allowUnendorsed, type ClaimType, type PolicyType, typeOfClaim } from "./claims.js";

/** A value that a claim must equal (same JSON type), or the least version that is accepted. */
export type Condition = string | number | boolean | { readonly atLeast: number };

/** Every claim that is named must satisfy one of its conditions; claims that are not named do not matter. */
export type Claims = Readonly<Record<string, readonly Condition[]>>;

/** Whom the members of a contract trust: evidence of one kind that satisfies any of the alternatives. */
export interface Policy {
  readonly policyType: PolicyType;
  readonly alternatives: readonly Claims[];
}

/** For clients to whom a policy is one set of claims: of several alternatives that would hide all but one, so there is none. */
export function onlyAlternative({ alternatives: [first, ...others] }: Policy): Claims | undefined {
  return others.length === 0 ? first : undefined;
}

/** Claims as clients may write them: a single condition stands for a list of one. */
type WrittenClaims = Readonly<Record<string, Condition | readonly Condition[]>>;

/** How members change a policy: claim by claim, or as a whole. */
export type Amendment =
  | {
      readonly type: "add" | "remove";
      readonly policyType?: PolicyType | undefined;
      readonly claims: WrittenClaims;
    }
  | {
      readonly type: "set";
      readonly policyType?: PolicyType | undefined;
      readonly alternatives: readonly WrittenClaims[];
    };

/** An amendment that cannot be made. The message is for the member who proposes it. */
export class PolicyError extends Error {}

/**
 * The policy after an amendment, or undefined when nothing is left of it.
 *
 * @throws {PolicyError} for claims that the platform never proves, values of another type, mixed platforms, and deltas that
 * do not fit what they change.
 */
export function amendPolicy(policy: Policy | undefined, amendment: Amendment): Policy | undefined {
  const policyType = amendment.policyType ?? policy?.policyType ?? "snp-caci";
  if (amendment.type === "set") {
    return wholePolicy(
      policyType,
      amendment.alternatives.map((claims) => readClaims(policyType, claims)),
    );
  }

  if (policy !== undefined && policy.policyType !== policyType) {
    throw new PolicyError(
      `The policy is of type "${policy.policyType}" and cannot also hold claims of type "${policyType}"; ` +
        `set it whole to change its type`,
    );
  }
  if (policy !== undefined && policy.alternatives.length > 1) {
    throw new PolicyError(
      `The policy has ${policy.alternatives.length} alternatives and "${amendment.type}" does not say which one it changes; set it whole`,
    );
  }
  const changed = (amendment.type === "add" ? addClaims : removeClaims)(
    policy?.alternatives[0] ?? {},
    readClaims(policyType, amendment.claims),
  );
  if (Object.keys(changed).length === 0) return undefined;
  requireIssuer(policyType, [changed]);
  return { policyType, alternatives: [changed] };
}

function wholePolicy(policyType: PolicyType, alternatives: readonly Claims[]): Policy {
  if (alternatives.length === 0)
    throw new PolicyError("A policy that is set whole needs at least one alternative");
  if (alternatives.some(acceptsAnybody)) {
    throw new PolicyError(
      "An alternative without claims would accept anybody's code; name at least one claim",
    );
  }
  requireIssuer(policyType, alternatives);
  return { policyType, alternatives };
}

/** Whatever else a token says, any registered issuer may say it; only `iss` tells them apart, and `tid` names Entra ID. */
function requireIssuer(policyType: PolicyType, alternatives: readonly Claims[]): void {
  const says = (claims: Claims, claim: string): boolean => Object.hasOwn(claims, claim);
  if (policyType === "jwt" && !alternatives.every((claims) => says(claims, "iss") || says(claims, "tid"))) {
    throw new PolicyError(
      'Tokens of any registered issuer would satisfy a policy that names neither "iss" nor "tid"; name one of them in the same amendment',
    );
  }
}

/** Whether an alternative names no claim, so that any evidence would do. */
export function acceptsAnybody(claims: Claims): boolean {
  return Object.keys(claims).every((claim) => claim === allowUnendorsed);
}

/** Checks names and values against the closed set of the platform; makes every value a list without duplicates. */
function readClaims(policyType: PolicyType, written: WrittenClaims): Claims {
  const claims = Object.entries(written).map(([claim, value]) => {
    const type = typeOfClaim(policyType, claim);
    if (type === undefined) {
      throw new PolicyError(`Evidence of type "${policyType}" never proves a claim "${claim}"`);
    }
    const conditions = isList(value) ? value : [value];
    if (conditions.length === 0) throw new PolicyError(`The claim "${claim}" needs at least one value`);
    for (const condition of conditions) {
      if (!isPossible(type, condition)) {
        throw new PolicyError(
          `The claim "${claim}" is a ${type} and never satisfies ${JSON.stringify(condition)}`,
        );
      }
    }
    return [claim, union([], conditions)] as const;
  });
  return Object.fromEntries(claims);
}

function isList(value: Condition | readonly Condition[]): value is readonly Condition[] {
  return Array.isArray(value);
}

/**
 * Versions are numbers, or strings of decimal digits. No claim is half of a surrogate pair, and no record of a release could
 * name a policy that has one: it would have no digest (RFC 8785).
 */
function isPossible(type: ClaimType, condition: Condition): boolean {
  if (typeof condition === "object") return type !== "boolean";
  return typeof condition === type && !(typeof condition === "string" && hasHalfOfPair(condition));
}

/** Booleans exclude each other, so a new one replaces the old; other values are added to the accepted ones. */
function addClaims(current: Claims, added: Claims): Claims {
  const merged = Object.entries(added).map(
    ([claim, values]) =>
      [claim, typeof values[0] === "boolean" ? values : union(current[claim] ?? [], values)] as const,
  );
  return { ...current, ...Object.fromEntries(merged) };
}

function removeClaims(current: Claims, removed: Claims): Claims {
  const left = { ...current };
  for (const [claim, values] of Object.entries(removed)) {
    const accepted = current[claim];
    if (accepted === undefined) throw new PolicyError(`The policy has no claim "${claim}" to remove`);
    const remaining = typeof values[0] === "boolean" ? [] : difference(claim, accepted, values);
    if (remaining.length === 0) Reflect.deleteProperty(left, claim);
    else left[claim] = remaining;
  }
  return left;
}

function union(values: readonly Condition[], more: readonly Condition[]): Condition[] {
  const result = [...values];
  for (const value of more) if (!result.some((other) => equal(other, value))) result.push(value);
  return result;
}

function difference(claim: string, values: readonly Condition[], fewer: readonly Condition[]): Condition[] {
  for (const value of fewer) {
    if (!values.some((other) => equal(other, value))) {
      throw new PolicyError(
        `The claim "${claim}" does not accept ${JSON.stringify(value)}, so it cannot be removed`,
      );
    }
  }
  return values.filter((value) => !fewer.some((other) => equal(other, value)));
}

function equal(one: Condition, other: Condition): boolean {
  if (typeof one === "object" && typeof other === "object") return one.atLeast === other.atLeast;
  return one === other;
}
