import assert from "node:assert/strict";
import { decodeQueryText, parseQuery } from "../../../../sandbox/embedded/rpc/query.js";

describe("decodeQueryText()", () => {
  it("decodes escapes and plus signs", () => {
    assert.equal(decodeQueryText("a%20b+c%C3%A9"), "a b cé");
  });
  it("leaves alone what is no escape", () => {
    assert.equal(decodeQueryText("%zz%"), "%zz%");
  });
  it("keeps text that is not escaped", () => {
    assert.equal(decodeQueryText("é☃"), "é☃");
  });
});

describe("parseQuery()", () => {
  it("gives the first of a parameter's values", () => {
    assert.deepEqual(
      [...parseQuery("a=1&a=2&b")],
      [
        ["a", "1"],
        ["b", ""],
      ],
    );
  });
  it("decodes before it takes the query apart, as CCF does", () => {
    assert.deepEqual(
      [...parseQuery("a=%26b=1")],
      [
        ["a", ""],
        ["b", "1"],
      ],
    );
  });
  it("leaves later equals signs in the value", () => {
    assert.equal(parseQuery("a=b=c").get("a"), "b=c");
  });
});
