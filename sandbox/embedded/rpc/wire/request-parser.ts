import type { RpcRequest } from "../http.js";
import { type BodyReader, bodyReader, type Framing } from "./body-reader.js";
import { HttpParseError, RequestTooLarge } from "./errors.js";
import { METHODS } from "./methods.js";

/** What CCF accepts by default. */
export const limits = {
  /** bytes of a header's name, and of its value */
  headerBytes: 16 * 1024,
  headers: 256,
  /** bytes */
  body: 1024 * 1024,
  /** bytes of request line and headers together; CCF has no such limit, and a client no use for more */
  head: 1024 * 1024,
} as const;

export type ParsedRequest = Omit<RpcRequest, "peerCertificate">;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly framing: Framing;
}

/**
 * Takes the requests out of the bytes of one connection (HTTP/1.1, RFC 9112). CCF hands on to applications what libraries
 * for HTTP decode, trim or refuse, which is why this node reads requests itself; where CCF is lenient about their form it
 * is strict. Its messages are those of CCF's parser (llhttp).
 */
export class RequestParser {
  #rest: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #body: BodyReader | undefined;

  /**
   * @returns the requests that `chunk` completes, one at a time: those before a broken one are to be answered
   * @throws {HttpParseError} if the bytes are no request; the connection is of no use then
   * @throws {RequestTooLarge} if a request exceeds {@link limits}; the same
   */
  *parse(chunk: Buffer): Generator<ParsedRequest> {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    for (;;) {
      if (!this.#head || !this.#body) {
        data = withoutEmptyLines(data);
        const end = data.indexOf("\r\n\r\n");
        // Positions in messages count from the chunk in which the parser stopped.
        const chunkStart = Math.max(0, data.length - chunk.length);
        if (end < 0) {
          checkUnfinished(data, chunkStart);
          this.#rest = data;
          return;
        }
        this.#head = parseHead(data.toString("latin1", 0, end + 2), chunkStart);
        this.#body = bodyReader(this.#head.framing, limits.body);
        data = data.subarray(end + 4);
      }
      data = this.#body.read(data);
      if (!this.#body.done) {
        this.#rest = data;
        return;
      }
      yield toRequest(this.#head, this.#body.bytes());
      this.#head = undefined;
    }
  }
}

function toRequest({ method, target, headers }: Head, body: Uint8Array): ParsedRequest {
  const queryStart = target.indexOf("?");
  if (queryStart < 0) return { method, path: utf8(target), query: "", headers, body };
  const afterPath = target.slice(queryStart + 1);
  const fragmentStart = afterPath.indexOf("#");
  const query = fragmentStart < 0 ? afterPath : afterPath.slice(0, fragmentStart);
  return { method, path: utf8(target.slice(0, queryStart)), query: utf8(query), headers, body };
}

function withoutEmptyLines(data: Buffer): Buffer {
  let start = 0;
  while (data[start] === 0x0d || data[start] === 0x0a) start += 1;
  return data.subarray(start);
}

/** What is no request is refused as soon as that is sure, and not only when a head is complete. */
function checkUnfinished(data: Buffer, chunkStart: number): void {
  if (data.length > limits.head)
    throw new RequestTooLarge(431, `Request head is too large (max size allowed: ${sizeText(limits.head)})`);
  const text = data.toString("latin1");
  if (text !== "") parseMethod(text, chunkStart);
  const bareLineFeed = /(?:^|[^\r])\n/.exec(text);
  if (bareLineFeed)
    throw new HttpParseError("CR_EXPECTED", "Missing expected CR before LF", bareLineFeed.index - chunkStart);
}

/** @param text request line and headers as latin1, each line ended by CR LF */
function parseHead(text: string, chunkStart: number): Head {
  const fail = (code: string, reason: string, position: number): never => {
    throw new HttpParseError(code, reason, Math.max(0, position - chunkStart));
  };
  const method = parseMethod(text, chunkStart);
  const lineEnd = text.indexOf("\r\n");
  const target = parseTarget(text.slice(0, lineEnd), method, fail);

  const headers: Record<string, string> = {};
  const framing: Framing = {};
  let count = 0;
  let unfinished = "";
  for (let start = lineEnd + 2; start < text.length;) {
    const end = text.indexOf("\r\n", start);
    const line = text.slice(start, end);
    const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*/.exec(line)?.[0] ?? "";
    if (name === "" || line[name.length] !== ":")
      fail("INVALID_HEADER_TOKEN", "Invalid header token", start + name.length);
    const value = line.slice(name.length + 1).replace(/^[ \t]+/, "");
    // eslint-disable-next-line no-control-regex -- exactly those may not be in a value (RFC 9110 §5.5)
    const control = /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(value);
    if (control)
      fail("INVALID_HEADER_TOKEN", "Invalid header value char", end - value.length + control.index);
    const lowerName = name.toLowerCase();
    if (lowerName === "content-length")
      checkContentLength(value, { position: end - value.length, given: framing.length !== undefined, fail });
    if (lowerName === "content-length") framing.length = Number(value);
    if (lowerName === "transfer-encoding") framing.encoding = value;
    const key = unfinished + lowerName;
    checkHeaderSize(key, value, count);
    // CCF takes a header without a value for unfinished, unless it is the last: its name goes on with the next one's.
    unfinished = value === "" && end + 2 < text.length ? key : "";
    // Of a header given twice the first counts.
    if (unfinished === "" && !Object.hasOwn(headers, key)) {
      headers[key] = utf8(value);
      count += 1;
    }
    start = end + 2;
  }
  return { method, target, headers, framing };
}

type Fail = (code: string, reason: string, position: number) => never;

function parseMethod(text: string, chunkStart: number): string {
  let length = 0;
  const fits = (size: number) => METHODS.some((method) => method.startsWith(text.slice(0, size)));
  while (length < text.length && text[length] !== " " && fits(length + 1)) length += 1;
  const method = text.slice(0, length);
  if (length === text.length || (text[length] === " " && isMethod(method))) return method;
  const reason = isMethod(method) ? "Expected space after method" : "Invalid method encountered";
  throw new HttpParseError("INVALID_METHOD", reason, Math.max(0, length - chunkStart));
}

function isMethod(text: string): boolean {
  return METHODS.includes(text);
}

/** What is between method and version: a path, an absolute address, or `*`. */
function parseTarget(line: string, method: string, fail: Fail): string {
  const start = method.length + 1;
  const space = line.indexOf(" ", start);
  const end = space < 0 ? line.length : space;
  const target = line.slice(start, end);
  if (method !== "CONNECT" && !target.startsWith("/") && target !== "*") {
    const scheme = /^[A-Za-z]*/.exec(target)?.[0] ?? "";
    if (scheme === "") fail("INVALID_URL", "Unexpected start char in url", start);
    if (!target.startsWith("://", scheme.length))
      fail("INVALID_URL", "Unexpected char in url schema", start + scheme.length);
  }
  // eslint-disable-next-line no-control-regex -- no control characters
  const invalid = /[\u0000-\u0020\u007f]/.exec(target);
  if (invalid) fail("INVALID_URL", "Invalid characters in url", start + invalid.index);
  const version = line.slice(end + 1);
  let matching = 0;
  while (matching < 5 && version[matching] === "HTTP/"[matching]) matching += 1;
  if (matching < 5) fail("INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/", end + 1 + matching);
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0")
    fail("INVALID_VERSION", "Invalid HTTP version", line.length);
  return target;
}

function checkContentLength(
  value: string,
  { position, given, fail }: { position: number; given: boolean; fail: Fail },
) {
  if (given) fail("UNEXPECTED_CONTENT_LENGTH", "Duplicate Content-Length", position);
  const digits = /^\d*/.exec(value)?.[0] ?? "";
  if (digits === "" || value.slice(digits.length).trim() !== "")
    fail("INVALID_CONTENT_LENGTH", "Invalid character in Content-Length", position + digits.length);
}

function checkHeaderSize(name: string, value: string, count: number): void {
  if (count >= limits.headers)
    throw new RequestTooLarge(431, `Too many headers (max number allowed: ${limits.headers})`);
  const allowed = `(max size allowed: ${sizeText(limits.headerBytes)})`;
  if (name.length > limits.headerBytes)
    throw new RequestTooLarge(431, `Header key for '${name}' is too large ${allowed}`);
  if (value.length > limits.headerBytes)
    throw new RequestTooLarge(431, `Header value for '${name}' is too large ${allowed}`);
}

/** As CCF writes sizes: `16KB`, `1MB`. */
function sizeText(bytes: number): string {
  return bytes % 1048576 === 0 ? `${bytes / 1048576}MB` : `${bytes / 1024}KB`;
}

/** @param bytes one character for each byte */
function utf8(bytes: string): string {
  return /[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}
