import { HttpParseError, RequestTooLarge } from "./errors.js";

/** Collects the body of a request. */
export abstract class BodyReader {
  readonly #limit: number;
  readonly #parts: Buffer[] = [];
  #size = 0;
  /** whether the body is complete */
  done = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes what belongs to the body. @returns what it has no use for yet, or what follows the body once it is done */
  abstract read(data: Buffer): Buffer;

  bytes(): Uint8Array {
    const [only] = this.#parts;
    return only && this.#parts.length === 1 ? only : Buffer.concat(this.#parts);
  }

  /** @throws {RequestTooLarge} if `more` bytes exceed the limit */
  protected expect(more: number): void {
    if (this.#size + more > this.#limit)
      throw new RequestTooLarge(
        413,
        `HTTP request body is too large (max size allowed: ${this.#limit / 1048576}MB)`,
      );
  }

  protected take(part: Buffer): void {
    this.expect(part.length);
    this.#size += part.length;
    if (part.length > 0) this.#parts.push(part);
  }
}

/** A body whose length the header states. */
class FixedBody extends BodyReader {
  #missing: number;

  constructor(length: number, limit: number) {
    super(limit);
    this.expect(length);
    this.#missing = length;
    this.done = length === 0;
  }

  override read(data: Buffer): Buffer {
    const part = data.subarray(0, this.#missing);
    this.take(part);
    this.#missing -= part.length;
    this.done = this.#missing === 0;
    return data.subarray(part.length);
  }
}

/** A body in chunks (RFC 9112 §7.1); extensions and trailers are skipped. */
class ChunkedBody extends BodyReader {
  /** bytes missing of the present chunk; `undefined` between chunks */
  #missing: number | undefined;
  #trailers = false;

  override read(data: Buffer): Buffer {
    let rest = data;
    while (!this.done) {
      const before = rest;
      rest = this.#missing === undefined ? this.#readLine(rest) : this.#readChunk(rest, this.#missing);
      if (rest === before) return rest;
    }
    return rest;
  }

  #readLine(data: Buffer): Buffer {
    const end = data.indexOf("\r\n");
    if (end > MAX_CHUNK_LINE || (end < 0 && data.length > MAX_CHUNK_LINE))
      throw new HttpParseError("INVALID_CHUNK_SIZE", "Line between chunks is too long", 0);
    if (end < 0) return data;
    const line = data.toString("latin1", 0, end);
    if (this.#trailers) this.done = line === "";
    else {
      const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
      if (size === undefined)
        throw new HttpParseError("INVALID_CHUNK_SIZE", "Invalid character in chunk size", 0);
      const length = Number.parseInt(size, 16);
      this.expect(length);
      if (length === 0) this.#trailers = true;
      else this.#missing = length;
    }
    return data.subarray(end + 2);
  }

  #readChunk(data: Buffer, missing: number): Buffer {
    if (missing > 0) {
      const part = data.subarray(0, missing);
      this.take(part);
      this.#missing = missing - part.length;
      return part.length > 0 ? data.subarray(part.length) : data;
    }
    if (data.length < 2) return data;
    if (data.toString("latin1", 0, 2) !== "\r\n")
      throw new HttpParseError("STRICT", "Expected LF after chunk data", 0);
    this.#missing = undefined;
    return data.subarray(2);
  }
}

/** bytes of a line with a chunk's size, or of a trailer */
const MAX_CHUNK_LINE = 16 * 1024;

/** What the headers of a request say about where its body ends. */
export interface Framing {
  /** `content-length`, bytes */
  length?: number;
  /** `transfer-encoding` */
  encoding?: string;
}

/** The reader for a body. @param limit bytes */
export function bodyReader({ length, encoding }: Framing, limit: number): BodyReader {
  if (encoding === undefined) return new FixedBody(length ?? 0, limit);
  // Both at once would leave open where the body ends (RFC 9112 §6.3).
  if (length !== undefined)
    throw new HttpParseError(
      "INVALID_TRANSFER_ENCODING",
      "Transfer-Encoding can't be present with Content-Length",
      0,
    );
  if (encoding.trim().toLowerCase() !== "chunked")
    throw new HttpParseError("INVALID_TRANSFER_ENCODING", "Request has invalid `Transfer-Encoding`", 0);
  return new ChunkedBody(limit);
}
