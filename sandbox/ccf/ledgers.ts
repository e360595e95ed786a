import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "../../sdk/errors.js";
import { Chunk, parseChunkName } from "../embedded/ledger/chunk.js";
import { decodeEntry } from "../embedded/ledger/entry.js";
import { LedgerError } from "../embedded/ledger/errors.js";
import { LedgerFiles } from "../embedded/ledger/files.js";
import type { TxId } from "../embedded/ledger/txid.js";
import { nodeFiles } from "./configuration.js";

/** The ledger of one node, as far as it got. */
export interface NodeLedger {
  /** The node's. */
  readonly folder: string;
  /** Its last whole transaction. */
  readonly end: TxId;
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
  throw new UsageError("NoLedger", `No node left a ledger; looked in ${folders.join(", ") || "no folder"}`);
}

/**
 * Copies a node's ledger into the folder of the node that is to recover from it. What a node that joined from a snapshot
 * does not have is taken from the others.
 *
 * @throws {UsageError} `LedgerDamaged` if a file is missing or damaged, and no other node has it
 */
export function copyLedger({ folder }: NodeLedger, others: readonly string[], into: string): void {
  const ledger = join(into, nodeFiles.ledger);
  mkdirSync(ledger, { recursive: true });
  const copied = new Set<number>();
  const copy = (path: string, first: number): void => {
    copyFileSync(path, join(ledger, basename(path)));
    copied.add(first);
  };
  for (const { path, first } of ledgerFiles(folder)) copy(path, first);
  const begin = Math.min(...copied);
  for (const { path, first, committed } of others.flatMap(ledgerFiles))
    if (committed && first < begin && !copied.has(first)) copy(path, first);
  intact(folder, () => {
    LedgerFiles.open(ledger).close();
  });
}

/** @throws {UsageError} `LedgerDamaged` */
function intact<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    const advice = `Put a whole copy of that file there, or move ${folder} away if another node has all of it`;
    throw new UsageError("LedgerDamaged", `Cannot recover from ${folder}: ${cause.message}. ${advice}`, {
      cause,
    });
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
    const end = intact(folder, () => lastTransaction(Chunk.open(path, name)));
    if (end) return { folder, end };
  }
  return undefined;
}

/** @returns `undefined` for a file that was just begun */
function lastTransaction(chunk: Chunk): TxId | undefined {
  try {
    return chunk.lastSeqno < chunk.firstSeqno ? undefined : decodeEntry(chunk.read(chunk.lastSeqno)).id;
  } finally {
    chunk.close();
  }
}
