import { Store, type Transaction } from "../kv/store.js";
import type { WriteSet } from "../kv/writeset.js";
import { SigningClock } from "./clock.js";
import { CommittedMark } from "./committed-mark.js";
import { commitEvidence, leafOf, noClaims, sha256 } from "./digests.js";
import { encodeEntry, entryFlags } from "./entry.js";
import { LedgerError } from "./errors.js";
import { LedgerFiles } from "./files.js";
import { History, type HistoricalState } from "./history.js";
import { LedgerLock } from "./lock.js";
import { MerkleTree } from "./merkle.js";
import type { Receipt } from "./receipt.js";
import type { LedgerOptions } from "./options.js";
import { replay, type LedgerState } from "./replay.js";
import { SignatureSchedule } from "./schedule.js";
import { makeLedgerSecret, type LedgerSecret, type LedgerSecrets } from "./secrets.js";
import { signatureWriteSet } from "./signature.js";
import type { TxId, TxStatus } from "./txid.js";
import { ViewHistory } from "./views.js";

export type { HistoricalState } from "./history.js";
export type { LedgerOptions } from "./options.js";
export type { LedgerIdentity } from "./signature.js";

/** What a transaction asks of the ledger besides its writes, once it is committed. */
interface Requests {
  secret?: LedgerSecret;
  chunk?: boolean;
}

const firstView = 2;
/** CCF leaves a view out when a service is recovered; the same here tells a restart from an election. */
const viewsPerRestart = 2;

/** The ledger of a single node and the state that follows from it. */
export class Ledger {
  readonly secrets: LedgerSecrets;
  readonly #options: LedgerOptions;
  readonly #files: LedgerFiles;
  readonly #lock: LedgerLock;
  readonly #mark: CommittedMark;
  readonly #state: LedgerState = {
    store: new Store(),
    tree: new MerkleTree(),
    views: new ViewHistory(),
    signatures: [],
  };
  readonly #requests = new WeakMap<Transaction, Requests>();
  readonly #schedule: SignatureSchedule;
  readonly #history: History;
  readonly #clock = new SigningClock();
  readonly #listeners: ((last: TxId) => void)[] = [];
  #view = firstView;
  #lastCommitted: TxId = { view: 0, seqno: 0 };
  #chunkRequested = false;
  /** while a signature is being stored */
  #storing: Promise<void> | undefined;
  /** why the ledger cannot be continued */
  #failure: Error | undefined;

  private constructor(options: LedgerOptions, openFiles: (directory: string) => LedgerFiles) {
    this.#options = options;
    this.#files = openFiles(options.directory);
    this.#lock = LedgerLock.take(options.directory);
    this.secrets = options.secrets;
    this.#mark = new CommittedMark(options.committedMark);
    this.#history = new History(this.#files, this.secrets, this.#state);
    this.#schedule = new SignatureSchedule(options.signatures ?? {}, () => this.#trySign());
  }

  /**
   * Begins a new ledger in a folder without one, in view 2 as CCF does.
   * @throws {LedgerError} if there is one
   */
  static create(options: LedgerOptions): Ledger {
    return new Ledger(options, (directory) => LedgerFiles.create(directory));
  }

  /**
   * Opens an existing ledger: replays and verifies it, discards what was never signed (and so never reported
   * committed), and goes on in a new view, whose first transaction is a signature. Transactions that were discarded
   * become Invalid with it, and no id or nonce is ever given out twice; after a power failure too, if the caller awaits
   * {@link flush} before it answers anybody.
   * @throws {LedgerError} if the files are not an intact ledger of this service
   */
  static open(options: LedgerOptions): Ledger {
    const ledger = new Ledger(options, (directory) => LedgerFiles.open(directory));
    try {
      ledger.#recover();
    } catch (error) {
      ledger.#release();
      throw error;
    }
    return ledger;
  }

  get store(): Store {
    return this.#state.store;
  }

  /** The view of the next transaction. */
  get view(): number {
    return this.#view;
  }

  /** Each view with its first sequence number, oldest first. */
  get viewHistory(): readonly TxId[] {
    return this.#state.views.starts;
  }

  /** The last transaction of the state; signatures are transactions too. Zeros before the first. */
  get lastApplied(): TxId {
    const seqno = this.store.version;
    return { view: this.viewOf(seqno) ?? 0, seqno };
  }

  /** The last transaction that is signed and stored durably: nothing up to it can be lost. Zeros before the first. */
  get lastCommitted(): TxId {
    return this.#lastCommitted;
  }

  /** The root of the Merkle tree over all transactions of the state, 32 bytes. */
  get root(): Uint8Array {
    return this.#state.tree.root();
  }

  /**
   * Appends what `transaction` wrote to the ledger and makes it part of the state.
   * @returns its id, `undefined` if it wrote nothing
   * @throws {TransactionConflict} if what it used has changed since it began
   * @throws {LedgerError} if the ledger cannot be written; the state is then as before
   */
  commit(transaction: Transaction, options: { readonly claimsDigest?: Uint8Array } = {}): TxId | undefined {
    const writeSet = transaction.writeSet();
    if (!writeSet) return undefined;
    this.store.checkCurrent(transaction);
    const { secret, chunk = false } = this.#requests.get(transaction) ?? {};
    // Stored before its first use: what is encrypted with it could otherwise be lost.
    if (secret) this.secrets.add(this.store.version + 2, secret);
    try {
      const id = this.#append(writeSet, { flags: 0, claimsDigest: options.claimsDigest ?? noClaims });
      this.#chunkRequested ||= chunk;
      this.#scheduleSignature();
      return id;
    } catch (error) {
      if (secret) this.#takeBackSecret();
      throw error;
    }
  }

  /** The view of an applied transaction. */
  viewOf(seqno: number): number | undefined {
    return this.#state.views.viewOf(seqno);
  }

  /** What became of a transaction id. */
  status(id: TxId): TxStatus {
    return this.#state.views.status(id, this.#lastCommitted);
  }

  /** The receipt of a committed transaction, as `GET /app/receipt` gives it. */
  receipt(seqno: number): Receipt | undefined {
    return this.#isCommitted(seqno) ? this.#history.receipt(seqno) : undefined;
  }

  /** The state of a committed transaction, read back from the ledger files. */
  historical(seqno: number): HistoricalState | undefined {
    return this.#isCommitted(seqno) ? this.#history.state(seqno) : undefined;
  }

  /** Makes a new ledger secret, which encrypts all that follows `transaction` once that is committed. */
  rekey(transaction: Transaction): LedgerSecret {
    const secret = makeLedgerSecret();
    this.#request(transaction, { secret });
    return secret;
  }

  /** Ends the ledger file with the next signature, once `transaction` is committed. */
  requestChunk(transaction: Transaction): void {
    this.#request(transaction, { chunk: true });
  }

  /**
   * Asks for a snapshot once `transaction` is committed. This node always starts from the whole ledger and writes no
   * snapshots; as with CCF, the ledger file ends.
   */
  requestSnapshot(transaction: Transaction): void {
    this.requestChunk(transaction);
  }

  /** Calls `listener` whenever {@link lastCommitted} has advanced. */
  onCommitted(listener: (last: TxId) => void): void {
    this.#listeners.push(listener);
  }

  /** Signs what is unsigned, and waits until all that was applied is committed. */
  async flush(): Promise<void> {
    if (this.#storing) await this.#storing;
    if (this.store.version > this.#lastCommitted.seqno) this.#sign();
    await this.#storing;
    if (this.#failure) throw this.#failure;
  }

  /** Flushes and closes the files. The ledger cannot be used afterwards. */
  async close(): Promise<void> {
    try {
      if (!this.#failure) await this.flush();
    } finally {
      this.#release();
    }
  }

  #recover(): void {
    const { id: lastSigned, signedAt } = replay(this.#files, this.#state, this.#options);
    this.#clock.signedAt(signedAt);
    this.#mark.check(lastSigned, this.#options.directory);
    this.#files.discardAfter(lastSigned.seqno);
    this.secrets.rollback(lastSigned.seqno);
    this.#lastCommitted = lastSigned;
    this.#view = lastSigned.view + viewsPerRestart;
    this.#sign(entryFlags.beginsChunk);
  }

  #release(): void {
    this.#schedule.stop();
    this.#files.close();
    this.#mark.close();
    this.#lock.release();
    this.#failure ??= new LedgerError("The ledger is closed", { code: "LedgerClosed" });
  }

  #isCommitted(seqno: number): boolean {
    return seqno >= 1 && seqno <= this.#lastCommitted.seqno;
  }

  /** If that fails, what is stored is not what is used: no more may be written until a new start has put that right. */
  #takeBackSecret(): void {
    try {
      this.secrets.rollback(this.store.version);
    } catch (error) {
      this.#fail(error);
    }
  }

  #request(transaction: Transaction, requests: Requests): void {
    this.#requests.set(transaction, { ...this.#requests.get(transaction), ...requests });
  }

  /** Written to the file first: if that fails, nothing has happened. */
  #append(writeSet: WriteSet, { flags, claimsDigest }: { flags: number; claimsDigest: Uint8Array }): TxId {
    if (this.#failure) throw this.#failure;
    const id = { view: this.#view, seqno: this.store.version + 1 };
    const secret = this.secrets.at(id.seqno);
    const commitEvidenceDigest = sha256(Buffer.from(commitEvidence(id, secret)));
    const entry = encodeEntry({ id, flags, claimsDigest, commitEvidenceDigest, writeSet }, secret);
    this.#files.append(id.seqno, entry);
    this.#state.tree.append(leafOf({ writeSetDigest: sha256(entry), commitEvidenceDigest, claimsDigest }));
    this.#state.views.append(id);
    this.store.apply(writeSet, id.seqno);
    return id;
  }

  #scheduleSignature(): void {
    const unsigned = this.store.version - this.#lastCommitted.seqno;
    if (unsigned > 0 && !this.#storing && !this.#failure) this.#schedule.unsigned(unsigned);
  }

  #trySign(): void {
    try {
      this.#sign();
    } catch (error) {
      this.#report(error);
      this.#schedule.retry();
    }
  }

  #sign(flags = 0): void {
    const { tree, signatures } = this.#state;
    const id = { view: this.#view, seqno: this.store.version + 1 };
    const issuedAt = Math.floor(Date.now() / 1000);
    const complaint = this.#clock.signedAt(issuedAt);
    if (complaint) this.#report(complaint);
    const writeSet = signatureWriteSet(id, {
      issuedAt,
      root: tree.root(),
      tree: tree.serialize(this.#lastCommitted.seqno),
      identity: this.#options.identity,
      claims: this.#options.signatures?.claims ?? {
        issuer: "service.example.com",
        subject: "ledger.signature",
      },
    });
    const endsChunk =
      this.#chunkRequested || this.#files.openBytes >= (this.#options.chunkBytes ?? 5_000_000);
    this.#append(writeSet, { flags: flags | (endsChunk ? entryFlags.endsChunk : 0), claimsDigest: noClaims });
    signatures.push(id.seqno);
    this.#schedule.signed();
    this.#storing = this.#store(id, endsChunk);
  }

  /** Makes everything up to the signature `id` durable, and only then calls it committed. */
  async #store(id: TxId, endsChunk: boolean): Promise<void> {
    try {
      if (endsChunk) this.#finishChunk();
      await this.#files.sync();
      this.#mark.write(id);
      this.#lastCommitted = id;
    } catch (error) {
      // The system may have dropped what it could not store: only a new start tells what is there.
      this.#fail(error);
      return;
    } finally {
      this.#storing = undefined;
    }
    for (const listener of this.#listeners) listener(id);
    this.#scheduleSignature();
  }

  /** On a full disk the file stays open, and is finished with a later signature. */
  #finishChunk(): void {
    try {
      this.#files.finishChunk();
      this.#chunkRequested = false;
    } catch (error) {
      this.#chunkRequested = true;
      this.#report(error);
    }
  }

  /** Nothing is written from now on. */
  #fail(cause: unknown): void {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    this.#failure = new LedgerError(`The ledger could not be stored${reason}. Restart the node`, {
      cause,
      code: "LedgerClosed",
    });
    this.#report(this.#failure);
  }

  #report(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    const { onFailure = (reported: Error) => process.emitWarning(reported) } = this.#options;
    onFailure(failure);
  }
}
