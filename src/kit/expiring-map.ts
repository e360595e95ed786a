import { json, table, text } from "./tables.js";

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** A key in the order in which it was added. */
interface Queued {
  readonly key: string;
  readonly until: number;
}

interface Queue {
  /** Numbers of the oldest entry that is kept, and of the next one that is added. */
  readonly first: number;
  readonly next: number;
  /** The latest time until which an entry counted that is kept no longer. */
  readonly forgotten: number;
}

const EMPTY: Queue = { first: 1, next: 1, forgotten: 0 };

/** Two per added one: as many as were kept too long by a burst are gone after as many more. */
const FORGOTTEN_PER_ADDED = 2;

/**
 * Values that count until some time, in a table that does not grow for ever: whoever adds one has at most two expired ones
 * forgotten, so the cost of a call never depends on how many there are.
 *
 * Times count from 1970, in any one unit. They may come from a clock that is set back: what was forgotten stays known to be
 * in the past.
 */
export class ExpiringMap<V> {
  readonly #entries;
  readonly #queued;
  readonly #queues;

  /** @param name of the table; those of the queues are called after it */
  constructor(name: string) {
    this.#entries = table(name, text, json<Entry<V>>());
    this.#queued = table(`${name}.queue`, text, json<Queued>());
    // One row changes at every addition. One per first character of the keys, so that calls at the same time rarely meet.
    this.#queues = table(`${name}.queues`, text, json<Queue>());
  }

  get(key: string, now: number): V | undefined {
    const entry = this.#entries().get(key);
    return entry !== undefined && now <= entry.until ? entry.value : undefined;
  }

  /**
   * Adds a value that counts up to and including a time.
   *
   * @param key whose first characters differ
   * @returns false, and adds nothing, if the key is there, or if the time is so early that it may have been and is forgotten
   */
  add(key: string, value: V, until: number, now: number): boolean {
    const name = key.slice(0, 1);
    const queues = this.#queues();
    const queue = queues.get(name) ?? EMPTY;
    const entries = this.#entries();
    if (until <= queue.forgotten || entries.has(key)) return false;
    const { first, next, forgotten } = this.#forget(name, queue, now);
    entries.set(key, { value, until });
    this.#queued().set(`${name}/${next}`, { key, until });
    queues.set(name, { first, next: next + 1, forgotten });
    return true;
  }

  #forget(name: string, queue: Queue, now: number): Queue {
    const queued = this.#queued();
    let { first, forgotten } = queue;
    for (const last = Math.min(queue.next, first + FORGOTTEN_PER_ADDED); first < last; first++) {
      const oldest = queued.get(`${name}/${first}`);
      if (oldest === undefined || now <= oldest.until) break;
      this.#entries().delete(oldest.key);
      queued.delete(`${name}/${first}`);
      forgotten = Math.max(forgotten, oldest.until);
    }
    return { first, next: queue.next, forgotten };
  }
}
