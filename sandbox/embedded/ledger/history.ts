import { Store, type Transaction } from "../kv/store.js";
import { commitEvidence, sha256 } from "./digests.js";
import { decodeEntry, decryptEntry } from "./entry.js";
import { LedgerError } from "./errors.js";
import type { LedgerFiles } from "./files.js";
import { makeReceipt, type Receipt } from "./receipt.js";
import type { LedgerState } from "./replay.js";
import type { LedgerSecrets } from "./secrets.js";
import { readSignature } from "./signature.js";
import type { TxId } from "./txid.js";

/** The state of one transaction of the past: like CCF, only what it wrote itself. */
export interface HistoricalState {
  readonly txId: TxId;
  /** Reads the transaction's own writes; is never committed. */
  readonly transaction: Transaction;
  readonly receipt: Receipt;
}

/** Committed transactions, read back from the ledger's files. */
export class History {
  readonly #files: LedgerFiles;
  readonly #secrets: LedgerSecrets;
  readonly #state: Pick<LedgerState, "tree" | "signatures">;

  constructor(files: LedgerFiles, secrets: LedgerSecrets, state: Pick<LedgerState, "tree" | "signatures">) {
    this.#files = files;
    this.#secrets = secrets;
    this.#state = state;
  }

  receipt(seqno: number): Receipt {
    return this.#receiptFor(seqno, this.#files.read(seqno));
  }

  state(seqno: number): HistoricalState {
    const bytes = this.#files.read(seqno);
    const entry = decodeEntry(bytes);
    const store = new Store();
    store.apply(decryptEntry(entry, this.#secrets.at(seqno)), seqno);
    return { txId: entry.id, transaction: store.begin(), receipt: this.#receiptFor(seqno, bytes) };
  }

  #receiptFor(seqno: number, bytes: Uint8Array): Receipt {
    const signatureSeqno = this.#signatureFor(seqno);
    const signed = signatureSeqno === seqno ? bytes : this.#files.read(signatureSeqno);
    const signature = readSignature(decodeEntry(signed).publicTables).node;
    if (signatureSeqno === seqno) return makeReceipt({ signature });
    const { id, claimsDigest, commitEvidenceDigest } = decodeEntry(bytes);
    return makeReceipt({
      signature,
      transaction: {
        leaf: { writeSetDigest: sha256(bytes), commitEvidenceDigest, claimsDigest },
        commitEvidence: commitEvidence(id, this.#secrets.at(seqno)),
        path: this.#state.tree.path(seqno, signatureSeqno),
      },
    });
  }

  /** The first signature transaction that is not before `seqno`. */
  #signatureFor(seqno: number): number {
    const { signatures } = this.#state;
    let low = 0;
    for (let high = signatures.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((signatures[middle] ?? Infinity) < seqno) low = middle + 1;
      else high = middle;
    }
    const found = signatures[low];
    if (found === undefined) throw new LedgerError(`Transaction ${seqno} is not signed yet`);
    return found;
  }
}
