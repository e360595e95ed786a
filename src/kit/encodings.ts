const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The alphabet's character codes. */
const CHARACTERS = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Six bits by character code; 64 marks what is outside the alphabet. Standard and URL-safe alphabet (RFC 4648 §4, §5). */
const SEXTETS = ((): Uint8Array => {
  const sextets = new Uint8Array(256).fill(64);
  for (let i = 0; i < 64; i++) sextets[ALPHABET.charCodeAt(i)] = i;
  sextets["-".charCodeAt(0)] = 62;
  sextets["_".charCodeAt(0)] = 63;
  return sextets;
})();

/** Text as UTF-8 bytes, NUL characters included, at which CCF's own conversion ends. */
export function utf8(content: string): ArrayBuffer {
  if (!content.includes("\0")) return ccf.strToBuf(content);
  const parts = content.split("\0").map((part) => new Uint8Array(ccf.strToBuf(part)));
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length + 1, -1));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length + 1;
  }
  return joined.buffer;
}

/** Whether text has half of a surrogate pair, which UTF-8 cannot say. */
export const hasHalfOfPair = (content: string): boolean => /[\ud800-\udfff]/u.test(content);

/** Bytes as lower-case hexadecimal. */
export function hex(buffer: ArrayBuffer): string {
  let digits = "";
  for (const byte of new Uint8Array(buffer)) digits += HEX[byte] ?? "";
  return digits;
}

/**
 * Base64 as clients send it: standard or URL-safe alphabet, padding optional, other characters (line ends) dropped.
 *
 * @returns `undefined` if what remains is no whole number of bytes
 */
export function fromBase64(content: string): ArrayBuffer | undefined {
  const characters = utf8(content);
  return characters.byteLength < LONG ? decodeAny(characters) : decodeLong(characters);
}

/** Characters from which on it pays to have {@link pairs}. */
const LONG = 512;

/** All but the last characters go two at a time, unless any is outside the alphabet. */
function decodeLong(characters: ArrayBuffer): ArrayBuffer | undefined {
  const runs = (characters.byteLength - 1) >> 3;
  const decoded = new Uint8Array(runs * 6 + 6);
  const whole = new Uint16Array(decoded.buffer, 0, runs * 3);
  if (!decodeRuns(new Uint16Array(characters, 0, runs * 4), whole)) return decodeAny(characters);
  const last = decodeAny(characters.slice(runs * 8));
  if (last === undefined) return undefined;
  decoded.set(new Uint8Array(last), runs * 6);
  return decoded.buffer.slice(0, runs * 6 + last.byteLength);
}

/**
 * Decodes runs of eight characters, six bytes each. Both arrays are of two bytes at a time, the lower first, as they stand in
 * the memory of every processor that CCF runs on. It is the inner loop of reading evidence: every operation counts.
 *
 * @returns whether all characters are of the alphabet
 */
function decodeRuns(source: Uint16Array, decoded: Uint16Array): boolean {
  const bits = pairs();
  const { length } = source;
  let seen = 0;
  /* eslint-disable @typescript-eslint/no-non-null-assertion -- there are whole runs, and a place for every pair */
  for (let from = 0, to = 0; from < length;) {
    const a = bits[source[from++]!]!;
    const b = bits[source[from++]!]!;
    const c = bits[source[from++]!]!;
    const d = bits[source[from++]!]!;
    decoded[to++] = (a >> 4) | (a << 12) | (b & 0xf00);
    decoded[to++] = (b & 0xff) | ((c << 4) & 0xff00);
    decoded[to++] = ((c << 4) & 0xf0) | (d >> 8) | (d << 8);
    seen |= a | b | c | d;
  }
  /* eslint-enable @typescript-eslint/no-non-null-assertion */
  return seen < OUTSIDE;
}

/** Marks pairs of which a character is outside the alphabet. */
const OUTSIDE = 1 << 12;
let twelveBits: Uint16Array | undefined;

/**
 * Twelve bits by two character codes, as they stand side by side in memory. A constant, but it is not made before it is
 * needed: a constitution is evaluated anew for every ballot.
 */
function pairs(): Uint16Array {
  if (twelveBits) return twelveBits;
  const made = new Uint16Array(1 << 16).fill(OUTSIDE);
  const codes = new Uint8Array(2);
  const pair = new Uint16Array(codes.buffer);
  SEXTETS.forEach((high, first) => {
    if (high === 64) return;
    codes[0] = first;
    SEXTETS.forEach((low, second) => {
      codes[1] = second;
      if (low < 64) made[pair[0] ?? 0] = (high << 6) | low;
    });
  });
  return (twelveBits = made);
}

function decodeAny(text: ArrayBuffer): ArrayBuffer | undefined {
  // Work per character is what JavaScript does worst in the engine: one pass over bytes, no strings, no destructuring.
  const characters = new Uint8Array(text);
  let count = 0;
  for (const character of characters) {
    const sextet = SEXTETS[character] ?? 64;
    if (sextet < 64) characters[count++] = sextet;
  }
  if (count % 4 === 1) return undefined;
  characters.fill(0, count);
  const decoded = new Uint8Array((count * 3) >> 2);
  for (let from = 0, to = 0; from < count; from += 4) {
    // what is written beyond the end of `decoded` is dropped
    const word =
      ((characters[from] ?? 0) << 18) |
      ((characters[from + 1] ?? 0) << 12) |
      ((characters[from + 2] ?? 0) << 6) |
      (characters[from + 3] ?? 0);
    decoded[to++] = word >> 16;
    decoded[to++] = word >> 8;
    decoded[to++] = word;
  }
  return decoded.buffer;
}

/** Base64 in the standard alphabet, with padding (RFC 4648 §4). */
export function toBase64(buffer: ArrayBuffer): string {
  // Into bytes: text that grows character by character is copied over and over, which a large secret would feel.
  const source = new Uint8Array(buffer);
  const encoded = new Uint8Array(Math.ceil(source.length / 3) * 4);
  for (let from = 0, to = 0; from < source.length; from += 3) {
    // beyond the end of `source` are zeros
    const word = ((source[from] ?? 0) << 16) | ((source[from + 1] ?? 0) << 8) | (source[from + 2] ?? 0);
    encoded[to++] = CHARACTERS[word >> 18] ?? 0;
    encoded[to++] = CHARACTERS[(word >> 12) & 63] ?? 0;
    encoded[to++] = CHARACTERS[(word >> 6) & 63] ?? 0;
    encoded[to++] = CHARACTERS[word & 63] ?? 0;
  }
  const padding = (3 - (source.length % 3)) % 3;
  encoded.fill("=".charCodeAt(0), encoded.length - padding);
  return ccf.bufToStr(encoded.buffer);
}

/** Base64 in the URL-safe alphabet, without padding (RFC 4648 §5), as JOSE writes bytes. */
export function toBase64Url(buffer: ArrayBuffer): string {
  return toBase64(buffer).replace(/[+]/g, "-").replace(/[/]/g, "_").replace(/=+$/, "");
}
