import { createHmac, hash } from "node:crypto";
import type { LedgerSecret } from "./secrets.js";
import { formatTxId, type TxId } from "./txid.js";

/** The claims digest of a transaction without claims: 32 zero bytes. */
export const noClaims: Uint8Array = new Uint8Array(32);

/** SHA-256 of the parts one after the other. */
export function sha256(...parts: Uint8Array[]): Buffer {
  const [only] = parts;
  return hash("sha256", only && parts.length === 1 ? only : Buffer.concat(parts), "buffer");
}

/**
 * The text whose digest stands on the ledger and which comes out only with a receipt: who has it knows that the
 * transaction was committed.
 */
export function commitEvidence(id: TxId, secret: LedgerSecret): string {
  const text = formatTxId(id);
  return `ce:${text}:${createHmac("sha256", secret.commitSecret).update(text).digest("hex")}`;
}

/** What a transaction contributes to the Merkle tree. */
export interface LeafParts {
  /** SHA-256 of the whole entry */
  readonly writeSetDigest: Uint8Array;
  readonly commitEvidenceDigest: Uint8Array;
  readonly claimsDigest: Uint8Array;
}

/** The leaf of a transaction in the Merkle tree. */
export function leafOf({ writeSetDigest, commitEvidenceDigest, claimsDigest }: LeafParts): Buffer {
  return sha256(writeSetDigest, commitEvidenceDigest, claimsDigest);
}
