import type { Request } from "@microsoft/ccf-app";
import { hex, utf8 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { AttestedCall } from "./attested-call.js";
import { attestedKey, type AttestedKey } from "./attested-key.js";
import {
  type BoundRequest,
  isBound,
  type PresentedEvidence,
  readBoundRequest,
  requireBoundSignature,
  requireFirstUse,
} from "./bound-request.js";
import { requirePlatform, verifiers } from "./platforms.js";
import { sessionOf } from "./sessions.js";

/** With which codes a bound request is refused for its form. */
export const boundRefusals = [
  "InvalidBoundRequest",
  "RequestTargetMismatch",
  "ServiceMismatch",
  "RequestExpired",
  "RequestReplayed",
  "SessionNotFound",
  "SignatureMismatch",
  "UnsupportedPlatform",
] as const satisfies readonly RefusalCode[];

/** What an endpoint takes of a bound request. */
export interface BoundTerms {
  /** The endpoint writes nothing, so it cannot remember the request; nor does it matter when it is repeated. */
  readonly repeatable?: true;
}

export interface BoundCall extends AttestedCall {
  readonly key: AttestedKey;
  /** Id of the session, if it names one instead of presenting evidence. */
  readonly session: string | undefined;
}

/** A request that is signed as a whole. By whom is established by its evidence, or was when its session was opened. */
export function boundCall(request: Request, { repeatable }: BoundTerms): BoundCall {
  const bound = readBoundRequest(request);
  const signer = signerOf(bound);
  requireBoundSignature(bound, signer.key.pem);
  if (!repeatable) requireFirstUse(bound);
  return { ...signer, session: bound.session, content: () => bound.content };
}

/**
 * The same, where there is no JSON form.
 *
 * @throws {Refusal} `BoundRequestRequired`
 */
export function requireBoundCall(request: Request): BoundCall {
  if (isBound(request)) return boundCall(request, {});
  throw new Refusal(
    "BoundRequestRequired",
    "This endpoint takes bound requests (application/cose) only; see docs/bound-requests.md.",
  );
}

type Signer = Pick<BoundCall, "platform" | "key" | "prove">;

function signerOf({ attestation, session }: BoundRequest): Signer {
  if (session === undefined) return presenting(attestation);
  const { platform, key, ...proven } = sessionOf(session);
  return { platform, key, prove: () => proven };
}

function presenting({ platform: name, key, evidence }: PresentedEvidence): Signer {
  const platform = requirePlatform(name);
  return {
    platform,
    key: attestedKey(utf8(key)),
    prove() {
      const { claims, reportData, signed } = verifiers[platform](evidence);
      return { claims, reportData, evidenceDigest: hex(ccf.crypto.digest("SHA-256", signed)) };
    },
  };
}
