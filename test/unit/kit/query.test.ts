import assert from "node:assert/strict";
import { parseQuery } from "../../../src/kit/query.js";

describe("parseQuery()", () => {
  const cases: [what: string, query: string, found: Record<string, string>][] = [
    ["nothing", "", {}],
    ["a parameter", "id=a", { id: "a" }],
    ["several, and a harmless leading &", "&a=1&b=2", { a: "1", b: "2" }],
    ["the last of several with one name", "a=1&a=2", { a: "2" }],
    ["an empty value", "a=", { a: "" }],
    ["a name without a value as absent", "a&b=1", { b: "1" }],
    ["a value with = in it, whole", "a=b=c==", { a: "b=c==" }],
  ];
  for (const [what, query, found] of cases) {
    it(`reads ${what}`, () => assert.deepEqual({ ...parseQuery(query) }, found));
  }

  it("takes the names of an object's own machinery for ordinary names", () => {
    const found = parseQuery("__proto__=1&constructor=2");
    assert.deepEqual(Object.entries(found), [
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
  });
});
