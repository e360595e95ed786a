import { cleanRoomPolicies } from "../governance/tables.js";
import { Refusal, type RefusalDetail } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { type AttestedCall, callRefusals, type Proven } from "./attested-call.js";
import type { AttestedKey } from "./attested-key.js";
import { boundRefusals } from "./bound-call.js";
import type { PresentedClaims } from "./claims.js";
import { type Delegate, delegatedPolicy } from "./delegates.js";
import { EvidenceError } from "./evidence.js";
import { type Match, matchPolicy, type Mismatch } from "./match.js";
import type { Platform } from "./platforms.js";
import type { Claims, Policy } from "./policy.js";

/** Evidence that satisfies a policy of a contract. */
export interface Attested {
  readonly platform: Platform;
  readonly policy: Policy;
  /** Set where that is not the contract's own policy but what was delegated for this purpose. */
  readonly delegate: Delegate | undefined;
  /** Which of the policy's alternatives matched, and the claims that it names as they were presented. */
  readonly alternative: number;
  readonly claims: PresentedClaims;
  /** All that the evidence proves. */
  readonly proven: PresentedClaims;
  readonly evidenceDigest: string;
}

/** Attested code, known by the key that its evidence binds. */
export interface CleanRoom extends Attested {
  readonly key: AttestedKey;
}

/** With which codes a request is refused for its evidence. */
export const evidenceRefusals = [
  ...callRefusals,
  "VerifySnpAttestationFailed",
  "ReportDataMismatch",
] as const satisfies readonly RefusalCode[];

/** The same where nothing is written, so that it does not matter how often a request is sent. */
export const consentRefusals = evidenceRefusals.filter((code) => code !== "RequestReplayed");

/** With which codes a request is refused for its evidence where there is no JSON form. */
export const boundEvidenceRefusals = [
  "BoundRequestRequired",
  ...boundRefusals,
  "VerifySnpAttestationFailed",
  "ReportDataMismatch",
] as const satisfies readonly RefusalCode[];

/**
 * Verifies the evidence of a request, and matches it with the contract's policy, then with what a clean room has delegated
 * for the purpose of the request. If the request names a key, the evidence binds it.
 *
 * @throws {Refusal} `VerifySnpAttestationFailed`, `ReportDataMismatch`
 */
export function requireAttested(contractId: string, call: AttestedCall, purpose?: Delegate): Attested {
  const policies = policiesFor(contractId, call.platform, purpose);
  const proven = prove(call);
  const found = matching(policies, proven);
  if (call.key !== undefined) requireBound(proven, call.key);
  const { policy, delegate, alternative } = found;
  const claims = named(policy.alternatives[alternative], proven.claims);
  return {
    platform: call.platform,
    policy,
    delegate,
    alternative,
    claims,
    proven: proven.claims,
    evidenceDigest: proven.evidenceDigest,
  };
}

/** As {@link requireAttested}, for requests that name a key. */
export function requireCleanRoom(contractId: string, call: AttestedCall, purpose?: Delegate): CleanRoom {
  const attested = requireAttested(contractId, call, purpose);
  if (call.key === undefined) throw unbound();
  return { ...attested, key: call.key };
}

/**
 * Demands that evidence which satisfies a policy of the contract satisfies a narrower one too.
 *
 * @param what has that policy
 * @throws {Refusal} `VerifySnpAttestationFailed`
 */
export function requireSatisfied(policy: Policy, { platform, proven }: Attested, what: string): void {
  const whose = `the policy of ${what}`;
  if (policy.policyType !== platform) throw failed([otherPlatform([{ policy }], platform)], whose);
  const match = matchPolicy(policy, proven);
  if (!match.matched) throw failed(describe(match), whose);
}

interface Applicable {
  readonly policy: Policy;
  /** Absent of the contract's own. */
  readonly delegate: Delegate | undefined;
}

/** Those about evidence of this platform, the contract's own first. Without a policy of its own nothing is delegated. */
function policiesFor(
  contractId: string,
  platform: Platform,
  purpose: Delegate | undefined,
): [Applicable, ...Applicable[]] {
  const own = cleanRoomPolicies().get(contractId);
  if (own === undefined) {
    throw failed([
      { code: "NoPolicy", message: `The members have set no clean room policy for contract ${contractId}.` },
    ]);
  }
  const delegated = purpose && delegatedPolicy(contractId, purpose);
  const all: Applicable[] = [
    { policy: own, delegate: undefined },
    ...(delegated ? [{ policy: delegated, delegate: purpose }] : []),
  ];
  const [first, ...others] = all.filter(({ policy }) => policy.policyType === platform);
  if (first !== undefined) return [first, ...others];
  throw failed([otherPlatform(all, platform)]);
}

function otherPlatform(policies: readonly { policy: Policy }[], platform: Platform): RefusalDetail {
  const types = [...new Set(policies.map(({ policy }) => `"${policy.policyType}"`))].join(" or ");
  const message = `The policy is about evidence of type ${types}, not "${platform}".`;
  return { code: "PolicyTypeMismatch", message };
}

/** Verifies the evidence. @throws {Refusal} `VerifySnpAttestationFailed` */
export function prove(call: AttestedCall): Proven {
  try {
    return call.prove();
  } catch (error) {
    if (error instanceof EvidenceError) throw failed([{ code: error.code, message: error.message }]);
    throw error;
  }
}

/** The first policy that is satisfied. The refusal tells what the first one lacks. */
function matching(
  [own, ...delegated]: [Applicable, ...Applicable[]],
  { claims }: Proven,
): Applicable & { readonly alternative: number } {
  const match = matchPolicy(own.policy, claims);
  if (match.matched) return { ...own, alternative: match.alternative };
  for (const candidate of delegated) {
    const other = matchPolicy(candidate.policy, claims);
    if (other.matched) return { ...candidate, alternative: other.alternative };
  }
  throw failed(describe(match));
}

/** The evidence binds a key: report data = SHA-256 of the PEM text, then 32 zero bytes. @throws {Refusal} */
export function requireBound({ reportData }: Proven, { digest }: AttestedKey): void {
  if (reportData !== digest + "0".repeat(64)) throw unbound();
}

const unbound = (): Refusal =>
  new Refusal(
    "ReportDataMismatch",
    "The evidence does not bind the key of this request: its report data must be the SHA-256 of the key's PEM text and 32 zero bytes.",
  );

function failed(details: readonly RefusalDetail[], policy = "the contract's clean room policy"): Refusal {
  const message = `The evidence does not hold, or does not satisfy ${policy}; see the details.`;
  return new Refusal("VerifySnpAttestationFailed", message, details);
}

function describe({ details, alternative }: Match & { readonly matched: false }): RefusalDetail[] {
  const explain = ({ claim, presented, accepted }: Mismatch): string => {
    const found = presented === undefined ? "is not presented" : `is ${JSON.stringify(presented)}`;
    const values = accepted.map((one) => JSON.stringify(one)).join(", ");
    return `The claim ${claim} ${found}; ${accepted.length === 0 ? "must be" : `accepted: ${values}`}.`;
  };
  return details.map((mismatch) => ({ message: explain(mismatch), alternative, ...mismatch }));
}

function named(claims: Claims = {}, presented: PresentedClaims): PresentedClaims {
  return Object.fromEntries(Object.entries(presented).filter(([claim]) => Object.hasOwn(claims, claim)));
}
