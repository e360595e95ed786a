import type { KeyObject } from "node:crypto";
import { Store, type Transaction } from "../kv/store.js";
import type { Receipt } from "./receipt.js";
import type { LedgerSecret, LedgerSecrets } from "./secrets.js";
import type { TxId, TxStatus } from "./txid.js";

/** Whose keys sign the ledger. */
export interface LedgerIdentity {
  readonly service: { readonly privateKey: KeyObject };
  /** `certificate` is the one endorsed by the service, PEM; it may be renewed while the ledger is open. */
  readonly node: { readonly id: string; readonly privateKey: KeyObject; readonly certificate: string };
}

export interface LedgerOptions {
  /** folder of the ledger files */
  readonly directory: string;
  readonly identity: LedgerIdentity;
  readonly secrets: LedgerSecrets;
  readonly signatures?: {
    /** milliseconds from the first unsigned transaction to the signature, also the least time between two; 200 */
    readonly delayMs?: number;
    /** unsigned transactions after which to sign at once; 5000 */
    readonly txCount?: number;
  };
  /** bytes after which a ledger file ends with the next signature; 5,000,000 */
  readonly chunkBytes?: number;
  /** Told when a signature could not be made or stored; nothing more is reported committed until one succeeds. */
  readonly onFailure?: (error: Error) => void;
}

/** The state of one transaction of the past: like CCF, only what it wrote itself. */
export interface HistoricalState {
  readonly txId: TxId;
  /** Reads the transaction's own writes; is never committed. */
  readonly transaction: Transaction;
  readonly receipt: Receipt;
}

/** The ledger of a single node and the state that follows from it. */
export class Ledger {
  readonly store = new Store();
  readonly secrets: LedgerSecrets;

  private constructor(options: LedgerOptions) {
    this.secrets = options.secrets;
  }

  /** Begins a new ledger in a folder without one, in view 2 as CCF does. */
  static create(options: LedgerOptions): Ledger {
    return new Ledger(options);
  }

  /**
   * Opens an existing ledger: replays and verifies it, discards what was never signed (and so never reported
   * committed), and goes on in a new view, whose first transaction is a signature.
   * @throws {LedgerError} if the files are not an intact ledger of this service
   */
  static open(options: LedgerOptions): Ledger {
    return new Ledger(options);
  }

  get view(): number {
    throw new Error("not yet");
  }
  /** Each view with its first sequence number, oldest first. */
  get viewHistory(): readonly TxId[] {
    throw new Error("not yet");
  }
  /** The last transaction of the state; signatures are transactions too. */
  get lastApplied(): TxId {
    throw new Error("not yet");
  }
  /** The last transaction that is signed and stored durably: nothing up to it can be lost. */
  get lastCommitted(): TxId {
    throw new Error("not yet");
  }

  /**
   * Appends what `transaction` wrote to the ledger and makes it part of the state.
   * @returns its id, `undefined` if it wrote nothing
   * @throws {TransactionConflict} if what it used has changed since it began
   * @throws {LedgerError} if the ledger cannot be written; the state is then as before
   */
  commit(_transaction: Transaction, _options?: { claimsDigest?: Uint8Array }): TxId | undefined {
    throw new Error("not yet");
  }

  /** The view of an applied transaction. */
  viewOf(_seqno: number): number | undefined {
    throw new Error("not yet");
  }
  status(_id: TxId): TxStatus {
    throw new Error("not yet");
  }
  /** The receipt of a committed transaction, as `GET /app/receipt` gives it. */
  receipt(_seqno: number): Receipt | undefined {
    throw new Error("not yet");
  }
  /** The state of a committed transaction, read back from the ledger files. */
  historical(_seqno: number): HistoricalState | undefined {
    throw new Error("not yet");
  }

  /** Makes a new ledger secret, which encrypts all that follows `transaction` once that is committed. */
  rekey(_transaction: Transaction): LedgerSecret {
    throw new Error("not yet");
  }
  /** Ends the ledger file with the next signature, once `transaction` is committed. */
  requestChunk(_transaction: Transaction): void {
    throw new Error("not yet");
  }
  requestSnapshot(_transaction: Transaction): void {
    throw new Error("not yet");
  }

  /** Calls `listener` whenever {@link lastCommitted} has advanced. */
  onCommitted(_listener: (last: TxId) => void): void {
    throw new Error("not yet");
  }
  /** Signs what is unsigned, and waits until all that was applied is committed. */
  flush(): Promise<void> {
    throw new Error("not yet");
  }
  /** Flushes and closes the files. */
  close(): Promise<void> {
    throw new Error("not yet");
  }
}
