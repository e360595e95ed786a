import { formatTxId } from "../../ledger/txid.js";
import { RpcError } from "../errors.js";
import { read } from "./endpoint.js";

const status = read("/service/transactions/{transactionId}", ({ params, node }) => {
  const text = params.transactionId ?? "";
  const id = /^(\d{1,20})\.(\d{1,20})$/.exec(text)?.slice(1).map(BigInt);
  if (!id?.every((part) => part > 0n && part <= MAX_UINT64))
    throw new RpcError(
      400,
      "InvalidQueryParameterValue",
      `The value '${text}' passed as parameter 'transactionId' could not be converted to a valid Transaction ID.`,
    );
  const [view = 0n, seqno = 0n] = id;
  // Beyond what a number holds exactly there are no transactions, so close is good enough.
  const found = node.ledger.status({ view: Number(view), seqno: Number(seqno) });
  return { status: 200, body: { status: found, transactionId: `${view}.${seqno}` } };
});

const MAX_UINT64 = 2n ** 64n - 1n;

const commit = read("/service/transactions/commit", ({ node }) => {
  const last = node.ledger.lastCommitted;
  return { status: 200, body: { status: node.ledger.status(last), transactionId: formatTxId(last) } };
});

/** What became of a transaction. */
export const transactionEndpoints = [commit, status];
