import type { Interpreter } from "./interpreter.js";

/** Interpreters that are kept from one request to the next; the least recently used one goes first. */
export class InterpreterCache {
  readonly #kept = new Map<string, Interpreter>();
  #marker: number | undefined;

  /** Forgets all interpreters if the application was changed since they were made. @param marker tells its versions apart */
  refresh(marker: number | undefined): void {
    if (marker !== this.#marker) this.#clear();
    this.#marker = marker;
  }

  /** One that works, if there is one. */
  take(key: string): Interpreter | undefined {
    const interpreter = this.#kept.get(key);
    this.#kept.delete(key);
    return interpreter?.broken ? undefined : interpreter;
  }

  /** Keeps an interpreter as the one used last. @param most how many to keep in all */
  keep(key: string, interpreter: Interpreter, most: number): void {
    this.#kept.set(key, interpreter);
    for (const [oldest, interpreterOfOldest] of this.#kept) {
      if (this.#kept.size <= most) return;
      this.#kept.delete(oldest);
      interpreterOfOldest.dispose();
    }
  }

  #clear(): void {
    for (const interpreter of this.#kept.values()) interpreter.dispose();
    this.#kept.clear();
  }
}
