import { constants, createPrivateKey, privateDecrypt } from "node:crypto";
import { encryptedShare, shareSubmitted } from "./answers.js";
import type { Client } from "./client.js";
import { UsageError, VerificationError } from "./errors.js";
import { REQUESTS, sendSigned } from "./governance.js";
import { type Identity, memberIdOf } from "./identity.js";

/** A share of the key that wraps the ledger's keys. It is a secret: never print or store it. */
export type RecoveryShare = Buffer;

/** How many shares were submitted, and how many it takes. */
export interface SharesSubmitted {
  readonly submitted: number;
  readonly threshold: number;
}

/**
 * Fetches a member's recovery share and decrypts it. Shares change whenever members, the threshold or the ledger's key do,
 * so it is fetched when it is needed.
 *
 * @param recoveryKeyPem private key, of the public one that the member was registered with; RSA, PEM
 * @returns the share; overwrite it after use (`share.fill(0)`)
 * @throws {ServiceError} `ResourceNotFound` if the member has none
 * @throws {VerificationError} `ShareNotDecrypted` if it is encrypted to another key
 */
export async function fetchRecoveryShare(
  client: Client,
  memberId: string,
  recoveryKeyPem: string,
): Promise<RecoveryShare> {
  const answer = await client.get(REQUESTS.encryptedShare(memberId));
  return decryptShare(answer.as(encryptedShare).encryptedShare, recoveryKeyPem);
}

/**
 * Decrypts a share: RSA-OAEP with SHA-256 (RFC 8017 §7.1), without a label.
 *
 * @param encrypted base64
 * @throws {UsageError} `InvalidRecoveryKey` if the key is none
 * @throws {VerificationError} `ShareNotDecrypted`
 */
export function decryptShare(encrypted: string, recoveryKeyPem: string): RecoveryShare {
  const key = recoveryKey(recoveryKeyPem);
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key, padding, oaepHash: "sha256" }, Buffer.from(encrypted, "base64"));
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
 * @throws {ServiceError} `ServiceNotWaitingForRecoveryShares` if it is not being recovered
 */
export async function submitRecoveryShare(
  client: Client,
  member: Identity,
  recoveryKeyPem: string,
): Promise<SharesSubmitted> {
  const memberId = memberIdOf(member.certificatePem);
  const share = await fetchRecoveryShare(client, memberId, recoveryKeyPem);
  const content = { share: share.toString("base64") };
  share.fill(0);
  const answer = await sendSigned(client, member, REQUESTS.recover(memberId), "recovery_share", content);
  const { submittedCount: submitted, recoveryThreshold: threshold } = answer.as(shareSubmitted);
  return { submitted, threshold };
}
