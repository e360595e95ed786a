import { causeOf, GuestError, type ErrorKind } from "../js/guest-error.js";

/** Runs what may fail for reasons of the cryptographic library, and says in the guest what was tried and why it failed. */
export function attempt<T>(what: string, run: () => T, kind: ErrorKind = "InternalError"): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof GuestError ? error : new GuestError(kind, `${what} ${causeOf(error)}`);
  }
}
