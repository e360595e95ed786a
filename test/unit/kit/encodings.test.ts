import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fromBase64, hex, toBase64, utf8 } from "../../../src/kit/encodings.js";
import { TestCcf } from "../../support/ccf.js";

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const decoded = (text: string): Buffer | undefined => {
  const bytes = fromBase64(text);
  return bytes && Buffer.from(bytes);
};

describe("base64", () => {
  before(() => void new TestCcf().install());

  it("comes back as it was, for every length", () => {
    for (let length = 0; length < 800; length++) {
      const bytes = randomBytes(length);
      assert.equal(toBase64(buffer(bytes)), bytes.toString("base64"));
      assert.deepEqual(decoded(bytes.toString("base64")), bytes);
    }
  });

  it("is read in either alphabet, with and without padding", () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0xff]);
    for (const text of ["+//+/w==", "-__-_w==", "+//+/w", "-__-_w", "-//-/w="])
      assert.deepEqual(decoded(text), bytes, text);
  });

  it("is read past line ends, spaces and other characters outside the alphabet", () => {
    assert.deepEqual(decoded("aG Vs\r\nbG8=\n"), Buffer.from("hello"));
    assert.deepEqual(decoded("aGVs\u00e9\u{1f600}bG8="), Buffer.from("hello"));
  });

  it("is refused when what remains is no whole number of bytes", () => {
    for (const text of ["a", "aGVsb", "====a"]) assert.equal(decoded(text), undefined, text);
  });

  it("means the same in a long text, wherever in it something is unusual", () => {
    const bytes = randomBytes(3000);
    const text = bytes.toString("base64");
    assert.deepEqual(decoded(bytes.toString("base64url")), bytes);
    for (let at = 0; at <= text.length; at += 37)
      for (const dropped of ["\n", "=", "\0", "\u00e9", "\u{1f600}", "\uff21"])
        assert.deepEqual(decoded(text.slice(0, at) + dropped + text.slice(at)), bytes);
    for (const length of [1, 2, 3, 4]) {
      const cut = text.slice(0, -length);
      assert.deepEqual(decoded(cut), length === 3 ? undefined : Buffer.from(cut, "base64"));
      assert.deepEqual(decoded(`${cut}=`), length === 3 ? undefined : Buffer.from(cut, "base64"));
    }
  });
});

describe("hex()", () => {
  it("writes two lower-case digits per byte", () =>
    assert.equal(hex(buffer(Buffer.from([0, 10, 255]))), "000aff"));
});

describe("UTF-8", () => {
  before(() => void new TestCcf().install());

  it("holds every character, NUL too, at which CCF's own conversion ends", () => {
    for (const text of ["", "plain", "Schlüssel 🗝", "\0", "\0\0", "a\0b", "\0a\0", "é\0🗝\0"]) {
      assert.equal(Buffer.from(utf8(text)).toString("utf8"), text);
    }
  });
});
