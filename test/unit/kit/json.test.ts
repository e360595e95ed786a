import assert from "node:assert/strict";
import { parseJson } from "../../../src/kit/json.js";

const nested = (levels: number, open = "[", close = "]", inside = ""): string =>
  open.repeat(levels) + inside + close.repeat(levels);

describe("JSON from outside", () => {
  it("is read as JSON.parse() reads it", () => {
    for (const text of ["1", '"text"', "null", " [1, {}] ", '{"a": {"b": [true]}}', "1e999"]) {
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }
    for (const text of ["", "{", "[1,]", "{a: 1}", "undefined"])
      assert.throws(() => parseJson(text), SyntaxError);
  });

  it("may be nested a hundred levels deep, and no deeper, however it is written", () => {
    for (const [levels, open, close, inside] of [
      [100, "[", "]", ""],
      [100, '{"a":', "}", "1"],
      [99, "[[],[1],{},", "]", "[]"],
      [100, '["[{", ', "]", '"\\"]"'],
      [99, ' [ "\\\\", ', " ] ", "{}"],
    ] as const) {
      assert.doesNotThrow(() => parseJson(nested(levels, open, close, inside)));
      assert.throws(() => parseJson(nested(levels + 1, open, close, inside)), /more than 100 levels/);
    }
    assert.throws(() => parseJson(nested(500_000)), /more than 100 levels/);
    assert.throws(() => parseJson("[".repeat(1_000_000)), /more than 100 levels/);
  });

  it("may be as wide as it likes, and hold any brackets in its texts", () => {
    assert.equal((parseJson(`[${"[],".repeat(1000)}1]`) as unknown[]).length, 1001);
    assert.equal(parseJson(JSON.stringify("[{".repeat(1000))), "[{".repeat(1000));
  });
});
