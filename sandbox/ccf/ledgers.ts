import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "../../sdk/errors.js";
import { Chunk, parseChunkName } from "../embedded/ledger/chunk.js";
import { decodeEntry } from "../embedded/ledger/entry.js";
import { LedgerError } from "../embedded/ledger/errors.js";
import { LedgerFiles } from "../embedded/ledger/files.js";
import { verifyRoots } from "../embedded/ledger/replay.js";
import type { TxId } from "../embedded/ledger/txid.js";
import { nodeFiles } from "./configuration.js";

/** The ledger of one node, as far as it got. */
export interface NodeLedger {
  /** The node's. */
  readonly folder: string;
  /** Its last whole transaction. */
  readonly end: TxId;
  /** What stands after it in the last file, if anything: its node was ended while it wrote. */
  readonly torn: Torn | undefined;
}

interface Torn {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The ledger with everything that was committed, among those of all nodes of a network that has ended: the last one by
 * view and then by number, as nodes elect a primary.
 *
 * @throws {UsageError} `NoLedger`
 */
export function latestLedger(folders: readonly string[]): NodeLedger {
  const [latest] = folders
    .flatMap((folder) => endOf(folder) ?? [])
    .sort((a, b) => b.end.view - a.end.view || b.end.seqno - a.end.seqno);
  if (latest) return latest;
  const looked = `looked in ${folders.join(", ") || "no folder"}`;
  const advice = "Put a copy of a node's folder there, or begin another consortium with --workspace";
  throw new UsageError("NoLedger", `No node left a ledger; ${looked}. ${advice}`);
}

/**
 * Verifies a node's ledger, and copies it into the folder of the node that is to recover from it. What a node that joined
 * from a snapshot does not have is taken from the others.
 *
 * A node that recovers takes a ledger to end where it stops making sense, whatever follows; so this is where damage is
 * noticed.
 *
 * @returns by how many signed roots it was verified
 * @throws {UsageError} `LedgerDamaged` if a file is missing or damaged, and no other node has it
 */
export function copyLedger({ folder }: NodeLedger, others: readonly string[], into: string): number {
  const files = new Map(ledgerFiles(folder).map((file) => [file.first, file]));
  const begin = Math.min(...files.keys());
  for (const file of others.flatMap(ledgerFiles))
    if (file.committed && file.first < begin && !files.has(file.first)) files.set(file.first, file);
  const ascending = [...files.values()].sort((a, b) => a.first - b.first);
  const roots = intact(folder, () => {
    const ledger = LedgerFiles.of(join(folder, nodeFiles.ledger), ascending);
    try {
      return verifyRoots(ledger);
    } finally {
      ledger.close();
    }
  });
  const ledger = join(into, nodeFiles.ledger);
  mkdirSync(ledger, { recursive: true });
  for (const { path } of ascending) copyFileSync(path, join(ledger, basename(path)));
  return roots;
}

/** @throws {UsageError} `LedgerDamaged` */
function intact<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    const advice = `or move ${folder} away if another node has all of the ledger`;
    throw new UsageError("LedgerDamaged", `${cause.message}, ${advice}`, { cause });
  }
}

/** Files that a node that recovers reads; what it left of a recovery that was interrupted is none. */
function ledgerFiles(folder: string) {
  const ledger = join(folder, nodeFiles.ledger);
  if (!existsSync(ledger)) return [];
  return readdirSync(ledger)
    .flatMap((file) => {
      const name = parseChunkName(file);
      const path = join(ledger, file);
      return name ? [{ path, name, first: name.firstSeqno, committed: file.endsWith(".committed") }] : [];
    })
    .sort((a, b) => a.first - b.first);
}

function endOf(folder: string): NodeLedger | undefined {
  for (const { path, name } of ledgerFiles(folder).toReversed()) {
    const last = intact(folder, () => endOfFile(Chunk.open(path, name)));
    if (last) return { folder, ...last };
  }
  return undefined;
}

/** @returns `undefined` for a file that was just begun */
function endOfFile(chunk: Chunk): Pick<NodeLedger, "end" | "torn"> | undefined {
  try {
    if (chunk.lastSeqno < chunk.firstSeqno) return undefined;
    const { path, damage } = chunk;
    const torn = damage && { path, bytes: damage.bytes.length };
    return { end: decodeEntry(chunk.read(chunk.lastSeqno)).id, torn };
  } finally {
    chunk.close();
  }
}
