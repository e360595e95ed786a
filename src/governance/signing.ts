import { fromBase64, utf8 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import { keyRequest, type KeyRequest } from "./key-requests.js";
import {
  generateKey,
  keyInUse,
  previousKeys,
  requireKey,
  signWith,
  type SigningPurpose,
} from "./signing-keys.js";
import { previousSigningKeys, type SigningMode, signingKeys, signingSettings } from "./tables.js";

/** The keys with which payloads of clean rooms are signed. A signature has no end, so no previous key is ever forgotten. */
const payloadKeys: SigningPurpose = {
  settings: signingSettings,
  keys: signingKeys,
  previous: previousSigningKeys,
  notEnabled: "SigningNotEnabled",
  retire: ({ mode }) => (mode === undefined ? {} : { mode }),
};

/** Name of the setting. */
const MODE = "mode";

/** How the next key will sign. Unless the members voted otherwise, in the domain of a contract. */
export const signingMode = (): SigningMode => (signingSettings().get(MODE) === "raw" ? "raw" : "contract");

export const setSigningMode = (mode: SigningMode): void => signingSettings().set(MODE, mode);

export const generateSigningKey = (): KeyRequest => generateKey(payloadKeys, { mode: signingMode() });

/** A key for payloads, as the API gives it. */
interface PublishedKey {
  readonly kid: string;
  readonly mode: SigningMode;
  readonly publicKeyPem: string;
}

export interface SigningInfo extends Partial<PublishedKey> {
  readonly enabled: boolean;
  /** Empty while there is no key. */
  readonly publicKeyPem: string;
  readonly previousKeys: readonly PublishedKey[];
}

export function signingInfo(): SigningInfo {
  const key = keyInUse(payloadKeys);
  return {
    enabled: keyRequest(signingSettings()) !== undefined,
    ...(key === undefined
      ? { publicKeyPem: "" }
      : { publicKeyPem: key.publicKey, kid: key.kid, mode: key.mode ?? "contract" }),
    previousKeys: previousKeys(payloadKeys).map(([kid, { publicKey, mode = "contract" }]) => ({
      kid,
      mode,
      publicKeyPem: publicKey,
    })),
  };
}

/**
 * Reads what is to be signed.
 *
 * @throws {Refusal} `PayloadMissing`, `PayloadInvalid`
 */
export function readPayload(sent: unknown): ArrayBuffer {
  if (typeof sent !== "string" || sent === "") {
    throw new Refusal("PayloadMissing", 'Send base64 of the bytes that are to be signed in "payload".');
  }
  const payload = fromBase64(sent);
  if (payload !== undefined && payload.byteLength > 0) return payload;
  throw new Refusal("PayloadInvalid", '"payload" is no base64, or of no bytes.');
}

/** What stands before a payload in the domain of a contract; ids have no NUL, so no two contracts sign the same bytes. */
const domainOf = (contractId: string): ArrayBuffer => utf8(`consortium-ledger signing v1\0${contractId}\0`);

/** Signs for attested code. @throws {Refusal} `SigningKeyNotAvailable` */
export function signPayload(contractId: string, payload: ArrayBuffer): ArrayBuffer {
  const key = requireKey(payloadKeys);
  return signWith(key, key.mode === "raw" ? payload : joined(domainOf(contractId), payload));
}

function joined(first: ArrayBuffer, second: ArrayBuffer): ArrayBuffer {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(new Uint8Array(first));
  bytes.set(new Uint8Array(second), first.byteLength);
  return bytes.buffer;
}
