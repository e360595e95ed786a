import type { Request } from "@microsoft/ccf-app";
import { hex } from "../kit/encodings.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { Verified } from "./evidence.js";
import { jsonCall, type JsonTerms } from "./json-call.js";
import type { Platform } from "./platforms.js";

/** The key of attested code: evidence binds it, answers are wrapped to it, and it signs what the code says. */
export interface AttestedKey {
  /** The very characters that the evidence binds. */
  readonly pem: string;
  /** SHA-256 of the PEM text, lower-case hex. */
  readonly digest: string;
}

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
  "UnsupportedPlatform",
  "InvalidJson",
  "InvalidBody",
] as const satisfies readonly RefusalCode[];

/** Reads the request of attested code. */
export function attestedCall(request: Request, terms: JsonTerms): AttestedCall {
  return jsonCall(request, terms);
}

/** @param pem UTF-8 of the PEM text */
export function attestedKey(pem: ArrayBuffer): AttestedKey {
  return { pem: ccf.bufToStr(pem), digest: hex(ccf.crypto.digest("SHA-256", pem)) };
}
