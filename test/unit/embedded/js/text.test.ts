import assert from "node:assert/strict";
import { decode, encode } from "../../../../sandbox/embedded/js/binary-json.js";
import { nesting } from "../../../../sandbox/embedded/js/json.js";
import { bytesToText, textToBytes } from "../../../../sandbox/embedded/js/text.js";
import { Guest } from "./guest.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("text and values between host and guest", () => {
  it("textToBytes() keeps lone surrogates and byte order marks, and ends at a zero character", () => {
    const cases = [
      ["", ""],
      ["é", "c3a9"],
      ["👋", "f09f918b"],
      ["a\ud800b", "61eda08062"],
      ["\ufeffx", "efbbbf78"],
      ["a\0b", "61"],
    ] as const;
    for (const [text, bytes] of cases) assert.equal(hex(textToBytes(text)), bytes, JSON.stringify(text));
  });

  it("bytesToText() replaces what is not UTF-8 as QuickJS does", () => {
    const cases = [
      ["c3a9", "é"],
      ["610062", "a\0b"],
      ["ff", "\ufffd"],
      ["c328", "\ufffd("],
      ["e282", "\ufffd"],
      ["fffe", "\ufffd\ufffd"],
      ["c0af", "\ufffd"],
      ["eda080", "\ud800"],
      ["eda080edb080", "\ud800\udc00"],
      ["f4908080", "\ufffd"],
      ["61ff62", "a\ufffdb"],
      ["f09f91", "\ufffd"],
      ["efbfbd", "\ufffd"],
    ] as const;
    for (const [bytes, text] of cases) assert.equal(bytesToText(Buffer.from(bytes, "hex")), text, bytes);
  });

  it("nesting() counts what is open at once, not what stands in strings", () => {
    const cases = [
      ["[]", 1],
      ['{"a":[{}]}', 3],
      ["[1,[2],[3]]", 2],
      ['"[[["', 0],
      ['"\\"[[["', 0],
      ["5", 0],
      ["]]", 0],
    ] as const;
    for (const [json, depth] of cases) assert.equal(nesting(Buffer.from(json)), depth, json);
  });

  it("encode() and decode() are each other's inverse", () => {
    const values = [
      undefined,
      null,
      true,
      false,
      0,
      -1,
      -0,
      1.5,
      2 ** 31,
      -(2 ** 31),
      NaN,
      Infinity,
      "",
      "ascii",
      "é\0\ud800",
      "x".repeat(1000),
      [],
      [1, ["two", null]],
      { a: 1, é: { a: [] } },
      Uint8Array.of(),
      Uint8Array.of(1, 2, 255),
    ];
    for (const value of values) {
      const result = decode(encode(value));
      if (value instanceof Uint8Array) assert.equal(hex(result as Uint8Array), hex(value));
      else assert.deepEqual(result, value);
    }
  });

  it("encode() refuses what is no data", () => {
    for (const value of [() => 1, Symbol("s"), 1n, { deep: [() => 1] }])
      assert.throws(() => encode(value), TypeError);
  });

  it("decode() refuses what was cut short or is of another version", () => {
    const whole = encode({ a: ["text", Uint8Array.of(1, 2, 3)] });
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => decode(whole.subarray(0, length)), TypeError);
    assert.throws(() => decode(Uint8Array.of(6, 0, 1)), TypeError);
  });

  it("values are the same inside, and come back the same", async () => {
    const guest = await Guest.with({
      "app.js": "export const same = (request) => ({ body: request.body.json() });",
    });
    const value = { text: "é👋\ud800 \u2028", list: [1, -5, 0.1, 1e300, null, true], "": { 10: "a", b: [] } };
    const outcome = guest.call("app.js#same", { body: JSON.stringify(value) });
    assert.ok(outcome.ok);
    assert.deepEqual(JSON.parse(Buffer.from(outcome.response.body ?? []).toString()), value);
  });

  describe("ccf's converters", () => {
    let guest: Guest;
    before(async () => {
      guest = await Guest.with();
    });
    const cases: [expression: string, value: unknown][] = [
      ["ccf.strToBuf('é')", { bytes: [0xc3, 0xa9] }],
      ["ccf.bufToStr(ccf.strToBuf('\\ufeffx'))", "\ufeffx"],
      ["ccf.bufToStr(new Uint8Array([97, 0, 98]).buffer)", "a\0b"],
      ["ccf.bufToStr(ccf.jsonCompatibleToBuf({ a: [1, undefined], b: undefined }))", '{"a":[1,null]}'],
      ['ccf.bufToJsonCompatible(ccf.strToBuf(\'{"a":1,"a":2,"__proto__":3}\'))', { a: 2, ["__proto__"]: 3 }],
      ["ccf.jsonCompatibleToBuf(undefined)", "threw TypeError: Argument must be a string"],
      ["ccf.strToBuf(5)", "threw TypeError: Argument must be a string"],
      ["ccf.strToBuf('a', 'b')", "threw TypeError: Passed 2 arguments, but expected 1"],
      ["ccf.bufToStr(new Uint8Array(1))", "threw TypeError: Argument must be an ArrayBuffer"],
      ["ccf.enableUntrustedDateTime('x')", true],
      ["[ccf.enableMetricsLogging(false), ccf.enableMetricsLogging(true)]", [true, false]],
      ["ccf.enableMetricsLogging(1)", "threw TypeError: First argument must be a boolean"],
      [
        "ccf.tcbHexToPolicy('00a00f11', '541700000000000a')",
        { hexstring: "541700000000000a", microcode: 84, snp: 23, tee: 0, boot_loader: 10 },
      ],
      [
        "ccf.tcbHexToPolicy('00b00f21', '0102030405060708')",
        { hexstring: "0102030405060708", microcode: 1, snp: 5, tee: 6, boot_loader: 7, fmc: 8 },
      ],
      ["console.log('a', 1, { b: 2 }, null)", "undefined"],
      ["console.log(Symbol('s'))", "threw TypeError: value is not a string"],
    ];
    for (const [expression, value] of cases)
      it(expression, () => {
        assert.deepEqual(guest.evaluate(expression), value);
      });

    it("pemToId() refuses what is no certificate", () => {
      assert.match(
        String(guest.evaluate("ccf.pemToId('text')")),
        /^threw InternalError: Failed to parse PEM: /,
      );
    });

    it("cuts messages to the length that CCF's have", () => {
      const message = String(guest.evaluate("ccf.pemToId('x'.repeat(1000))"));
      assert.ok(Buffer.byteLength(message) <= "threw InternalError: ".length + 255);
    });
  });
});
