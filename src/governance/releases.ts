import { digestOf } from "../kit/canonical.js";
import { Series } from "../kit/series.js";
import { transactionId } from "../kit/transactions.js";
import { releaseCounts, type ReleaseRecord, releaseRows } from "./tables.js";

const seriesOf = (contractId: string): Series<ReleaseRecord> =>
  new Series(releaseRows(), releaseCounts(), contractId);

/**
 * Writes the record of a release in the transaction that releases, and makes it the claim of that transaction.
 *
 * @returns the number of the release: 1, 2, 3, ... per contract
 */
export function recordRelease(
  contractId: string,
  details: Omit<ReleaseRecord, "contractId" | "release">,
): number {
  const record = seriesOf(contractId).append((release) => ({ contractId, release, ...details }));
  ccf.rpc.setClaimsDigest(digestOf(record));
  return record.release;
}

/** A record, and the transaction whose receipt proves it. */
export interface Release {
  readonly transactionId: string;
  readonly record: ReleaseRecord;
}

/** Records from a number on, at most `limit`, and the number of the one after them, if there is one. */
export function releasesFrom(
  contractId: string,
  from: number,
  limit: number,
): { value: Release[]; next?: number } {
  const page = seriesOf(contractId).page(from, limit);
  return {
    ...page,
    value: page.value.map(({ seqno, value: record }) => ({ transactionId: transactionId(seqno), record })),
  };
}
