import assert from "node:assert/strict";
import { encodeResponse } from "../../../../sandbox/embedded/rpc/wire/response.js";

const encode = (response: Parameters<typeof encodeResponse>[0], method = "GET") =>
  encodeResponse(response, method).toString("latin1");

describe("encodeResponse()", () => {
  it("writes the status with the reason that CCF gives", () => {
    assert.match(encode({ status: 404 }), /^HTTP\/1\.1 404 NOT_FOUND\r\n/);
    assert.match(encode({ status: 299 }), /^HTTP\/1\.1 299 MISCELLANEOUS_PERSISTENT_WARNING\r\n/);
  });

  it("states length and type of a body by its kind; of bytes no type is known", () => {
    const [json, text, bytes] = [{ a: 1 }, "é", Buffer.from([0])].map((body) =>
      encode({ status: 200, body }),
    );
    assert.match(json ?? "", /content-type: application\/json\r\ncontent-length: 7\r\n\r\n\{"a":1\}$/);
    assert.match(text ?? "", /content-type: text\/plain\r\ncontent-length: 2\r\n/);
    assert.equal(bytes, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\0");
  });

  it("states a length without a body too, and no type", () => {
    assert.equal(encode({ status: 204 }), "HTTP/1.1 204 NO_CONTENT\r\ncontent-length: 0\r\n\r\n");
  });

  it("writes names of headers in lower case, and of two that are the same the last", () => {
    const headers = { "Content-Type": "a/b", "X-Probe": "é", "content-type": "c/d" };
    assert.deepEqual(
      encodeResponse({ status: 200, headers, body: "b" }, "GET").toString().split("\r\n").slice(1, 3),
      ["content-type: c/d", "x-probe: é"],
    );
  });

  it("drops the body of an answer to HEAD", () => {
    assert.match(encode({ status: 200, body: "text" }, "HEAD"), /content-length: 0\r\n\r\n$/);
  });

  it("refuses headers that would end early, and statuses that are none", () => {
    for (const headers of [{ "x-a": "1\r\nx-b: 2" }, { "x a": "1" }, { "": "1" }, { "x-a": "\n" }])
      assert.throws(() => encode({ status: 200, headers }), RangeError);
    for (const status of [0, -1, 99, 600, 1000, NaN, 200.5])
      assert.throws(() => encode({ status }), RangeError);
  });
});
