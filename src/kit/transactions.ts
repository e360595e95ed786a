import { Refusal } from "./refusal.js";

/**
 * The transaction that has a sequence number, as `<view>.<seqno>`; also what the API calls the version of an item.
 *
 * @throws {Refusal} `ViewNotKnown` while the node cannot tell yet
 */
export function transactionId(seqno: number): string {
  const view = ccf.consensus.getViewForSeqno(seqno);
  if (view === null) {
    throw new Refusal(
      "ViewNotKnown",
      `The node cannot tell yet which view holds sequence number ${seqno}. Try again.`,
    );
  }
  return `${view}.${seqno}`;
}
