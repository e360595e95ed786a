import { integer, optional } from "./readers.js";
import { Refusal } from "./refusal.js";

/** Query parameters of what is read from a range of the ledger, page by page. */
export const ranging = {
  // a historical query from 0 can crash a node
  from_seqno: optional(integer(1)),
  to_seqno: optional(integer(1)),
  max_seqno_per_page: optional(integer(0)),
};

interface RangeQuery {
  readonly from_seqno: number | undefined;
  readonly to_seqno: number | undefined;
  readonly max_seqno_per_page: number | undefined;
}

/** Sequence numbers, both ends included. What is absent is as far as there can be anything. */
export interface LedgerRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** A page covers this many after its first. */
  readonly perPage: number;
}

/**
 * @param most that a page covers after its first
 * @throws {Refusal} `InvalidParameter`
 */
export function readRange(
  { from_seqno: from, to_seqno: to, max_seqno_per_page: perPage }: RangeQuery,
  most: number,
): LedgerRange {
  if (to === undefined || to >= (from ?? 1)) return { from, to, perPage: Math.min(perPage ?? most, most) };
  throw new Refusal(
    "InvalidParameter",
    `"to_seqno" (${to}) must not be less than "from_seqno" (${from ?? 1}).`,
  );
}

/** The query of the next page. */
export const rangeText = ({ from, to }: { from: number; to: number }, perPage: number): string =>
  `from_seqno=${from}&to_seqno=${to}&max_seqno_per_page=${perPage}`;
