import { constants, verify } from "node:crypto";
import * as answers from "./answers.js";
import type { KeyRequest, SigningInfo } from "./answers.js";
import type { Client } from "./client.js";

/** The keys by which payloads of attested code are signed, present and past. */
export async function signingInfo(client: Client): Promise<SigningInfo> {
  return (await client.post("/app/signing/info")).as(answers.signingInfo);
}

/**
 * Has the key for payloads made that the members voted for, unless it is there.
 *
 * @throws {ServiceError} `SigningNotEnabled`
 */
export async function generateSigningKey(client: Client): Promise<KeyRequest> {
  return (await client.post("/app/signing/generateSigningKey")).as(answers.keyRequest);
}

/** A key of the service, as {@link signingInfo} tells it. */
export interface PayloadKey {
  /** `contract`: it signs in the domain of a contract; `raw`: it signs payloads as they are. */
  readonly mode: "contract" | "raw";
  readonly publicKeyPem: string;
}

/** What the service signs for code of a contract. */
export function signedBytes(contractId: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`consortium-ledger signing v1\0${contractId}\0`), payload]);
}

/**
 * Whether the service has signed this for code of that contract. By a key of mode `raw` it could have been any contract's.
 *
 * @param signature RSASSA-PSS, SHA-256, salt of 32 bytes
 */
export function verifyPayload(
  { mode, publicKeyPem }: PayloadKey,
  contractId: string,
  payload: Uint8Array,
  signature: Uint8Array,
): boolean {
  const signed = mode === "raw" ? payload : signedBytes(contractId, payload);
  const key = { key: publicKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return verify("sha256", signed, key, signature);
}
