import type { KvMap, KvMaps } from "@microsoft/ccf-app/global.js";
import { utf8 } from "./encodings.js";

/** How one kind of key or value stands in the key-value store. */
export interface Codec<T> {
  encode(value: T): ArrayBuffer;
  decode(bytes: ArrayBuffer): T;
}

/** UTF-8 text, all of it: cut off at a NUL, two names that rules tell apart would be one key. */
export const text: Codec<string> = {
  encode: utf8,
  decode: (bytes) => ccf.bufToStr(bytes),
};

/** JSON. The static type is what this service (or CCF) wrote there; tables hold nothing else. */
export const json = <T>(): Codec<T> => ({
  encode: (value) => ccf.jsonCompatibleToBuf(value as never),
  decode: (bytes) => ccf.bufToJsonCompatible<T>(bytes),
});

/** Bytes as they are. */
export const bytes: Codec<ArrayBuffer> = { encode: (value) => value, decode: (value) => value };

/** The key under which CCF keeps the only value of a single-value table: eight zero bytes. */
export const single: Codec<undefined> = {
  encode: () => new ArrayBuffer(8),
  decode: () => undefined,
};

/** A typed view of one table in the transaction of the current call. */
export class Table<K, V> {
  readonly #map: KvMap;
  readonly #key: Codec<K>;
  readonly #value: Codec<V>;

  constructor(map: KvMap, key: Codec<K>, value: Codec<V>) {
    this.#map = map;
    this.#key = key;
    this.#value = value;
  }

  has(key: K): boolean {
    return this.#map.has(this.#key.encode(key));
  }

  get(key: K): V | undefined {
    const found = this.#map.get(this.#key.encode(key));
    return found === undefined ? undefined : this.#value.decode(found);
  }

  set(key: K, value: V): void {
    this.#map.set(this.#key.encode(key), this.#value.encode(value));
  }

  delete(key: K): void {
    this.#map.delete(this.#key.encode(key));
  }

  clear(): void {
    this.#map.clear();
  }

  /** Sequence number of the transaction that last wrote the key; `undefined` if none did. */
  versionOf(key: K): number | undefined {
    return this.#map.getVersionOfPreviousWrite(this.#key.encode(key));
  }

  /** All entries, in no particular order. Costs as much as the table is long: for lists and governance only. */
  entries(): [K, V][] {
    const found: [K, V][] = [];
    this.#map.forEach((value, key) => {
      found.push([this.#key.decode(key), this.#value.decode(value)]);
    });
    return found;
  }

  /** All keys, in no particular order, without decoding the values. */
  keys(): K[] {
    const found: K[] = [];
    this.#map.forEach((_, key) => {
      found.push(this.#key.decode(key));
    });
    return found;
  }

  get size(): number {
    return this.#map.size;
  }
}

/**
 * Declares a table. The result opens it: a call costs one handle (2.4 µs on a CCF node), so ask once per function,
 * and never keep what it returns beyond the current call, because interpreters outlive transactions.
 *
 * What it returns takes the tables of a past transaction, too; those hold what that transaction wrote.
 */
export function table<K, V>(name: string, key: Codec<K>, value: Codec<V>): (tables?: KvMaps) => Table<K, V> {
  return (tables) => new Table(open(name, tables), key, value);
}

/**
 * Declares one table per name, for example one per contract: `tablesPer("secrets/", text, json<Secret>())(contractId)`.
 */
export function tablesPer<K, V>(
  prefix: string,
  key: Codec<K>,
  value: Codec<V>,
): (name: string) => Table<K, V> {
  return (name) => new Table(open(prefix + name), key, value);
}

function open(name: string, tables: KvMaps = ccf.kv): KvMap {
  const map = tables[name];
  // it answers to every name; its type does not know
  if (map === undefined) throw new TypeError(`there is no table ${name}`);
  return map;
}
