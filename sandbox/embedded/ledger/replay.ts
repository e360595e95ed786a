import { createPublicKey } from "node:crypto";
import type { Store } from "../kv/store.js";
import { damaged, type Damage, type StoredEntry } from "./chunk.js";
import { leafOf, sha256 } from "./digests.js";
import { decodeEntry, decryptEntry, firstTableOffset, formatVersion, type Entry } from "./entry.js";
import { LedgerError } from "./errors.js";
import type { LedgerFiles } from "./files.js";
import { MerkleTree } from "./merkle.js";
import type { LedgerSecrets } from "./secrets.js";
import {
  firstSignatureTable,
  isSignature,
  issuedAt,
  readSignature,
  verifySignature,
  type LedgerIdentity,
  type SignatureContents,
} from "./signature.js";
import { formatTxId, type TxId } from "./txid.js";
import type { ViewHistory } from "./views.js";

/** What follows from the entries of a ledger. */
export interface LedgerState {
  readonly store: Store;
  readonly tree: MerkleTree;
  readonly views: ViewHistory;
  /** sequence numbers of the signature transactions, ascending */
  readonly signatures: number[];
}

/**
 * Rebuilds `state` from the signed entries of a ledger, and verifies them.
 *
 * Every root on the ledger must be the one that follows from the entries, and the last must be signed by the service
 * and its node: this vouches for everything before it, the earlier signatures included.
 *
 * @returns the last signature transaction, and when it was made, in seconds since 1970; what comes after it was never
 * reported committed
 * @throws {LedgerError} if anything is damaged, or is not by this service
 */
export function replay(
  files: LedgerFiles,
  state: LedgerState,
  { secrets, identity }: { secrets: LedgerSecrets; identity: LedgerIdentity },
): { id: TxId; signedAt: number } {
  let unsigned: { entry: Entry; leaf: Buffer; apply: () => void }[] = [];
  let last: { id: TxId; contents: SignatureContents; root: Uint8Array } | undefined;
  let previous: TxId = { view: 0, seqno: 0 };

  for (const stored of files.entries()) {
    try {
      const { entry, writeSet, leaf } = open(stored, previous, secrets);
      unsigned.push({ entry, leaf, apply: () => state.store.apply(writeSet, entry.id.seqno) });
      previous = entry.id;
      if (!isSignature(entry.publicTables)) continue;

      for (const { leaf } of unsigned.slice(0, -1)) state.tree.append(leaf);
      const root = state.tree.root();
      const contents = readSignature(entry.publicTables);
      checkRoot(contents, root, entry.id);
      state.tree.append(leaf);
      for (const { entry, apply } of unsigned) {
        apply();
        state.views.append(entry.id);
      }
      unsigned = [];
      state.signatures.push(entry.id.seqno);
      last = { id: entry.id, contents, root };
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw damagedAt(files, stored.seqno, error.message);
    }
  }

  refuseDamage(files);
  if (!last)
    throw new LedgerError(`The ledger in ${files.directory} was never signed: nothing on it is valid`, {
      code: "LedgerIncomplete",
    });
  try {
    verifySignature(last.contents, last.root, {
      service: createPublicKey(identity.service.privateKey),
      node: createPublicKey(identity.node.privateKey),
    });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw damagedAt(files, last.id.seqno, error.message);
  }
  return { id: last.id, signedAt: issuedAt(last.contents) };
}

/**
 * Verifies what can be verified without any key: every root on the ledger must be the one that follows from the entries.
 *
 * @returns how many roots there are: without any, nothing is verified but that entries follow one another
 * @throws {LedgerError} if anything is damaged
 */
export function verifyRoots(files: LedgerFiles): number {
  const tree = new MerkleTree();
  let roots = 0;
  let previous: TxId = { view: 0, seqno: 0 };
  for (const stored of files.entries()) {
    try {
      const { entry, leaf } = decode(stored, previous);
      if (isSignature(entry.publicTables)) {
        checkRoot(readSignature(entry.publicTables), tree.root(), entry.id);
        roots += 1;
      }
      tree.append(leaf);
      previous = entry.id;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw damagedAt(files, stored.seqno, error.message);
    }
  }
  refuseDamage(files);
  return roots;
}

function decode({ seqno, bytes }: StoredEntry, previous: TxId) {
  const entry = decodeEntry(bytes);
  if (entry.id.seqno !== seqno || entry.id.view < previous.view) {
    throw new LedgerError(`found transaction ${formatTxId(entry.id)} in its place`);
  }
  return { entry, leaf: leafOf({ writeSetDigest: sha256(bytes), ...entry }) };
}

function open(stored: StoredEntry, previous: TxId, secrets: LedgerSecrets) {
  const { entry, leaf } = decode(stored, previous);
  return { entry, writeSet: decryptEntry(entry, secrets.at(stored.seqno)), leaf };
}

function checkRoot({ node }: SignatureContents, root: Uint8Array, id: TxId): void {
  if (node.seqno !== id.seqno || node.view !== id.view || node.root !== Buffer.from(root).toString("hex")) {
    throw new LedgerError("the root it signs is not that of the transactions before it");
  }
}

/** What stands after the last whole entry may be an interrupted write, and nothing else. */
function refuseDamage(files: LedgerFiles): void {
  if (files.damage && !isTorn(files.damage)) throw damagedAt(files, files.damage.seqno, files.damage.reason);
}

/**
 * Whether what stands after the last whole entry is what an interrupted write leaves: the beginning of one entry, or
 * zeros after a power failure. A signature of a later entry shows that it was whole once.
 */
function isTorn({ bytes }: Damage): boolean {
  if (bytes.every((byte) => byte === 0)) return true;
  return bytes[0] === formatVersion && !bytes.includes(firstSignatureTable, firstTableOffset + 1);
}

function damagedAt(files: LedgerFiles, seqno: number, reason: string): LedgerError {
  return damaged(files.pathOf(seqno), { seqno, reason });
}
