/** What a transaction did to one key: the bytes it set, or `undefined` if it deleted the key. */
export interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** What a transaction did to one table, in the order of the keys' bytes. */
export interface TableChanges {
  readonly table: string;
  readonly changes: readonly Change[];
}

/** What a transaction wrote: the tables it changed, in the order of their names' UTF-8 bytes. */
export type WriteSet = readonly TableChanges[];

/** Tables whose name starts with `public:` are readable on the ledger, all others are encrypted there. */
export type Privacy = "public" | "private";

/** Whether the ledger shows the contents of a table. */
export function privacyOf(table: string): Privacy {
  return table.startsWith("public:") ? "public" : "private";
}

/** One UTF-16 unit for each byte, so that comparing such texts compares the bytes. */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
