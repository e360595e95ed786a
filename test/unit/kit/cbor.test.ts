import assert from "node:assert/strict";
import { decode, encode } from "cbor2";
import { CborError, decodeCbor, decodeTaggedCbor } from "../../../src/kit/cbor.js";
import { plain } from "../../../src/kit/cbor-plain.js";
import { bytes, CASES, REFUSED } from "../../support/cbor.js";
import { TestCcf } from "../../support/ccf.js";

const bufferOf = (encoded: Uint8Array): ArrayBuffer => new Uint8Array(encoded).buffer;
const read = (hex: string): unknown => decodeCbor(bytes(hex));

describe("decodeCbor()", () => {
  before(() => void new TestCcf().install());

  it("reads every kind of value, as another implementation writes it", () => {
    for (const [value, hex] of CASES) {
      assert.deepEqual(read(hex), value, hex.slice(0, 40));
      assert.equal(Buffer.from(encode(encodable(value))).toString("hex"), hex);
    }
  });

  it("reads floats of any length", () => {
    for (const hex of ["f93c00", "fa3f800000", "fb3ff0000000000000"]) assert.equal(read(hex), 1);
    assert.equal(read("fa7fc00000"), NaN);
    assert.equal(read("fb7ff0000000000000"), Infinity);
  });

  it("hands out byte strings that share nothing with what they were read from", () => {
    const source = bytes("8241014102");
    const [first, second] = decodeCbor(source) as [ArrayBuffer, ArrayBuffer];
    new Uint8Array(source).fill(0xff);
    new Uint8Array(first).fill(0xee);
    assert.deepEqual([first, second], [bytes("ee"), bytes("02")]);
  });

  for (const [hex, reason] of REFUSED) {
    it(`refuses ${hex === "" ? "nothing" : hex}`, () => {
      assert.throws(
        () => read(hex),
        (error) => error instanceof CborError && reason.test(error.message),
      );
    });
  }

  it("refuses every text that is cut off within a character, and reads it whole", () => {
    for (const text of ["ü", "水", "🗝", "\ufffd", "\ufeff"]) {
      const whole = Buffer.from(`${text}${text}`);
      for (let length = 1; length < whole.length; length++) {
        const cut = whole.subarray(0, length).toString("hex");
        const hex = (0x60 + length).toString(16) + cut;
        if (length === whole.length / 2) assert.equal(read(hex), text);
        else assert.throws(() => read(hex), /UTF-8/);
      }
    }
  });

  it("reads a hundred levels of arrays and maps, and no more, without exhausting the stack", () => {
    for (const level of ["81", "a100"]) {
      assert.doesNotThrow(() => read(level.repeat(99) + "80"));
      assert.throws(() => read(level.repeat(100) + "80"), /more than 100 levels/);
      assert.throws(() => read(level.repeat(500_000)), /more than 100 levels/);
    }
    assert.equal((read(`99ffff${"80".repeat(65_535)}`) as unknown[]).length, 65_535);
  });

  it("reads a hundred thousand items, and no more", () => {
    const list = (items: number, item: string) =>
      read(`9a${items.toString(16).padStart(8, "0")}${item.repeat(items)}`) as unknown[];
    assert.equal(list(99_999, "00").length, 99_999);
    for (const [items, item] of [
      [100_000, "00"],
      [100_000, "60"],
      [70_000, "a10000"],
    ] as const)
      assert.throws(() => list(items, item), /hold more than 100000 items/);
  });

  it("gives one meaning to bytes: whatever it takes, encoded again, is what it took", () => {
    for (const first of Array(256).keys()) {
      for (const rest of [
        "",
        "00",
        "17",
        "18",
        "61",
        "6161",
        "00000000",
        "ff000000000000ff",
        "0102030405060708",
      ]) {
        const hex = first.toString(16).padStart(2, "0") + rest;
        let value: unknown;
        try {
          value = read(hex);
        } catch (error) {
          assert.ok(error instanceof CborError, hex);
          continue;
        }
        if (typeof value === "number" && first >= 0xf9) continue; // floats may be of any length
        assert.equal(Buffer.from(encode(encodable(value))).toString("hex"), hex);
      }
    }
  });
});

describe("decodeTaggedCbor()", () => {
  before(() => void new TestCcf().install());

  it("reads what bears the tag", () => {
    assert.equal(decodeTaggedCbor(18, bytes("d201")), 1);
    assert.equal(decodeTaggedCbor(61, bytes("d83d01")), 1);
  });

  it("refuses what bears none, another, two, or the tag in more bytes than it takes", () => {
    for (const hex of ["", "01", "d1" + "01", "d3" + "01", "d818" + "01", "84"])
      assert.throws(() => decodeTaggedCbor(18, bytes(hex)), CborError);
    assert.throws(() => decodeTaggedCbor(18, bytes("d2d201")), /tag where none/);
    assert.throws(() => decodeTaggedCbor(18, bytes("d81201")), /longer than needed/);
    assert.throws(() => decodeTaggedCbor(18, bytes("d20101")), /after the end/);
  });
});

describe("plain()", () => {
  before(() => void new TestCcf().install());

  /** JSON texts: names like those of an object's own machinery, numbers at their limits, all of Unicode. */
  const DOCUMENTS = [
    "{}",
    '{"a": 1, "b": [true, false, null, "x", 1.5, -7, {"c": {}}]}',
    '{"__proto__": {"polluted": true}, "constructor": 1, "toString": "no function", "hasOwnProperty": []}',
    '{"": "", "1": "one", "0": "zero", "-1": "minus", "\\u0000": "\\u0000x"}',
    `{"numbers": [0, -0, 1e300, 5e-324, 0.1, 9007199254740991, -9007199254740991, 9007199254740992, 1e20, 123456789.125]}`,
    '{"text": "Schlüssel 🗝 水 \\ufffd \\u0000 \\n"}',
    JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`name${index}`, index]))),
  ];

  it("is what JSON would have said, of all that JSON can say", () => {
    for (const text of DOCUMENTS) {
      const document: unknown = JSON.parse(text);
      const encoded = encode(document);
      assert.deepEqual(plain(decodeCbor(bufferOf(encoded)), "refused"), document);
      assert.deepEqual(decode(encoded), document);
    }
  });

  it("makes `__proto__` a member like any other", () => {
    const value = plain(
      decodeCbor(bufferOf(encode(JSON.parse('{"__proto__": {"x": 1}}')))),
      "refused",
    ) as object;
    assert.ok(Object.hasOwn(value, "__proto__"));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.ok(!("x" in value));
  });

  it("keeps byte strings where they have a meaning, at any depth, and refuses them elsewhere", () => {
    const nested = decodeCbor(bytes("a16161a1616241ff"));
    assert.deepEqual(plain(nested, "kept"), { a: { b: bytes("ff") } });
    for (const hex of ["40", "8141ff", "a16161a1616241ff"])
      assert.throws(() => plain(decodeCbor(bytes(hex)), "refused"), /byte string/);
  });

  it("refuses names that are no text and numbers that JSON has not", () => {
    for (const hex of ["a10101", "a16161a12001", "81a10001"])
      assert.throws(() => plain(decodeCbor(bytes(hex)), "kept"), /keys must be text/);
    for (const hex of ["f97c00", "f9fc00", "81f97e00", "a16161f97c00"])
      assert.throws(() => plain(decodeCbor(bytes(hex)), "kept"), /number that JSON cannot say/);
  });
});

/** The same for another implementation, whose byte strings are of another type. */
function encodable(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(encodable);
  if (value instanceof Map)
    return new Map([...value].map(([key, member]) => [key as unknown, encodable(member)]));
  return value;
}
