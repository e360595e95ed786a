import { internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import type { NodeInterface } from "../types.js";

/** `ccf.consensus`: what the node knows about transaction ids. */
export function consensus(interpreter: Interpreter): void {
  interpreter.define(["ccf", "consensus"], {
    getLastCommittedTxId: [
      0,
      (call) => {
        call.requireArguments(0, ", but expected 0");
        const { view, seqno } = nodeOf(call).lastCommitted;
        return { view, seqno };
      },
    ],
    getStatusForTxId: [
      2,
      (call) => {
        call.requireArguments(2, ", but expected 2");
        const [view, seqno] = [integer(call.number(0)), integer(call.number(1))];
        if (view < 0 || seqno < 0) throw rangeError("Invalid view or seqno: cannot be negative");
        // no transaction has these numbers, and CCF fails over them
        if (view === 0 || seqno === 0) throw internalError("Failed to get status for txid: InternalError");
        return nodeOf(call).status({ view, seqno });
      },
    ],
    getViewForSeqno: [1, viewForSeqno],
  });
}

function viewForSeqno(call: HostCall): number | null {
  call.requireArguments(1, ", but expected 1");
  const seqno = integer(call.number(0));
  if (seqno < 0) throw rangeError("Invalid seqno: cannot be negative");
  return nodeOf(call).viewOf(seqno) ?? null;
}

/** `ToInt64` of QuickJS, for numbers that count something. */
export function integer(value: number): number {
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** The node behind an endpoint. */
export function nodeOf(call: HostCall): NodeInterface {
  const { node } = call.invocation;
  if (!node) throw internalError("Failed to get endpoint registry object");
  return node;
}
