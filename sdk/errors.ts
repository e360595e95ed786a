/**
 * The three families of errors, by who has to act. Each carries a stable `code`; messages are for people and may change.
 */

/** The call itself is wrong: fix it and call again. Nothing was sent. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The service refused a request, could not be reached, or answered with something that is no answer. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  readonly code: string;
  /** As sent by the service: for example, claim by claim, why evidence does not match a policy. */
  readonly details: readonly unknown[];

  constructor(
    status: number,
    code: string,
    message: string,
    details: readonly unknown[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Something that should prove a fact does not: stop, and do not trust it. */
export class VerificationError<Code extends string = string> extends Error {
  override readonly name: string = "VerificationError";
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The stable code of an error of these families; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const ours =
    error instanceof UsageError || error instanceof ServiceError || error instanceof VerificationError;
  return ours ? String(error.code) : undefined;
}
