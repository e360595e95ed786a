import { constants, createPrivateKey, privateDecrypt } from "node:crypto";
import { type Of, shape } from "../src/schemas/shape.js";
import type { Client } from "./client.js";
import { ServiceError, UsageError, VerificationError } from "./errors.js";
import { REQUESTS, sendSigned } from "./governance.js";
import { type Identity, memberIdOf } from "./identity.js";

/** A share of the key that wraps the ledger's keys. It is a secret: never print or store it. */
export type RecoveryShare = Buffer;

/** Bytes of a share: its number and ten elements of 32 bits. */
const SHARE_BYTES = 44;

const encryptedShareAnswer = shape("encryptedShare", {
  type: "object",
  required: ["memberId", "encryptedShare"],
  properties: {
    memberId: { type: "string" },
    encryptedShare: { type: "string", pattern: "^[A-Za-z0-9+/]+={0,2}$" },
  },
});

const submittedAnswer = shape("shareSubmitted", {
  type: "object",
  required: ["message", "submittedCount", "recoveryThreshold"],
  properties: {
    message: { type: "string" },
    submittedCount: { type: "integer", minimum: 0 },
    recoveryThreshold: { type: "integer", minimum: 0 },
    fullKeySubmitted: { type: "boolean" },
  },
});

/** What a service says when it has taken a share. */
export interface SharesSubmitted {
  /** For people. */
  readonly message: string;
  readonly submitted: number;
  /** How many it takes; an owner's share is enough alone. */
  readonly threshold: number;
  /** Whether it took the last one: the service now reads the private part of its ledger. */
  readonly complete: boolean;
}

/**
 * A member's recovery share as the service keeps it, encrypted to the member's recovery key; base64. Anybody may read it.
 *
 * @throws {ServiceError} `ResourceNotFound` if the member has none
 */
export async function encryptedRecoveryShare(client: Client, memberId: string): Promise<string> {
  const answer = (await client.get(REQUESTS.encryptedShare(memberId))).as(encryptedShareAnswer);
  if (answer.memberId === memberId) return answer.encryptedShare;
  const message = `The service gave the share of ${answer.memberId}, not of ${memberId}`;
  throw new ServiceError(200, "UnexpectedAnswer", message);
}

/**
 * Fetches a member's recovery share and decrypts it. Shares change whenever members, the threshold or the ledger's key do,
 * so it is fetched when it is needed.
 *
 * @param recoveryKeyPem private key, of the public one that the member was registered with; RSA, PEM
 * @returns the share; overwrite it after use (`share.fill(0)`)
 * @throws as {@link encryptedRecoveryShare} and {@link decryptShare}
 */
export async function fetchRecoveryShare(
  client: Client,
  memberId: string,
  recoveryKeyPem: string,
): Promise<RecoveryShare> {
  return decryptShare(await encryptedRecoveryShare(client, memberId), recoveryKeyPem);
}

/**
 * Decrypts a share: RSA-OAEP with SHA-256 (RFC 8017 §7.1), without a label.
 *
 * @param encrypted base64
 * @throws {UsageError} `InvalidRecoveryKey` if the key is none
 * @throws {VerificationError} `ShareNotDecrypted`; `ShareMalformed` if what comes out is no share
 */
export function decryptShare(encrypted: string, recoveryKeyPem: string): RecoveryShare {
  const share = decrypt(Buffer.from(encrypted, "base64"), recoveryKeyPem);
  if (share.length === SHARE_BYTES) return share;
  const message = `A recovery share has ${SHARE_BYTES} bytes, this one has ${share.length}`;
  share.fill(0);
  throw new VerificationError("ShareMalformed", message);
}

function decrypt(encrypted: Buffer, recoveryKeyPem: string): Buffer {
  const key = recoveryKey(recoveryKeyPem);
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, encrypted);
  } catch {
    // why it failed is of no use to whoever has the wrong key, and of some to whoever tries keys
    throw new VerificationError(
      "ShareNotDecrypted",
      "The recovery share is not encrypted to this key; give the recovery key that the member is registered with",
    );
  }
}

function recoveryKey(pem: string) {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // told below, without a word of what may be a key
  }
  throw new UsageError("InvalidRecoveryKey", "The recovery key is no RSA private key in PEM");
}

/**
 * Fetches, decrypts and submits the share of a member to a service that is being recovered. With the last one that it
 * takes, the service begins to read the private part of its ledger; it is open when that is done.
 *
 * The shares that were submitted only prove themselves together: if the service then answers `InternalError`, one of them
 * was wrong, and all have to be submitted again.
 *
 * @throws {ServiceError} `ServiceNotWaitingForRecoveryShares` if it is not being recovered, or the members have not voted
 * yet; `NodeAlreadyRecovering` if enough were submitted before
 */
export async function submitRecoveryShare(
  client: Client,
  member: Identity,
  recoveryKeyPem: string,
): Promise<SharesSubmitted> {
  const share = await fetchRecoveryShare(client, memberIdOf(member.certificatePem), recoveryKeyPem);
  try {
    return await submitDecryptedShare(client, member, share);
  } finally {
    share.fill(0);
  }
}

/** Submits a share that was decrypted otherwise, for example by a hardware security module. See {@link submitRecoveryShare}. */
export async function submitDecryptedShare(
  client: Client,
  member: Identity,
  share: RecoveryShare,
): Promise<SharesSubmitted> {
  const path = REQUESTS.recover(memberIdOf(member.certificatePem));
  const content = { share: share.toString("base64") };
  const answer = await sendSigned(client, member, path, "recovery_share", content);
  return submittedIn(answer.as(submittedAnswer));
}

function submittedIn(answer: Of<typeof submittedAnswer>): SharesSubmitted {
  const { message, submittedCount: submitted, recoveryThreshold: threshold, fullKeySubmitted } = answer;
  return { message, submitted, threshold, complete: fullKeySubmitted === true || submitted >= threshold };
}
