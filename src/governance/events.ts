import { digestOf } from "../kit/canonical.js";
import type { LedgerRange } from "../kit/ledger-ranges.js";
import { Refusal } from "../kit/refusal.js";
import { Series } from "../kit/series.js";
import { eventCounts, eventRows, type StoredEvent } from "./tables.js";

/** 2286-11-20T17:46:39.999Z, the last moment that 13 digits of milliseconds can say. */
const LAST_TIMESTAMP = 9_999_999_999_999;
const TIMESTAMP_DIGITS = 13;
/** Sequence numbers that one page covers at most. */
export const MOST_SEQNOS_PER_PAGE = 2000;

/** Which events are meant: those of one id in one scope of a contract. Id and scope may be empty. */
export interface EventSelector {
  readonly contractId: string;
  readonly scope: string;
  readonly id: string;
}

/** What the receipt of an event proves: its canonical JSON is digested into the claim of its transaction. */
export interface EventClaim extends EventSelector {
  /** Milliseconds since 1970, 13 digits. */
  readonly timestamp: string;
  readonly data: unknown;
}

/** An event as the API gives it. Existing clients know two spellings of the same field. */
export interface Event extends EventClaim {
  readonly seqno: number;
  readonly timestamp_iso: string;
  readonly timestampIso: string;
}

const seriesOf = ({ contractId, scope, id }: EventSelector): Series<StoredEvent> =>
  new Series(eventRows(), eventCounts(), `${contractId}/${scope}/${id}`);

/** Reads a timestamp as clients send it: decimal milliseconds since 1970. */
export function readTimestamp(value: unknown): string {
  if (value === undefined || value === null || value === "") {
    throw new Refusal("TimestampMissing", 'Send "timestamp": milliseconds since 1970 as a string of digits.');
  }
  // of an object that names a member "toString" or "valueOf" there is no number to make
  if (typeof value !== "object" && Number(value) > LAST_TIMESTAMP) {
    throw new Refusal(
      "TimestampTooLarge",
      `The timestamp is beyond ${LAST_TIMESTAMP} milliseconds since 1970.`,
    );
  }
  if (typeof value !== "string" || value.length > TIMESTAMP_DIGITS || !/^[0-9]+$/.test(value)) {
    throw new Refusal(
      "TimestampInvalid",
      "The timestamp must be a string of 1 to 13 digits, milliseconds since 1970.",
    );
  }
  return value.padStart(TIMESTAMP_DIGITS, "0");
}

/** Appends an event and makes it the claim of this transaction. */
export function putEvent(selector: EventSelector, timestamp: string, data: unknown): void {
  const { contractId, scope, id } = selector;
  const claim: EventClaim = { contractId, scope, id, timestamp, data };
  ccf.rpc.setClaimsDigest(digestOf(claim));
  seriesOf(selector).append(() => ({ timestamp, data }));
}

/** The newest event, if there is any. */
export function latestEvent(selector: EventSelector): Event[] {
  const series = seriesOf(selector);
  return eventsBetween(selector, series, series.length, series.length);
}

/** One page of a range, and where the next one starts; stretches of the ledger without these events are skipped. */
export function eventPage(
  selector: EventSelector,
  { from = 1, to, perPage }: LedgerRange,
): { value: Event[]; next: { from: number; to: number } | undefined } {
  const series = seriesOf(selector);
  const end = to ?? series.seqnoOf(series.length) ?? 0;
  const first = series.firstSince(from);
  const begin = series.seqnoOf(first) ?? Infinity;
  const beyond = series.firstSince(Math.min(begin + perPage, end) + 1);
  const value = begin > end ? [] : eventsBetween(selector, series, first, beyond - 1);
  const following = begin > end ? undefined : series.seqnoOf(beyond);
  return {
    value,
    next: following !== undefined && following <= end ? { from: following, to: end } : undefined,
  };
}

function eventsBetween(
  selector: EventSelector,
  series: Series<StoredEvent>,
  first: number,
  last: number,
): Event[] {
  const found: Event[] = [];
  for (let number = first; number <= last; number++) {
    const stored = series.get(number);
    const seqno = series.seqnoOf(number);
    if (stored === undefined || seqno === undefined) continue;
    const { contractId, scope, id } = selector;
    const iso = new Date(Number(stored.timestamp)).toISOString();
    const { timestamp, data } = stored;
    found.push({ contractId, scope, id, seqno, timestamp, timestamp_iso: iso, timestampIso: iso, data });
  }
  return found;
}
