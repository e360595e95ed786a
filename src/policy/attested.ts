import { cleanRoomPolicies } from "../governance/tables.js";
import { fromBase64, hex } from "../kit/encodings.js";
import { Refusal, type RefusalDetail } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { attestedRequest } from "../schemas/requests.js";
import type { Of } from "../schemas/shape.js";
import type { PresentedClaims } from "./claims.js";
import { EvidenceError, type Verified } from "./evidence.js";
import { isPlatform, type Platform, verifiers } from "./platforms.js";
import { matchPolicy, type Mismatch } from "./match.js";
import type { Claims, Policy } from "./policy.js";

export type AttestedRequest = Of<typeof attestedRequest>;

/** Evidence that satisfies the policy of a contract. */
export interface Attested {
  readonly platform: Platform;
  readonly policy: Policy;
  /** Which of the policy's alternatives matched, and the claims that it names as they were presented. */
  readonly alternative: number;
  readonly claims: PresentedClaims;
  readonly reportData: string;
  readonly signed: ArrayBuffer;
}

/** Attested code, known by the key that its evidence binds. */
export interface CleanRoom extends Attested {
  /** PEM. */
  readonly publicKey: string;
  /** SHA-256 of the PEM text, lower-case hex. */
  readonly publicKeyDigest: string;
}

/** With which codes a request is refused for its evidence. */
export const evidenceRefusals = [
  "AttestationMissing",
  "UnsupportedPlatform",
  "VerifySnpAttestationFailed",
  "ReportDataMismatch",
] as const satisfies readonly RefusalCode[];

/**
 * Verifies the evidence of a request and matches it with the contract's policy.
 *
 * @throws {Refusal} `AttestationMissing`, `UnsupportedPlatform`, `VerifySnpAttestationFailed`
 */
export function requireAttested(contractId: string, request: AttestedRequest): Attested {
  const evidence = evidenceOf(request);
  const platform = platformOf(request);
  const policy = cleanRoomPolicies().get(contractId);
  if (policy === undefined) {
    throw failed([
      { code: "NoPolicy", message: `The members have set no clean room policy for contract ${contractId}.` },
    ]);
  }
  if (policy.policyType !== platform) {
    const message = `The policy is about evidence of type "${policy.policyType}", not "${platform}".`;
    throw failed([{ code: "PolicyTypeMismatch", message }]);
  }
  const { claims, reportData, signed } = verified(platform, evidence, policy);
  const match = matchPolicy(policy, claims);
  if (!match.matched) throw failed(match.details.map((mismatch) => describe(mismatch, match.alternative)));
  const { alternative } = match;
  return {
    platform,
    policy,
    alternative,
    claims: named(policy.alternatives[alternative], claims),
    reportData,
    signed,
  };
}

/**
 * As {@link requireAttested}, and the evidence binds the key: report data = SHA-256 of the PEM text, then 32 zero bytes.
 *
 * @param encodedKey base64 of the PEM text
 * @throws {Refusal} `ReportDataMismatch` too
 */
export function requireCleanRoom(
  contractId: string,
  request: AttestedRequest,
  encodedKey: string | null | undefined,
): CleanRoom {
  const attested = requireAttested(contractId, request);
  const pem = encodedKey ? fromBase64(encodedKey) : undefined;
  const publicKeyDigest = pem && hex(ccf.crypto.digest("SHA-256", pem));
  if (
    pem === undefined ||
    publicKeyDigest === undefined ||
    attested.reportData !== publicKeyDigest + "0".repeat(64)
  ) {
    throw new Refusal(
      "ReportDataMismatch",
      "The evidence does not bind the key of this request: its report data must be the SHA-256 of the key's PEM text and 32 zero bytes.",
    );
  }
  return { ...attested, publicKey: ccf.bufToStr(pem), publicKeyDigest };
}

/** @throws {Refusal} `AttestationMissing` */
export function evidenceOf({ attestation }: AttestedRequest): unknown {
  if (attestation) return attestation;
  throw new Refusal("AttestationMissing", 'Send the evidence of your platform in "attestation".');
}

function platformOf({ platform }: AttestedRequest): Platform {
  const name = platform === "" ? "snp-caci" : (platform ?? "snp-caci");
  if (isPlatform(name)) return name;
  const known = Object.keys(verifiers).join(", ");
  throw new Refusal(
    "UnsupportedPlatform",
    `Evidence of platform "${name}" is not supported; supported are ${known}.`,
  );
}

function verified(platform: Platform, evidence: unknown, policy: Policy): Verified {
  try {
    return verifiers[platform](evidence, policy);
  } catch (error) {
    if (error instanceof EvidenceError) throw failed([{ code: error.code, message: error.message }]);
    throw error;
  }
}

function failed(details: readonly RefusalDetail[]): Refusal {
  const message =
    "The evidence does not hold, or does not satisfy the contract's clean room policy; see the details.";
  return new Refusal("VerifySnpAttestationFailed", message, details);
}

function describe(mismatch: Mismatch, alternative: number): RefusalDetail {
  const { claim, presented, accepted } = mismatch;
  const found = presented === undefined ? "is not presented" : `is ${JSON.stringify(presented)}`;
  const wanted =
    accepted.length === 0 ? "must be" : `accepted: ${accepted.map((one) => JSON.stringify(one)).join(", ")}`;
  return { message: `The claim ${claim} ${found}; ${wanted}.`, alternative, ...mismatch };
}

function named(claims: Claims = {}, presented: PresentedClaims): PresentedClaims {
  return Object.fromEntries(Object.entries(presented).filter(([claim]) => Object.hasOwn(claims, claim)));
}
