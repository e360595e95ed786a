/** A transaction's place on the ledger: its number, and the view in which the node gave it out. */
export interface TxId {
  readonly view: number;
  readonly seqno: number;
}

/** What the node knows about a transaction id, as CCF names it. */
export type TxStatus = "Unknown" | "Pending" | "Committed" | "Invalid";

/** The text form `<view>.<seqno>`. */
export function formatTxId({ view, seqno }: TxId): string {
  return `${view}.${seqno}`;
}

/** Reads the text form; `undefined` if it is none, or too large to count with. */
export function parseTxId(text: string): TxId | undefined {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  return match ? { view: Number(match[1]), seqno: Number(match[2]) } : undefined;
}
