import type { Request } from "@microsoft/ccf-app";
import { serviceOptionStatus } from "../governance/service-options.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { Verified } from "./evidence.js";
import type { AttestedKey } from "./attested-key.js";
import { boundCall, boundRefusals, type BoundTerms } from "./bound-call.js";
import { isBound } from "./bound-request.js";
import { jsonCall, type JsonTerms } from "./json-call.js";
import type { Platform } from "./platforms.js";

/** What code has proved about itself. */
export interface Proven extends Pick<Verified, "claims" | "reportData"> {
  /** SHA-256 of what the platform signed, lower-case hex. */
  readonly evidenceDigest: string;
}

/** A request of code that proves what it is, in whichever form it came. */
export interface AttestedCall {
  readonly platform: Platform;
  /** Absent where the request needs none. */
  readonly key: AttestedKey | undefined;
  /** Verifies the evidence. @throws {EvidenceError} */
  prove(): Proven;
  /** What the code says; call it when it is known that the evidence binds the key. @throws {Refusal} if that is not what it signed */
  content(): unknown;
}

/** With which codes such a request is refused for its form. */
export const callRefusals = [
  "AttestationMissing",
  "EncryptionMissing",
  "SignatureMissing",
  "DataMissing",
  ...boundRefusals,
  "BoundRequestRequired",
  "InvalidJson",
  "InvalidBody",
] as const satisfies readonly RefusalCode[];

/** Reads the request of attested code. JSON is for older clients, until the members demand the bound form of all. */
export function attestedCall(request: Request, terms: JsonTerms & BoundTerms): AttestedCall {
  if (isBound(request)) return boundCall(request, terms);
  if (serviceOptionStatus("require-bound-requests") === "disabled") return jsonCall(request, terms);
  throw new Refusal(
    "BoundRequestRequired",
    "The members demand bound requests (application/cose) of attested code; see docs/bound-requests.md.",
  );
}
