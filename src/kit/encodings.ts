const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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
  // Work per character is what JavaScript does worst in the engine: one pass over bytes, no strings, no destructuring.
  const characters = new Uint8Array(utf8(content));
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
  const source = new Uint8Array(buffer);
  let encoded = "";
  for (let i = 0; i < source.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [source[i], source[i + 1], source[i + 2]];
    const left = source.length - i;
    encoded += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | (b >> 4));
    encoded += left > 1 ? ALPHABET.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    encoded += left > 2 ? ALPHABET.charAt(c & 63) : "=";
  }
  return encoded;
}
