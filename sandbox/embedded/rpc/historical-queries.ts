import type { HistoricalState, Ledger } from "../ledger/ledger.js";
import { formatTxId, parseTxId, type TxId } from "../ledger/txid.js";
import { RpcError } from "./errors.js";
import type { RpcResponse } from "./http.js";

/** milliseconds for which what was fetched is kept for whoever asks again */
const KEPT_MS = 60_000;
/** seconds after which CCF asks clients to come back */
const RETRY_AFTER = "3";

/**
 * Reads the past. A CCF node has to fetch it from its host first and answers 202 meanwhile; clients have to cope with
 * that, so this node answers the first request for a transaction in the same way.
 */
export class HistoricalQueries {
  readonly #ledger: Ledger;
  /** by sequence number, milliseconds since 1970 of the first request */
  readonly #asked = new Map<number, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Answers from the state of a committed transaction.
   *
   * @param id as the request names it
   * @throws {RpcError} if there is no such transaction
   */
  answer(id: string | undefined, describe: (state: HistoricalState) => RpcResponse): RpcResponse {
    const txId = parseCountingTxId(id);
    if (!txId) throw new RpcError(404, "TransactionInvalid", "Could not extract Transaction Id");
    const text = formatTxId(txId);
    const status = this.#ledger.status(txId);
    const refusal = `Only committed transactions can be queried. Transaction ${text} is ${status}`;
    if (status === "Invalid") throw new RpcError(404, "TransactionInvalid", refusal);
    if (status !== "Committed")
      throw new RpcError(404, "TransactionPendingOrUnknown", refusal, {
        headers: { "cache-control": "no-cache" },
      });
    const state = this.#wasAsked(txId.seqno) ? this.#ledger.historical(txId.seqno) : undefined;
    if (state) return describe(state);
    return {
      status: 202,
      headers: { "retry-after": RETRY_AFTER, "content-type": "text/plain" },
      body: `Historical transaction ${text} is not currently available.`,
    };
  }

  #wasAsked(seqno: number): boolean {
    const now = Date.now();
    for (const [other, at] of this.#asked) {
      // Oldest first.
      if (now - at < KEPT_MS) break;
      this.#asked.delete(other);
    }
    if (this.#asked.has(seqno)) return true;
    this.#asked.set(seqno, now);
    return false;
  }
}

/** Neither view nor sequence number 0 is ever given out. */
export function parseCountingTxId(text: string | undefined): TxId | undefined {
  const id = text === undefined ? undefined : parseTxId(text);
  return id && id.view > 0 && id.seqno > 0 ? id : undefined;
}
