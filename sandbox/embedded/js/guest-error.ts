/** The kinds of errors that CCF's functions throw. */
export type ErrorKind =
  "Error" | "InternalError" | "RangeError" | "ReferenceError" | "SyntaxError" | "TypeError";

/** bytes that the buffer has in which QuickJS puts messages together, less the zero at the end */
const LONGEST_MESSAGE = 255;

/** An error for the guest: becomes one of its own, of this kind, that it can catch. Long messages are cut short. */
export class GuestError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string) {
    super(Buffer.from(message).subarray(0, LONGEST_MESSAGE).toString());
    this.name = kind;
    this.kind = kind;
  }
}

export function typeError(message: string): GuestError {
  return new GuestError("TypeError", message);
}

export function rangeError(message: string): GuestError {
  return new GuestError("RangeError", message);
}

export function internalError(message: string): GuestError {
  return new GuestError("InternalError", message);
}

/** What an error of ours says, for a message of CCF's that quotes the cause. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
