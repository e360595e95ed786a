/** What spares attested code from presenting its evidence every time, and others from seeing a request carried out twice. */
import { ExpiringMap } from "../../kit/expiring-map.js";
import { table, text } from "../../kit/tables.js";
import type { Proven } from "../../policy/attested-call.js";
import type { AttestedKey } from "../../policy/attested-key.js";
import type { Platform } from "../../policy/platforms.js";

/** Evidence that was verified once, and what it proved. Key: id of the session. */
export interface AttestedSession extends Proven {
  readonly platform: Platform;
  /** What the evidence binds, and what signs all that is done in the session. */
  readonly key: AttestedKey;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Sequence number of the last vote before that took trust away; absent if there was none. */
  readonly trustedSince?: number | undefined;
}
// pure: the constitution, which needs neither of them, is smaller without
export const attestedSessions = /* @__PURE__ */ new ExpiringMap<AttestedSession>("public:attested_sessions");

/** Ids of the bound requests that were carried out, lower-case hex, as long as the requests could be accepted once more. */
export const boundRequestIds = /* @__PURE__ */ new ExpiringMap<true>("public:bound_request_ids");

/** Under {@link TRUST_EPOCH}: id of the last proposal that took trust away from evidence that was good before. */
export const attestationTrust = table("public:ccf.gov.attestation_trust", text, text);
export const TRUST_EPOCH = "epoch";
