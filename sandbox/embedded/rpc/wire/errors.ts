/** Bytes that are no HTTP request; named as CCF's parser (llhttp) names it. */
export class HttpParseError extends Error {
  /** @param position counted from the chunk of bytes in which it was found */
  constructor(code: string, reason: string, position: number) {
    super(`HTTP parsing failed (HPE_${code}: ${reason}) around byte ${position}`);
    this.name = "HttpParseError";
  }
}

/** A request that exceeds a limit. */
export class RequestTooLarge extends Error {
  readonly status: 413 | 431;

  constructor(status: 413 | 431, message: string) {
    super(message);
    this.name = "RequestTooLarge";
    this.status = status;
  }
}
