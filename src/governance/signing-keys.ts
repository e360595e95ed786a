import { nowInSeconds } from "../kit/clock.js";
import { Refusal } from "../kit/refusal.js";
import type { Table } from "../kit/tables.js";
import { type KeyRequest, keyRequest } from "./key-requests.js";
import type { PreviousKey, SigningKey } from "./tables.js";

/** The keys with which the service signs for one purpose. */
export interface SigningPurpose {
  readonly settings: () => Table<string, string>;
  readonly keys: () => Table<string, SigningKey>;
  readonly previous: () => Table<string, PreviousKey>;
  /** With what a key is refused that the members have not asked for. */
  readonly notEnabled: "OidcIssuerNotEnabled" | "SigningNotEnabled";
  /** What is kept of a key beyond its public half once another has replaced it. */
  readonly retire: (key: SigningKey) => Omit<PreviousKey, "publicKey">;
}

/** Name of the only row. */
const KEY = "signingKey";
/** Length of the modulus. */
const RSA_BITS = 2048;
/** Every signature: RSASSA-PSS, SHA-256, MGF1-SHA-256, salt of 32 bytes; what JOSE calls PS256 (RFC 7518 §3.5). */
const PSS = { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 } as const;

/** The key in use, if one was ever made. */
export const keyInUse = ({ keys }: SigningPurpose): SigningKey | undefined => keys().get(KEY);

/** @throws {Refusal} `SigningKeyNotAvailable` */
export function requireKey(purpose: SigningPurpose): SigningKey {
  const key = keyInUse(purpose);
  if (key !== undefined) return key;
  throw new Refusal(
    "SigningKeyNotAvailable",
    "The service has no key for this. A member must have one generated, once the members have voted for it.",
  );
}

/**
 * Makes the key that the members asked for, unless it is there already. A key that was in use before signs no more, and its
 * private half is gone; its public half stays published for as long as its signatures mean something.
 *
 * @param more what belongs to the key besides
 */
export function generateKey(purpose: SigningPurpose, more: Pick<SigningKey, "mode"> = {}): KeyRequest {
  const request = keyRequest(purpose.settings());
  if (request === undefined) {
    throw new Refusal(purpose.notEnabled, "The members have not enabled this; it takes their vote.");
  }
  const current = keyInUse(purpose);
  if (current?.reqId === request.reqId) return { reqId: current.reqId, kid: current.kid };
  if (current !== undefined) retire(purpose, current);
  purpose.keys().set(KEY, { ...request, ...ccf.crypto.generateRsaKeyPair(RSA_BITS), ...more });
  return request;
}

function retire(purpose: SigningPurpose, key: SigningKey): void {
  const previous = purpose.previous();
  previous.set(key.kid, { publicKey: key.publicKey, ...purpose.retire(key) });
  for (const [kid, entry] of previous.entries()) if (!isNeeded(entry)) previous.delete(kid);
}

/** Previous keys of which signatures may still be in use, by kid. */
export function previousKeys({ previous }: SigningPurpose): [kid: string, key: PreviousKey][] {
  return previous()
    .entries()
    .filter(([, key]) => isNeeded(key));
}

const isNeeded = ({ until }: PreviousKey): boolean => until === undefined || until >= nowInSeconds();

export const signWith = ({ privateKey }: SigningKey, content: ArrayBuffer): ArrayBuffer =>
  ccf.crypto.sign(PSS, privateKey, content);
