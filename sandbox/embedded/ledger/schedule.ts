/** When to sign: storing a signature durably is what costs most, so not after every transaction. */
export interface SignatureInterval {
  /** milliseconds from the first unsigned transaction to the signature; 200 */
  readonly delayMs?: number;
  /** unsigned transactions after which to sign at once; 5000 */
  readonly txCount?: number;
}

/** milliseconds that many transactions do not hasten */
const leastMsBetweenSignatures = 200;
/** milliseconds after which a signature that could not be stored is tried again: a full disk may have room then */
const retryMs = 1000;

/** Calls for a signature in time. */
export class SignatureSchedule {
  readonly #delayMs: number;
  readonly #txCount: number;
  readonly #sign: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** milliseconds, by a clock that nobody can set */
  #lastSigned = -leastMsBetweenSignatures;

  constructor({ delayMs = 200, txCount = 5000 }: SignatureInterval, sign: () => void) {
    this.#delayMs = delayMs;
    this.#txCount = txCount;
    this.#sign = sign;
  }

  /** There are so many transactions without a signature. */
  unsigned(count: number): void {
    if (count >= this.#txCount && performance.now() - this.#lastSigned >= leastMsBetweenSignatures)
      this.#sign();
    else this.#timer ??= this.#after(this.#delayMs);
  }

  /** All transactions are signed. */
  signed(): void {
    this.stop();
    this.#lastSigned = performance.now();
  }

  /** The signature failed. */
  retry(): void {
    this.stop();
    this.#timer = this.#after(retryMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #after(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      this.#sign();
    }, milliseconds);
  }
}
