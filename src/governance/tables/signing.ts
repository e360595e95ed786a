/** Keys with which the service signs payloads of clean rooms. Those for tokens are made alike; see `oidc.ts`. */
import { json, table, text } from "../../kit/tables.js";

/** What the members decided. Key: name of a setting, see `../key-requests.ts`; and `mode`. */
export const signingSettings = table("public:ccf.gov.signing", text, text);

/** Whether a payload is signed in a domain of its contract, or as it is. */
export type SigningMode = "contract" | "raw";

/** The key in use, of whatever purpose. Keys are PEM. */
export interface SigningKey {
  readonly kid: string;
  /** The request of the members for which it was made, decimal digits. */
  readonly reqId: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Of a key for payloads only: how it signs, all its life. */
  readonly mode?: SigningMode;
}
/** Key: `signingKey`, the only one. */
export const signingKeys = table("signing.signing_keys", text, json<SigningKey>());

/** A key that signs no more; its private half is gone. */
export interface PreviousKey {
  /** PEM. */
  readonly publicKey: string;
  readonly mode?: SigningMode;
  /** Seconds since 1970 when the last signature by it has lost its meaning; absent: never. */
  readonly until?: number;
}
/** Key: kid. */
export const previousSigningKeys = table("public:signing.previous_keys", text, json<PreviousKey>());
