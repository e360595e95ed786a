import assert from "node:assert/strict";
import { HttpParseError, RequestTooLarge } from "../../../../sandbox/embedded/rpc/wire/errors.js";
import { type ParsedRequest, RequestParser } from "../../../../sandbox/embedded/rpc/wire/request-parser.js";

const get = (target: string, headers = "host: x") => `GET ${target} HTTP/1.1\r\n${headers}\r\n\r\n`;
const post = (headers: string, body: string) => `POST / HTTP/1.1\r\n${headers}\r\n\r\n${body}`;

function parse(...chunks: (string | Buffer)[]): ParsedRequest[] {
  const parser = new RequestParser();
  return chunks.flatMap((chunk) => [...parser.parse(Buffer.from(chunk))]);
}

function only(...chunks: (string | Buffer)[]): ParsedRequest {
  const [request, ...others] = parse(...chunks);
  assert.ok(request && others.length === 0);
  return request;
}

const fails = (text: string | Buffer, message: RegExp) =>
  assert.throws(
    () => parse(text),
    (error) => error instanceof HttpParseError && message.test(error.message),
  );

describe("RequestParser", () => {
  it("gives method, path, query, headers and body", () => {
    const request = only(
      "PUT /a/b?c=d HTTP/1.1\r\nHost: x\r\nX-Probe:  one two  \r\nContent-Length: 3\r\n\r\nabc",
    );
    const { method, path, query, headers, body } = request;
    assert.deepEqual([method, path, query, Buffer.from(body).toString()], ["PUT", "/a/b", "c=d", "abc"]);
    assert.deepEqual(headers, { host: "x", "x-probe": "one two  ", "content-length": "3" });
  });

  it("decodes nothing of the address", () => {
    const { path, query } = only(get("/a%2Fb/../c?x=%20+&y#fragment"));
    assert.deepEqual([path, query], ["/a%2Fb/../c", "x=%20+&y"]);
  });

  it("takes an address with a scheme as it is, and a fragment without a query for a part of the path", () => {
    assert.equal(only(get("https://example/app")).path, "https://example/app");
    assert.equal(only(get("/a#b")).path, "/a#b");
  });

  it("reads header values as UTF-8, and of a header given twice the first", () => {
    assert.equal(only(get("/", "x-a: é\r\nX-A: two")).headers["x-a"], "é");
  });

  it("takes the name of a header without a value for the beginning of the next one's, as CCF does", () => {
    assert.deepEqual(only(get("/", "x-a:\r\nx-b: 1\r\nx-c:")).headers, { "x-ax-b": "1", "x-c": "" });
    const [first, second] = parse(post("x:\r\ncontent-length: 1", "a") + get("/next"));
    assert.deepEqual([first?.body.length, second?.path], [1, "/next"]);
  });

  it("does not mistake a header for a property that all objects have", () => {
    assert.equal(only(get("/", "constructor: c")).headers.constructor, "c");
  });

  it("puts requests together from single bytes", () => {
    const bytes = Array.from(Buffer.from(post("content-length: 5", "hello")), (byte) => Buffer.from([byte]));
    assert.equal(Buffer.from(only(...bytes).body).toString(), "hello");
  });

  it("gives several requests in the order they were sent", () => {
    assert.deepEqual(
      parse(get("/1") + get("/2") + get("/3").slice(0, 9), get("/3").slice(9)).map(({ path }) => path),
      ["/1", "/2", "/3"],
    );
  });

  it("gives the requests before a broken one", () => {
    const parser = new RequestParser();
    const requests = parser.parse(Buffer.from(`${get("/fine")}nonsense`));
    assert.equal((requests.next().value as ParsedRequest).path, "/fine");
    assert.throws(() => requests.next(), HttpParseError);
  });

  it("joins the chunks of a chunked body and skips extensions and trailers", () => {
    const chunks = "3\r\nabc\r\n2;name=value\r\nde\r\n0\r\ntrailer: x\r\n\r\n";
    const [first, second] = parse(post("transfer-encoding: chunked", chunks) + get("/next"));
    assert.equal(Buffer.from(first?.body ?? []).toString(), "abcde");
    assert.equal(second?.path, "/next");
    const bytes = Array.from(Buffer.from(post("Transfer-Encoding: Chunked", chunks)), (byte) =>
      Buffer.from([byte]),
    );
    assert.equal(Buffer.from(only(...bytes).body).toString(), "abcde");
  });

  it("refuses what is no request, in the words of CCF's parser", () => {
    fails("hello there\r\n\r\n", /HPE_INVALID_METHOD: Invalid method encountered\) around byte 0$/);
    fails("FOO / HTTP/1.1\r\n\r\n", /Invalid method encountered\) around byte 1$/);
    fails("GETX / HTTP/1.1\r\n\r\n", /Expected space after method\) around byte 3$/);
    fails("GET /a HTTP/9.9\r\n\r\n", /HPE_INVALID_VERSION: Invalid HTTP version\) around byte 15$/);
    fails("GET /a b HTTP/1.1\r\n\r\n", /HPE_INVALID_CONSTANT: .*around byte 7$/);
    fails("GET a/b HTTP/1.1\r\n\r\n", /HPE_INVALID_URL: Unexpected char in url schema\) around byte 5$/);
    fails(get("/", "no colon"), /HPE_INVALID_HEADER_TOKEN: Invalid header token\) around byte 18$/);
    fails(get("/", "x: \u0001"), /HPE_INVALID_HEADER_TOKEN: Invalid header value char/);
    fails(get("/", "a: b\r\n folded: c"), /HPE_INVALID_HEADER_TOKEN/);
    fails("GET / HTTP/1.1\nhost: x\n\n", /HPE_CR_EXPECTED/);
  });

  it("refuses garbage at once, without waiting for the end of a head", () => {
    fails(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), /HPE_INVALID_METHOD/);
  });

  it("refuses a body of which it cannot be told where it ends", () => {
    fails(post("content-length: many", ""), /HPE_INVALID_CONTENT_LENGTH/);
    fails(post("content-length: -1", ""), /HPE_INVALID_CONTENT_LENGTH/);
    fails(post("content-length: 1\r\ncontent-length: 1", "a"), /HPE_UNEXPECTED_CONTENT_LENGTH/);
    fails(post("content-length: 1\r\ntransfer-encoding: chunked", ""), /HPE_INVALID_TRANSFER_ENCODING/);
    fails(post("transfer-encoding: gzip, chunked", ""), /HPE_INVALID_TRANSFER_ENCODING/);
    fails(post("transfer-encoding: chunked", "zz\r\n"), /HPE_INVALID_CHUNK_SIZE/);
    fails(post("transfer-encoding: chunked", "1\r\nabc"), /HPE_STRICT/);
  });

  const tooLarge = (status: number, message: RegExp, ...chunks: string[]) =>
    assert.throws(
      () => parse(...chunks),
      (error) => error instanceof RequestTooLarge && error.status === status && message.test(error.message),
    );

  it("refuses a body of more than a megabyte as soon as that is sure", () => {
    const message = /^HTTP request body is too large \(max size allowed: 1MB\)$/;
    tooLarge(413, message, post("content-length: 1048577", ""));
    tooLarge(413, message, post("content-length: 99999999999999999999", ""));
    tooLarge(
      413,
      message,
      post("transfer-encoding: chunked", "fffff\r\n" + "x".repeat(0xfffff) + "\r\n2\r\n"),
    );
    tooLarge(413, message, post("transfer-encoding: chunked", "ffffffff\r\n"));
    assert.equal(only(post("content-length: 1048576", "x".repeat(1048576))).body.length, 1048576);
  });

  it("refuses headers beyond CCF's limits", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: y`).join("\r\n");
    assert.equal(Object.keys(only(get("/", many(256))).headers).length, 256);
    tooLarge(431, /^Too many headers \(max number allowed: 256\)$/, get("/", many(257)));
    assert.equal(only(get("/", `x: ${"v".repeat(16384)}`)).headers.x?.length, 16384);
    tooLarge(
      431,
      /^Header value for 'x' is too large \(max size allowed: 16KB\)$/,
      get("/", `x: ${"v".repeat(16385)}`),
    );
    tooLarge(431, /^Header key for 'x+' is too large/, get("/", `${"x".repeat(16385)}: v`));
  });

  it("does not collect a head without an end", () => {
    tooLarge(431, /^Request head is too large/, `GET /${"a".repeat(1024 * 1024)}`);
  });
});
