import type { HistoricalState } from "../../ledger/ledger.js";
import type { NodeInterface } from "../types.js";

/** A range of sequence numbers, both ends included, that an application asks for under a handle of its choice. */
export interface StateRange {
  readonly handle: number;
  readonly from: number;
  readonly to: number;
  readonly expirySeconds: number;
}

/** seconds for which a range is kept at most, as in CCF */
const LONGEST_EXPIRY = 24 * 60 * 60;

/**
 * The ranges that applications have asked for. A node of CCF has to fetch them from its host, and so gives nothing at
 * first; applications have to cope with that, so the first request for a range gets nothing here either.
 */
export class HistoricalRanges {
  /** by handle, the range it stands for, until a time in milliseconds */
  readonly #asked = new Map<number, { from: number; to: number; until: number }>();

  /**
   * The states of all transactions in a range, `undefined` while they are not all there.
   * @throws {Error} if the range ends before it begins
   */
  get(node: NodeInterface, { handle, from, to, expirySeconds }: StateRange): HistoricalState[] | undefined {
    if (to < from) throw new Error(`Invalid range for historical query: end ${to} is before start ${from}`);
    this.#forgetExpired();
    const known = this.#asked.get(handle);
    const until = Date.now() + Math.min(expirySeconds, LONGEST_EXPIRY) * 1000;
    this.#asked.delete(handle);
    this.#asked.set(handle, { from, to, until });
    const asked = known && known.from <= from && to <= known.to;
    if (!asked || to > node.lastCommitted.seqno) return undefined;
    const states: HistoricalState[] = [];
    for (let seqno = from; seqno <= to; seqno++) {
      const state = node.historical(seqno);
      if (!state) return undefined;
      states.push(state);
    }
    return states;
  }

  /** @returns whether there was such a handle */
  drop(handle: number): boolean {
    this.#forgetExpired();
    return this.#asked.delete(handle);
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (const [handle, { until }] of this.#asked) if (until <= now) this.#asked.delete(handle);
  }
}
