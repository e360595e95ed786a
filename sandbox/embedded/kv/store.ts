import { Trie } from "./trie.js";
import { Transaction, type Row, type Table } from "./transaction.js";
import type { WriteSet } from "./writeset.js";

export { Transaction, singletonKey, type TableHandle } from "./transaction.js";
export { privacyOf, type Privacy, type WriteSet } from "./writeset.js";

/** A transaction cannot be applied because a table it used was changed since it began; it has to be executed again. */
export class TransactionConflict extends Error {
  constructor(table: string) {
    super(`Table ${table} has changed since the transaction began: execute it again`);
    this.name = "TransactionConflict";
  }
}

/** All tables in memory, as of the last transaction that was applied. */
export class Store {
  #version = 0;
  #tables = Trie.empty<Table>();

  /** sequence number of the last transaction applied */
  get version(): number {
    return this.#version;
  }

  /** A transaction on the present state; later changes to the store do not change what it sees. */
  begin(): Transaction {
    const tables = this.#tables;
    return new Transaction(this.#version, (name) => tableIn(tables, name));
  }

  /** @throws {TransactionConflict} if what the transaction used is no longer the present state */
  checkCurrent(transaction: Transaction): void {
    if (transaction.snapshotVersion === this.#version) return;
    for (const [name, table] of transaction.dependencies) {
      if (tableIn(this.#tables, name) !== table) throw new TransactionConflict(name);
    }
  }

  /** Makes `writeSet` part of the state, as the transaction with sequence number `version`. */
  apply(writeSet: WriteSet, version: number): void {
    let tables = this.#tables;
    for (const { table: name, changes } of writeSet) {
      let table = tableIn(tables, name);
      for (const { key, value } of changes) {
        table = value ? table.set(key, { value, version }) : table.delete(key);
      }
      tables = tables.set(Buffer.from(name), table);
    }
    this.#tables = tables;
    this.#version = version;
  }
}

const emptyTable = Trie.empty<Row>();

function tableIn(tables: Trie<Table>, name: string): Table {
  return tables.get(Buffer.from(name)) ?? emptyTable;
}
