import type { Table } from "./tables.js";

/** A value of a series, its number, and the sequence number of the transaction that appended it. */
export interface Numbered<V> {
  readonly number: number;
  readonly seqno: number;
  readonly value: V;
}

/**
 * Values that are only ever appended, numbered from 1 without gaps: one row per value and a count. What a transaction
 * appends carries its sequence number, so a range of the ledger is found by bisection instead of by reading the ledger.
 */
export class Series<V> {
  readonly #rows: Table<string, V>;
  readonly #counts: Table<string, number>;
  readonly #name: string;

  /** @param name key of the count, and prefix of the rows' keys; names of different series never differ by a `/` part */
  constructor(rows: Table<string, V>, counts: Table<string, number>, name: string) {
    this.#rows = rows;
    this.#counts = counts;
    this.#name = name;
  }

  get length(): number {
    return this.#counts.get(this.#name) ?? 0;
  }

  /** @param make is given the number that the value will have */
  append(make: (number: number) => V): V {
    const number = this.length + 1;
    const value = make(number);
    this.#rows.set(this.#key(number), value);
    this.#counts.set(this.#name, number);
    return value;
  }

  get(number: number): V | undefined {
    return this.#rows.get(this.#key(number));
  }

  has(number: number): boolean {
    return this.#rows.has(this.#key(number));
  }

  /** The number stays taken. */
  delete(number: number): void {
    this.#rows.delete(this.#key(number));
  }

  /** Values from a number on, at most `limit`, and the number of the one after them, if there is one. */
  page(from: number, limit: number): { value: readonly Numbered<V>[]; next?: number } {
    const value: Numbered<V>[] = [];
    const { length } = this;
    for (let number = from; number <= length && value.length < limit; number++) {
      const found = this.get(number);
      const seqno = this.seqnoOf(number);
      if (found !== undefined && seqno !== undefined) value.push({ number, seqno, value: found });
    }
    const next = from + value.length;
    return next <= length ? { value, next } : { value };
  }

  /** Sequence number of the transaction that appended the value. */
  seqnoOf(number: number): number | undefined {
    return this.#rows.versionOf(this.#key(number));
  }

  /** Number of the first value that was appended at this sequence number or later; `length + 1` if there is none. */
  firstSince(seqno: number): number {
    let [low, high] = [1, this.length + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.seqnoOf(middle) ?? 0) < seqno) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #key(number: number): string {
    return `${this.#name}/${number}`;
  }
}
