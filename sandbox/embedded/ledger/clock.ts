import { LedgerError } from "./errors.js";

/** seconds that a clock may go back without a word, as when it is set */
const TOLERANCE = 60;

/** Watches over the clock of this machine by the times at which the ledger was signed. */
export class SigningClock {
  /** seconds since 1970 */
  #lastSigned = 0;

  /**
   * Something is, or was, signed at this time, seconds since 1970.
   * @returns what is wrong with that, if anything: each jump is told once
   */
  signedAt(seconds: number): LedgerError | undefined {
    const before = this.#lastSigned;
    this.#lastSigned = seconds;
    if (seconds >= before - TOLERANCE) return undefined;
    return new LedgerError(
      `This machine's clock says ${text(seconds)}, but the ledger was signed at ${text(before)} already: what has a ` +
        "time limit is refused or lasts longer until the clock is right. Nothing is lost",
      { code: "ClockBehind" },
    );
  }
}

function text(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
