import assert from "node:assert/strict";
import { parseTime } from "../../../../sandbox/embedded/rpc/gov/time.js";

describe("times of certificates", () => {
  const accepted = [
    ["20250101000000Z", "2025-01-01T00:00:00.000Z"],
    ["491231235959Z", "2049-12-31T23:59:59.000Z"],
    ["500101000000Z", "1950-01-01T00:00:00.000Z"],
    ["2025-06-30 12:34:56", "2025-06-30T12:34:56.000Z"],
    ["2025-06-30T12:34:56.789", "2025-06-30T12:34:56.000Z"],
  ] as const;
  for (const [text, time] of accepted)
    it(`reads ${text}`, () => {
      assert.equal(parseTime(text).toISOString(), time);
    });

  for (const text of [
    "2025-01-01",
    "",
    "now",
    "20250230000000Z",
    "20251301000000Z",
    "20250101250000Z",
    "20250101000000",
  ])
    it(`refuses "${text}"`, () => {
      assert.throws(
        () => parseTime(text),
        new RangeError(`'${text}' does not match any accepted time format`),
      );
    });
});
