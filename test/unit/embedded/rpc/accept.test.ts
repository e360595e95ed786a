import assert from "node:assert/strict";
import { RpcError } from "../../../../sandbox/embedded/rpc/errors.js";
import { jsonResponse } from "../../../../sandbox/embedded/rpc/json-endpoint.js";

const respond = (accept?: string) =>
  jsonResponse(
    {
      method: "GET",
      path: "/",
      query: "",
      headers: accept === undefined ? {} : { accept },
      body: new Uint8Array(),
    },
    {},
  ).status;

describe("jsonResponse()", () => {
  it("answers clients that take JSON, or do not say", () => {
    for (const accept of [
      undefined,
      "application/json",
      "*/*",
      "application/*",
      "text/html, application/json;q=0.5",
    ])
      assert.equal(respond(accept), 200);
  });
  it("refuses clients that take none", () => {
    for (const accept of ["text/html", "text/*", ""])
      assert.throws(
        () => respond(accept),
        (error) =>
          error instanceof RpcError && error.status === 406 && error.code === "UnsupportedContentType",
      );
  });
  it("refuses what is no list of media types", () => {
    for (const accept of ["nonsense", "application/json,", "/json"])
      assert.throws(
        () => respond(accept),
        (error) => error instanceof RpcError && error.status === 400 && error.code === "InvalidHeaderValue",
      );
  });
});
