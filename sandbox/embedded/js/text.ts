/**
 * Text and bytes as QuickJS 2024-01-13 converts them, the version that CCF embeds: its strings are sequences of
 * 16-bit units, its bytes UTF-8 that may hold lone surrogates.
 */

/** The bytes that C code gets of a string: they end before the first zero character. */
export function textToBytes(text: string): Uint8Array {
  const end = text.indexOf("\0");
  return encodeUtf8(end < 0 ? text : text.slice(0, end));
}

/** The string that `JS_NewStringLen` makes of bytes; zero characters are kept. */
export function bytesToText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString("utf8");
  return text.includes("\u{fffd}") ? decodeUtf8(buffer) : text;
}

function encodeUtf8(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text, "utf8");
  const parts = text.split(/(\p{Surrogate})/u).map((part, index) => {
    const unit = part.charCodeAt(0);
    return index % 2 === 0
      ? Buffer.from(part, "utf8")
      : Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
  });
  return Buffer.concat(parts);
}

const REPLACEMENT = 0xfffd;

function decodeUtf8(bytes: Uint8Array): string {
  const units: string[] = [];
  let position = 0;
  while (position < bytes.length) {
    const character = characterAt(bytes, position);
    if (character) {
      units.push(String.fromCodePoint(character.code));
      position += character.length;
    } else {
      units.push(String.fromCodePoint(REPLACEMENT));
      position = afterInvalid(bytes, position);
    }
  }
  return units.join("");
}

/** By number of bytes that follow the first: what the first is at least, its bits, and the least code of that length. */
const SEQUENCES = [
  { lead: 0xf0, mask: 0x07, following: 3, least: 0x10000 },
  { lead: 0xe0, mask: 0x0f, following: 2, least: 0x800 },
  { lead: 0xc0, mask: 0x1f, following: 1, least: 0x80 },
  { lead: 0x00, mask: 0x7f, following: 0, least: 0 },
] as const;

function characterAt(bytes: Uint8Array, position: number): { code: number; length: number } | undefined {
  const first = bytes[position] ?? 0;
  if (isFollowing(first) || first >= 0xf8) return undefined;
  const { mask, following, least } = SEQUENCES.find(({ lead }) => first >= lead) ?? SEQUENCES[3];
  let code = first & mask;
  for (let index = 1; index <= following; index++) {
    const byte = bytes[position + index];
    if (byte === undefined || !isFollowing(byte)) return undefined;
    code = (code << 6) | (byte & 0x3f);
  }
  return code < least || code > 0x10ffff ? undefined : { code, length: following + 1 };
}

/** What cannot be decoded is replaced once together with all the following bytes that come after it. */
function afterInvalid(bytes: Uint8Array, position: number): number {
  const skipFollowing = (from: number): number => {
    let next = from;
    while (next < bytes.length && isFollowing(bytes[next] ?? 0)) next++;
    return next;
  };
  const start = skipFollowing(position);
  return start < bytes.length ? skipFollowing(start + 1) : start;
}

function isFollowing(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}
