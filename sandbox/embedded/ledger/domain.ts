import { privacyOf, type Change, type Privacy, type TableChanges, type WriteSet } from "../kv/writeset.js";
import type { ByteReader, ByteWriter } from "./bytes.js";

/*
 * The tables of an entry. A table: its name, a version and a number of reads (both unused, 0), the writes, the
 * deletions. Public and private tables stand in different parts ("domains") of the entry.
 */

/** Writes the tables of `writeSet` that belong to one domain. */
export function writeTables(writer: ByteWriter, writeSet: WriteSet, domain: Privacy): void {
  for (const { table, changes } of writeSet) {
    if (privacyOf(table) !== domain) continue;
    const deletions = changes.filter(({ value }) => value === undefined);
    writer.sized(Buffer.from(table));
    writer.integer(0);
    writer.integer(0);
    writer.integer(changes.length - deletions.length);
    for (const { key, value } of changes) {
      if (value === undefined) continue;
      writer.sized(key);
      writer.sized(value);
    }
    writer.integer(deletions.length);
    for (const { key } of deletions) writer.sized(key);
  }
}

/** Reads tables until the end. @throws {LedgerError} */
export function readTables(reader: ByteReader): TableChanges[] {
  const tables: TableChanges[] = [];
  while (!reader.atEnd) {
    const table = reader.sized().toString("utf8");
    reader.integer();
    const reads = reader.integer();
    for (let i = 0; i < reads; i++) {
      reader.sized();
      reader.integer();
    }
    const changes: Change[] = [];
    const writes = reader.integer();
    for (let i = 0; i < writes; i++) changes.push({ key: reader.sized(), value: reader.sized() });
    const deletions = reader.integer();
    for (let i = 0; i < deletions; i++) changes.push({ key: reader.sized(), value: undefined });
    // Writes and deletions come apart, each by key; the order in which they are applied is that of all keys together.
    if (deletions > 0) changes.sort((a, b) => Buffer.compare(a.key, b.key));
    tables.push({ table, changes });
  }
  return tables;
}
