import type { Transaction } from "../kv/store.js";
import { LedgerError } from "../ledger/errors.js";
import { formatTxId, type TxId } from "../ledger/txid.js";
import { identifyCaller } from "./authentication/caller.js";
import { errorResponse, messageOf, RpcError } from "./errors.js";
import type { Frontend, Operation } from "./frontend.js";
import type { NodeContext, RpcRequest, RpcResponse } from "./http.js";

export interface Frontends {
  readonly app: Frontend;
  readonly gov: Frontend;
  readonly node: Frontend;
}

type Prefix = keyof Frontends;

/**
 * Serves requests: finds the endpoint, the caller, runs the one for the other in a transaction of its own, and commits it.
 * All of it happens in one go, so that transactions never conflict.
 */
export class Dispatcher {
  readonly #node: NodeContext;
  readonly #frontends: Frontends;
  readonly #committed: (tx: Transaction) => void;

  /** @param committed told of every transaction that has been committed and wrote something */
  constructor(node: NodeContext, frontends: Frontends, committed: (tx: Transaction) => void) {
    this.#node = node;
    this.#frontends = frontends;
    this.#committed = committed;
  }

  /** Answers a request. Never throws: whatever goes wrong is an answer too. */
  handle(request: RpcRequest): RpcResponse {
    try {
      const { prefix, path } = splitPrefix(request.path);
      return this.#process(this.#frontends[prefix], path, request);
    } catch (error) {
      this.#reportDefect(error);
      const failure = new RpcError(500, "InternalError", `Exception: ${messageOf(error)}`);
      return { ...errorResponse(failure), closes: true };
    }
  }

  #process(frontend: Frontend, path: string, request: RpcRequest): RpcResponse {
    if (!frontend.isOpen(this.#node))
      return errorResponse(new RpcError(404, "FrontendNotOpen", "Frontend is not open."));
    const tx = this.#node.ledger.store.begin();
    const operation = frontend.find(request.method, path, tx);
    if (!operation) return unknownOperation(request.method, path, frontend.methodsOf(path, tx));
    try {
      return this.#run(operation, request, tx);
    } catch (error) {
      this.#reportDefect(error);
      return errorResponse(error);
    }
  }

  #run(operation: Operation, request: RpcRequest, tx: Transaction): RpcResponse {
    const caller = identifyCaller(operation.authentication, request, tx);
    const response = operation.execute({ request, params: operation.params, tx, caller, node: this.#node });
    const { applyWrites = response.status >= 200 && response.status < 300 } = response;
    if (!applyWrites) return response;
    const id = this.#commit(tx, response.claimsDigest);
    if (!id) return response;
    return { ...response, headers: { ...response.headers, "x-ms-ccf-transaction-id": formatTxId(id) } };
  }

  /** @returns the transaction that the answer belongs to: the one committed, or else the last one before it, if it read any */
  #commit(tx: Transaction, claimsDigest: Uint8Array | undefined): TxId | undefined {
    const { ledger } = this.#node;
    try {
      const id = ledger.commit(tx, claimsDigest ? { claimsDigest } : {});
      if (id) {
        this.#committed(tx);
        return id;
      }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#node.log(`The ledger refused a transaction: ${error.message}`);
      throw new RpcError(503, "TransactionReplicationFailed", "Transaction failed to replicate.", {
        cause: error,
      });
    }
    if (!tx.touched) return undefined;
    const seqno = tx.snapshotVersion;
    return { view: ledger.viewOf(seqno) ?? 0, seqno };
  }

  /** Errors of these classes are thrown by the language, not by anybody who meant to refuse a request. */
  #reportDefect(error: unknown): void {
    if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
      this.#node.log(`A defect of the node: ${error.stack ?? error.message}`);
  }
}

/** Paths of no known frontend belong to the application, as a whole. */
function splitPrefix(path: string): { prefix: Prefix; path: string } {
  const [, prefix, rest] = /^\/(app|gov|node)(\/.*)$/s.exec(path) ?? [];
  if (rest !== undefined && (prefix === "app" || prefix === "gov" || prefix === "node"))
    return { prefix, path: rest };
  return { prefix: "app", path };
}

function unknownOperation(method: string, path: string, methods: readonly string[]): RpcResponse {
  if (methods.length === 0)
    return errorResponse(new RpcError(404, "ResourceNotFound", `Unknown path: ${path}.`));
  const allow = ["OPTIONS", ...methods].join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { allow } };
  const message = `Allowed methods for '${path}' are: ${allow}.`;
  return errorResponse(new RpcError(405, "UnsupportedHttpVerb", message, { headers: { allow } }));
}
