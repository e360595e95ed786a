import { utf8 } from "../kit/encodings.js";
import type { LedgerRange } from "../kit/ledger-ranges.js";
import { Refusal } from "../kit/refusal.js";
import { proposals, proposalsInfo } from "./tables.js";

/** Sequence numbers that one page covers at most, after its first: a call has a second, and each state is an object or more. */
export const MOST_STATES_PER_PAGE = 200;
/** Seconds for which a node keeps what it has fetched, for whoever asks again. */
const KEPT_SECONDS = 1800;

/** A state that a proposal had, and the sequence number of the transaction that wrote it. */
export interface PastState {
  readonly seqno: number;
  readonly proposalId: string;
  readonly proposalState: string;
}

export interface HistoryPage {
  readonly value: readonly PastState[];
  readonly next?: { readonly from: number; readonly to: number };
}

/**
 * One page of what became of a governance proposal: a state for every transaction that wrote it, ballots included. CCF
 * forgets a closed proposal when another one closes, so it is read from the ledger itself.
 *
 * @returns `undefined` while the node fetches that part of the ledger
 * @throws {Refusal} `InvalidParameter`
 */
export function proposalHistory(
  proposalId: string,
  { from = 1, to, perPage }: LedgerRange,
): HistoryPage | undefined {
  const committed = ccf.consensus.getLastCommittedTxId().seqno;
  if (Math.max(from, to ?? from) > committed) {
    throw new Refusal(
      "InvalidParameter",
      `The ledger is committed up to sequence number ${committed}; the range must not go beyond.`,
    );
  }
  // of a proposal that is not forgotten, the tables know the first and the last write
  const first = Math.max(from, proposals().versionOf(proposalId) ?? 1);
  const newest = proposalsInfo().versionOf(proposalId);
  const last = Math.min(to ?? Infinity, newest ?? committed);
  if (last < first) return { value: [] };
  if (last > committed) return undefined;

  const end = Math.min(first + perPage, last);
  const value = statesBetween(proposalId, first, end);
  if (value === undefined || end === last) return value && { value };
  const next = { from: end + 1, to: last };
  fetchStates(proposalId, next.from, Math.min(next.from + perPage, next.to));
  return { value, next };
}

function statesBetween(proposalId: string, from: number, to: number): PastState[] | undefined {
  const transactions = fetchStates(proposalId, from, to);
  if (transactions === null) return undefined;
  const states = transactions.flatMap(({ kv }, index) => {
    const info = proposalsInfo(kv).get(proposalId);
    return info === undefined ? [] : [{ seqno: from + index, proposalId, proposalState: info.state }];
  });
  ccf.historical.dropCachedStates(handleOf(proposalId, from, to));
  return states;
}

const fetchStates = (
  proposalId: string,
  from: number,
  to: number,
): ReturnType<typeof ccf.historical.getStateRange> =>
  ccf.historical.getStateRange(handleOf(proposalId, from, to), from, to, KEPT_SECONDS);

/** Nodes know a range that is asked for by a number: the same one at each attempt, and another one for another range. */
function handleOf(proposalId: string, from: number, to: number): number {
  const digest = new DataView(ccf.crypto.digest("SHA-256", utf8(`${proposalId}/${from}/${to}`)));
  // 48 bits, which a double can hold
  return digest.getUint32(0) * 2 ** 16 + digest.getUint16(4);
}
