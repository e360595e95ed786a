import type { QuickJSHandle } from "quickjs-emscripten-core";
import { Scope } from "quickjs-emscripten-core";
import type { HistoricalState } from "../../ledger/ledger.js";
import type { Receipt } from "../../ledger/receipt.js";
import { formatTxId } from "../../ledger/txid.js";
import { causeOf, internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { explainPermission, tablePermission } from "../permissions.js";
import { integer, nodeOf } from "./consensus.js";
import type { HistoricalRanges } from "./historical-ranges.js";
import { tablesObject } from "./tables.js";

/** `ccf.historical`: the states of past transactions. */
export function historical(ranges: HistoricalRanges) {
  return (interpreter: Interpreter): void => {
    interpreter.define(["ccf", "historical"], {
      getStateRange: [4, (call) => stateRange(call, ranges)],
      dropCachedStates: [
        1,
        (call) => {
          call.requireArguments(1, ", but expected 1");
          const handle = integer(call.number(0));
          if (handle < 0) throw rangeError("Invalid handle: cannot be negative");
          return ranges.drop(handle);
        },
      ],
    });
  };
}

function stateRange(call: HostCall, ranges: HistoricalRanges): QuickJSHandle | null {
  call.requireArguments(4, ", but expected 4");
  const [handle = 0, from = 0, to = 0, expirySeconds = 0] = [0, 1, 2, 3].map((index) =>
    integer(call.number(index)),
  );
  if ([handle, from, to, expirySeconds].some((number) => number < 0))
    throw rangeError("Invalid handle or seqno or expiry: cannot be negative");
  const node = nodeOf(call);
  const states = attempt(() => ranges.get(node, { handle, from, to, expirySeconds }));
  if (!states) return null;
  const { interpreter } = call;
  return Scope.withScope((scope) => {
    const array = interpreter.context.newArray();
    states.forEach((state, index) => {
      interpreter.context.setProp(array, index, scope.manage(stateObject(interpreter, state)));
    });
    return array;
  });
}

function attempt<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw internalError(`Failed to get state range: ${causeOf(error)}`);
  }
}

/** What guest code gets of a past transaction: `ccf.historicalState`, or one of a range. */
export function stateObject(interpreter: Interpreter, state: HistoricalState): QuickJSHandle {
  return Scope.withScope((scope) => {
    const object = interpreter.write({
      transactionId: formatTxId(state.txId),
      receipt: describeReceipt(state.receipt),
    });
    const tables = tablesObject(interpreter, {
      table: (name) => state.transaction.table(name),
      permission: (name) =>
        tablePermission(name, interpreter.access) === "inaccessible" ? "inaccessible" : "read-only",
      explain: (permission) =>
        permission === "inaccessible"
          ? explainPermission(permission, interpreter.access)
          : "All tables are read-only during historical transaction.",
    });
    interpreter.context.setProp(object, "kv", scope.manage(tables));
    return object;
  });
}

/** Other fields than in a receipt that is asked for over HTTP. */
function describeReceipt({ signature, cert, node_id, leaf, leaf_components, proof }: Receipt): object {
  const signed = { signature, cert, node_id };
  if (leaf !== undefined) return { ...signed, is_signature_transaction: true, root_hex: leaf };
  const { write_set_digest, commit_evidence, claims_digest } = leaf_components ?? {};
  const components = { write_set_digest, commit_evidence, claims_digest };
  return { ...signed, is_signature_transaction: false, leaf_components: components, proof };
}
