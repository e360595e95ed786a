import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { LedgerError } from "./errors.js";
import { formatTxId, parseTxId, type TxId } from "./txid.js";

/** wide enough for any id, so that a shorter one overwrites a longer one */
const width = 40;

/**
 * Remembers the last transaction that was reported committed, apart from the ledger. Without it, a ledger file that was
 * cut short would pass for one whose last writes were interrupted, or for one of an earlier day.
 *
 * It is written after the ledger is stored and not synchronised itself: it may lag behind, but never run ahead.
 */
export class CommittedMark {
  readonly #path: string | undefined;
  #file: number | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** @throws {LedgerError} if the ledger, which ends with `last`, lacks what was reported committed */
  check(last: TxId, directory: string): void {
    if (this.#path === undefined || !existsSync(this.#path)) return;
    const marked = parseTxId(readFileSync(this.#path, "utf8").trim());
    if (!marked || marked.seqno <= last.seqno) return;
    throw new LedgerError(
      `The ledger in ${directory} ends with transaction ${formatTxId(last)}, but ${formatTxId(marked)} was reported ` +
        `committed: restore its files from a copy, or delete ${this.#path} to accept the loss`,
      { code: "LedgerIncomplete" },
    );
  }

  write(id: TxId): void {
    if (this.#path === undefined) return;
    this.#file ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    writeSync(this.#file, formatTxId(id).padEnd(width), 0);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
