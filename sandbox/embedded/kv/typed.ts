import { singletonKey, type TableHandle, type Transaction } from "./store.js";

/** A table with text keys and values of type `V`. */
export interface TypedTable<V> {
  has(key: string): boolean;
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  clear(): void;
  readonly size: number;
  /** The rows in the order of {@link TableHandle.forEach}. */
  entries(): [key: string, value: V][];
  versionOfPreviousWrite(key: string): number | undefined;
  /** The same table as bytes. */
  readonly raw: TableHandle;
}

/** A table that holds a single value of type `V`. */
export interface TypedValue<V> {
  get(): V | undefined;
  set(value: V): void;
  delete(): boolean;
  versionOfPreviousWrite(): number | undefined;
}

interface Codec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

/** A table of JSON values. The caller vouches for `T`: what the node's own tables hold was validated when written. */
export function jsonTable<T>(tx: Transaction, name: string): TypedTable<T> {
  return typedTable(tx.table(name), jsonCodec<T>());
}

/** A table of texts in UTF-8. */
export function textTable(tx: Transaction, name: string): TypedTable<string> {
  return typedTable(tx.table(name), textCodec);
}

/** A single JSON value; the same caution as for {@link jsonTable}. */
export function jsonValue<T>(tx: Transaction, name: string): TypedValue<T> {
  return typedValue(tx.table(name), jsonCodec<T>());
}

const textCodec: Codec<string> = { encode: (text) => Buffer.from(text), decode };

function jsonCodec<T>(): Codec<T> {
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(decode(bytes)) as T,
  };
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function typedTable<V>(raw: TableHandle, codec: Codec<V>): TypedTable<V> {
  const decodeIfAny = (bytes: Uint8Array | undefined) => bytes && codec.decode(bytes);
  return {
    raw,
    has: (key) => raw.has(Buffer.from(key)),
    get: (key) => decodeIfAny(raw.get(Buffer.from(key))),
    set: (key, value) => raw.set(Buffer.from(key), codec.encode(value)),
    delete: (key) => raw.delete(Buffer.from(key)),
    clear: () => raw.clear(),
    get size() {
      return raw.size;
    },
    entries: () => {
      const rows: [string, V][] = [];
      raw.forEach((value, key) => {
        rows.push([decode(key), codec.decode(value)]);
      });
      return rows;
    },
    versionOfPreviousWrite: (key) => raw.versionOfPreviousWrite(Buffer.from(key)),
  };
}

function typedValue<V>(raw: TableHandle, codec: Codec<V>): TypedValue<V> {
  return {
    get: () => {
      const bytes = raw.get(singletonKey);
      return bytes && codec.decode(bytes);
    },
    set: (value) => raw.set(singletonKey, codec.encode(value)),
    delete: () => raw.delete(singletonKey),
    versionOfPreviousWrite: () => raw.versionOfPreviousWrite(singletonKey),
  };
}
