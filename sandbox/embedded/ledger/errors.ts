import { UsageError } from "../../../sdk/errors.js";

/**
 * - `LedgerDamaged`: what is on it is not what was written
 * - `LedgerIncomplete`: something of it is missing
 * - `LedgerExists`: there is one where another was to begin
 * - `LedgerInUse`: another process writes to it
 * - `LedgerInaccessible`: its files cannot be read or written
 * - `DiskFull`: there is no room for more
 * - `ClockBehind`: the machine's clock says an earlier time than the ledger
 * - `LedgerClosed`: it was closed, or storing it failed
 */
export type LedgerErrorCode =
  | "LedgerDamaged"
  | "LedgerIncomplete"
  | "LedgerExists"
  | "LedgerInUse"
  | "LedgerInaccessible"
  | "DiskFull"
  | "ClockBehind"
  | "LedgerClosed";

/** The ledger's files are damaged, or cannot be read or written. The message says which, and what can be done. */
export class LedgerError extends UsageError {
  constructor(message: string, options: ErrorOptions & { code?: LedgerErrorCode } = {}) {
    super(options.code ?? "LedgerDamaged", message, options);
  }
}

/** Does something with files; what the system refuses becomes a {@link LedgerError}. @param what as in "Cannot ..." */
export function accessing<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw refusal(what, cause);
  }
}

/** What the system refused, with what to do about it; any other error as it is. */
export function refusal(what: string, cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (!("syscall" in cause)) return cause;
  if ("code" in cause && cause.code === "ENOENT")
    return new LedgerError(`Cannot ${what}: it is missing; restore it from a copy`, {
      cause,
      code: "LedgerIncomplete",
    });
  const isFull = "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT");
  const [code, reason] = isFull
    ? (["DiskFull", "the disk is full; free some space"] as const)
    : (["LedgerInaccessible", `${cause.message}; the user who runs the node must be able to`] as const);
  return new LedgerError(`Cannot ${what}: ${reason}`, { cause, code });
}
