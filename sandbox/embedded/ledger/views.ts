import type { TxId, TxStatus } from "./txid.js";

/** Which view each transaction belongs to. */
export class ViewHistory {
  /** each view with its first transaction, ascending */
  readonly #starts: TxId[] = [];
  #lastSeqno = 0;

  /** Records that `id` is the next transaction. */
  append({ view, seqno }: TxId): void {
    if (this.#starts.at(-1)?.view !== view) this.#starts.push({ view, seqno });
    this.#lastSeqno = seqno;
  }

  /** Each view with its first transaction, ascending. */
  get starts(): readonly TxId[] {
    return this.#starts;
  }

  /** The view of an existing transaction. */
  viewOf(seqno: number): number | undefined {
    if (seqno < 1 || seqno > this.#lastSeqno) return undefined;
    return this.#starts.findLast((start) => start.seqno <= seqno)?.view;
  }

  /**
   * What became of the transaction that once got this id. An id of an earlier view that is not on the ledger can never
   * get there; one of the present view may still come.
   */
  status(id: TxId, committed: TxId): TxStatus {
    const exists = this.viewOf(id.seqno) === id.view;
    if (id.seqno <= committed.seqno) return exists ? "Committed" : "Invalid";
    if (exists) return "Pending";
    return committed.view > id.view ? "Invalid" : "Unknown";
  }
}
