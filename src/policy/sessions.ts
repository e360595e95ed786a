import {
  attestationTrust,
  attestedSessions,
  type AttestedSession,
  TRUST_EPOCH,
} from "../governance/tables.js";
import { nowInMilliseconds } from "../kit/clock.js";
import { hex } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import type { Proven } from "./attested-call.js";
import type { AttestedKey } from "./attested-key.js";
import type { Platform } from "./platforms.js";

/** Milliseconds. */
const LONGEST_SESSION = 15 * 60 * 1000;

export interface OpenedSession {
  /** 32 hex characters. Not a secret: what is done in the session is signed with its key. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Remembers what evidence has proved for 15 minutes, so that it is not verified anew at every request. That a policy is
 * satisfied is no part of it: policies are matched with these claims whenever something is asked for.
 *
 * @param key that the evidence binds, and that has signed the request
 */
export function openSession(platform: Platform, key: AttestedKey, proven: Proven): OpenedSession {
  const now = nowInMilliseconds();
  const expiresAt = now + LONGEST_SESSION;
  const session = { platform, key, ...proven, expiresAt, trustedSince: trustedSince() };
  const id = hex(ccf.crypto.generateAesKey(128));
  if (!attestedSessions.add(id, session, expiresAt, now))
    throw new TypeError("a random id was given out before, or the clock was set back by more than a session");
  return { id, expiresAt };
}

/** @throws {Refusal} `SessionNotFound` */
export function sessionOf(id: string): AttestedSession {
  const session = attestedSessions.get(id, nowInMilliseconds());
  if (session !== undefined && session.trustedSince === trustedSince()) return session;
  throw new Refusal(
    "SessionNotFound",
    "There is no such session, or it has ended: it was older than 15 minutes, or the members have taken trust away since. Open a new one.",
  );
}

/** The votes that take trust away from evidence leave a mark, see `constitution/trust.ts`. */
function trustedSince(): number | undefined {
  return attestationTrust().versionOf(TRUST_EPOCH);
}
