import assert from "node:assert/strict";
import { areZero, concatenate, sameBytes } from "../../../src/kit/bytes.js";
import { TestCcf } from "../../support/ccf.js";

const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;

describe("bytes", () => {
  before(() => void new TestCcf().install());

  it("are the same if all of them are", () => {
    assert.ok(sameBytes(bytes(1, 2), bytes(1, 2)));
    assert.ok(sameBytes(bytes(), bytes()));
    for (const other of [bytes(1, 3), bytes(1), bytes(1, 2, 0), bytes()])
      assert.ok(!sameBytes(bytes(1, 2), other));
  });

  it("are zero if all of them are", () => {
    assert.ok(areZero(bytes()));
    assert.ok(areZero(new ArrayBuffer(1000)));
    assert.ok(!areZero(bytes(0, 0, 1)));
  });

  it("are put one after the other", () => {
    assert.deepEqual(concatenate([bytes(1), bytes(), bytes(2, 3)]), bytes(1, 2, 3));
    assert.deepEqual(concatenate([]), bytes());
  });
});
