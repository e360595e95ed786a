import type { Table } from "../kit/tables.js";

// Names of settings, of each purpose for which the service signs.
const ENABLED = "enabled";
const REQUEST = "generateSigningKeyRequestId";
const KID = "generateSigningKeyKid";

type Settings = Table<string, string>;

/** A key that the members want to be in use. */
export interface KeyRequest {
  /** Counts the requests from 1, decimal digits. */
  readonly reqId: string;
  readonly kid: string;
}

/** The key that should be in use; undefined while the members have not enabled its purpose. */
export function keyRequest(settings: Settings): KeyRequest | undefined {
  const [reqId, kid] = [settings.get(REQUEST), settings.get(KID)];
  if (settings.get(ENABLED) !== "true" || reqId === undefined || kid === undefined) return undefined;
  return { reqId, kid: `${kid}-${reqId}` };
}

/** Asks for a first key. Once there is a request, this changes nothing. @param kid how the ids of all keys begin */
export function requestFirstKey(settings: Settings, kid: string): void {
  if (settings.has(ENABLED)) return;
  settings.set(ENABLED, "true");
  settings.set(REQUEST, "1");
  settings.set(KID, kid);
}

/** Asks for a new key, if there was a request before. */
export function requestNextKey(settings: Settings): void {
  const reqId = settings.get(REQUEST);
  if (reqId !== undefined) settings.set(REQUEST, String(Number(reqId) + 1));
}
