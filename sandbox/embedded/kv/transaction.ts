import type { Trie } from "./trie.js";
import { byteText, type Change, type TableChanges, type WriteSet } from "./writeset.js";

/** The key of a table that holds a single value: eight zero bytes. */
export const singletonKey: Uint8Array = new Uint8Array(8);

/** What a table holds under a key. */
export interface Row {
  readonly value: Uint8Array;
  /** sequence number of the transaction that wrote it */
  readonly version: number;
}

/** The committed contents of one table. */
export type Table = Trie<Row>;

/** One table as a transaction sees it: what was committed before, and what the transaction itself wrote. */
export interface TableHandle {
  has(key: Uint8Array): boolean;
  /** The bytes under `key`; the caller must not change them. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Keeps the bytes as they are given: the caller must not change them afterwards. */
  set(key: Uint8Array, value: Uint8Array): void;
  /** Records the deletion, also of a key that does not exist, as CCF does. @returns whether the key existed */
  delete(key: Uint8Array): boolean;
  /** Deletes every key. */
  clear(): void;
  readonly size: number;
  /**
   * Visits every key until `visit` answers `false`: first those that were committed before and that the transaction
   * did not write, in the order of the hash trie, then the transaction's own, in the order of their bytes. Writes made
   * by `visit` change what the table holds, but not what is visited.
   */
  forEach(visit: (value: Uint8Array, key: Uint8Array) => unknown): void;
  /** The sequence number of the committed transaction that last wrote `key`. */
  versionOfPreviousWrite(key: Uint8Array): number | undefined;
}

/** A view of all tables at one version, and the writes on top of it. */
export class Transaction {
  /** sequence number of the last transaction that this one sees */
  readonly snapshotVersion: number;
  readonly #handles = new Map<string, Handle>();
  readonly #committed: (name: string) => Table;

  /** Use {@link Store.begin}. */
  constructor(snapshotVersion: number, committed: (name: string) => Table) {
    this.snapshotVersion = snapshotVersion;
    this.#committed = committed;
  }

  /** The table called `name`; it need not exist. */
  table(name: string): TableHandle {
    let handle = this.#handles.get(name);
    if (!handle) {
      handle = new Handle(this.#committed(name));
      this.#handles.set(name, handle);
    }
    return handle;
  }

  /** Whether any table was asked for, so that the answer belongs to this snapshot. */
  get touched(): boolean {
    return this.#handles.size > 0;
  }

  /** The tables this transaction read or wrote, with the contents it started from. */
  get dependencies(): Iterable<readonly [name: string, committed: Table]> {
    return Array.from(this.#handles, ([name, handle]) => [name, handle.committed] as const);
  }

  /** What was written; `undefined` if nothing was. */
  writeSet(): WriteSet | undefined {
    const written: (TableChanges & { order: string })[] = [];
    for (const [table, handle] of this.#handles) {
      const changes = handle.changes();
      if (changes.length > 0) written.push({ table, changes, order: byteText(Buffer.from(table)) });
    }
    if (written.length === 0) return undefined;
    return written
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ table, changes }) => ({ table, changes }));
  }
}

class Handle implements TableHandle {
  readonly committed: Table;
  /** by {@link byteText} of the key */
  readonly #writes = new Map<string, Change>();

  constructor(committed: Table) {
    this.committed = committed;
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const written = this.#written(key);
    return written ? written.value : this.committed.get(key)?.value;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.#writes.set(byteText(key), { key, value });
  }

  delete(key: Uint8Array): boolean {
    const existed = this.has(key);
    this.#writes.set(byteText(key), { key, value: undefined });
    return existed;
  }

  clear(): void {
    this.forEach((_, key) => {
      this.delete(key);
    });
  }

  get size(): number {
    let size = this.committed.size;
    for (const { key, value } of this.#writes.values()) {
      size += (value ? 1 : 0) - (this.committed.get(key) ? 1 : 0);
    }
    return size;
  }

  forEach(visit: (value: Uint8Array, key: Uint8Array) => unknown): void {
    if (this.#writes.size === 0) {
      this.committed.forEach((row, key) => visit(row.value, key));
      return;
    }
    const own = this.changes();
    const written = new Set(this.#writes.keys());
    const visitedAll = this.committed.forEach((row, key) =>
      written.has(byteText(key)) ? undefined : visit(row.value, key),
    );
    if (!visitedAll) return;
    for (const { key, value } of own) if (value && visit(value, key) === false) return;
  }

  versionOfPreviousWrite(key: Uint8Array): number | undefined {
    return this.committed.get(key)?.version;
  }

  /** The writes in the order of the keys' bytes. */
  changes(): Change[] {
    return Array.from(this.#writes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, change]) => change);
  }

  #written(key: Uint8Array): Change | undefined {
    return this.#writes.size === 0 ? undefined : this.#writes.get(byteText(key));
  }
}
