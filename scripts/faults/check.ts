import { isDeepStrictEqual } from "node:util";

/** An event that was reported as committed. */
export interface Committed {
  readonly number: number;
  /** What it said. */
  readonly said: string;
  readonly txId: string;
  /** Milliseconds since 1970: when it was sent, and when it was known to be committed. */
  readonly sent: number;
  readonly at: number;
}

/** What a ledger does not have, or has otherwise than was reported. */
export interface Missing {
  readonly number: number;
  readonly txId: string;
  readonly found: string;
}

/** An event as it is read. */
interface Read {
  readonly seqno: number;
  readonly data: unknown;
}

/** Which events that were reported as committed are not there, with their content, in their transaction. */
export function missingOf(committed: readonly Committed[], read: Iterable<Read>): Missing[] {
  const bySeqno = new Map(Array.from(read, ({ seqno, data }) => [seqno, data]));
  return committed.flatMap(({ number, said, txId }) => {
    const found = bySeqno.get(seqnoOf(txId));
    if (isDeepStrictEqual(found, { number, said })) return [];
    return [{ number, txId, found: found === undefined ? "nothing" : "something else" }];
  });
}

/** @param txId `<view>.<seqno>` */
export const seqnoOf = (txId: string): number => Number(txId.split(".")[1]);
