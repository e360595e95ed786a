import { constants, createCipheriv, publicEncrypt, randomBytes } from "node:crypto";
import type { Transaction } from "../../kv/store.js";
import type { LedgerSecret, VersionedLedgerSecret } from "../../ledger/secrets.js";
import { encodeShare, keyOfSecret, sampleSecret } from "./secret-sharing.js";
import * as tables from "./tables.js";

/** Records the secret in use, and hands out shares of it: what opening a service does. */
export function issueRecoveryShares(tx: Transaction, current: VersionedLedgerSecret): void {
  shuffleRecoveryShares(tx, current.secret);
  tables.pastLedgerSecret(tx).set({ next_version: current.seqno });
}

/** Hands out shares of a secret about to replace another, and keeps the other, encrypted with it. */
export function issueRecoverySharesOfNext(
  tx: Transaction,
  next: LedgerSecret,
  current: VersionedLedgerSecret,
): void {
  setRecoveryShares(tx, next, undefined);
  const past = tables.pastLedgerSecret(tx);
  const storedAt = past.versionOfPreviousWrite();
  past.set({
    previous_ledger_secret: {
      encrypted_data: base64(encryptGcm(next.key, randomBytes(12), current.secret.key)),
      ...(storedAt === undefined ? {} : { previous_secret_stored_version: storedAt }),
      version: current.seqno,
    },
  });
}

/**
 * Hands out new shares of the secret in use, which makes the earlier ones worthless.
 *
 * @throws {Error} if there are too few members for the threshold
 */
export function shuffleRecoveryShares(tx: Transaction, current: LedgerSecret): void {
  const past = tables.pastLedgerSecret(tx);
  const replaced = past.get()?.previous_ledger_secret !== undefined;
  setRecoveryShares(tx, current, replaced ? past.versionOfPreviousWrite() : undefined);
}

/**
 * Wraps the secret with a new key, splits that key, and encrypts a share to each active member who takes part in
 * recovery; owners get the key whole.
 */
function setRecoveryShares(
  tx: Transaction,
  secret: LedgerSecret,
  previousStoredAt: number | undefined,
): void {
  const threshold = tables.serviceConfiguration(tx).get()?.recovery_threshold ?? 0;
  const participants = activeMembers(tx, "Participant");
  const owners = activeMembers(tx, "Owner");
  const count = countOfShares(participants.length, owners.length, threshold);

  const wrapping = sampleSecret(count, threshold);
  const shares = [
    // Where owners are alone there is a share for nobody.
    ...wrapping.shares.flatMap((share, index) => {
      const member = participants[index];
      return member ? [{ ...member, share }] : [];
    }),
    ...owners.map((member) => ({ ...member, share: wrapping.secret })),
  ];
  const encrypted = shares
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(
      ({ id, encryptionKey, share }) => [id, base64(encryptTo(encryptionKey, encodeShare(share)))] as const,
    );
  tables.recoveryShares(tx).set({
    encrypted_shares: Object.fromEntries(encrypted),
    ...(previousStoredAt === undefined ? {} : { previous_secret_stored_version: previousStoredAt }),
    // The wrapping key is used this once, so a nonce of zeros is safe; it is what CCF's recovery expects.
    wrapped_latest_ledger_secret: base64(
      encryptGcm(keyOfSecret(wrapping.secret), new Uint8Array(12), secret.key),
    ),
  });
}

/** RSA-OAEP with SHA-256, as members' and nodes' encryption keys are used. */
export function encryptTo(publicKeyPem: string, plaintext: Uint8Array): Uint8Array {
  return publicEncrypt(
    { key: publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    plaintext,
  );
}

function activeMembers(
  tx: Transaction,
  role: "Participant" | "Owner",
): { id: string; encryptionKey: string }[] {
  const members = tables.members(tx);
  return tables
    .memberEncryptionKeys(tx)
    .entries()
    .map(([id, encryptionKey]) => ({ id, encryptionKey, details: members.get(id) }))
    .filter(
      ({ details }) => details?.status === "Active" && (details.recovery_role ?? "Participant") === role,
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Owners alone share nothing: the one share there is goes to nobody, so the threshold can only be 1. */
function countOfShares(participants: number, owners: number, threshold: number): number {
  if (participants === 0 && owners === 0)
    throw new Error("There should be at least one active recovery member to issue recovery shares");
  if (threshold === 0)
    throw new Error("Recovery threshold should be set before recovery shares are computed");
  if (participants > 0 && threshold > participants)
    throw new Error(
      `Recovery threshold ${threshold} should be equal to or less than the number of active recovery members ${participants}`,
    );
  if (participants === 0 && threshold > 1)
    throw new Error(
      `Recovery threshold ${threshold} cannot be greater than 1 when the consortium consists of only active recovery owner members (${owners})`,
    );
  return Math.max(participants, 1);
}

/** Tag, nonce and ciphertext, in CCF's order. */
function encryptGcm(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([cipher.getAuthTag(), nonce, ciphertext]);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
