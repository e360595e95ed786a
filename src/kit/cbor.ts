/**
 * The part of CBOR (RFC 8949) that this service speaks: what COSE messages need, and what JSON could say as well.
 *
 * Integers within ±(2^53 - 1), byte strings, text, arrays, maps whose keys are integers or text, true, false, null and
 * floats. Refused are indefinite lengths, heads longer than needed, keys given twice, text that is not UTF-8, other tags
 * and simple values than those, nesting deeper than that of JSON, more items than anybody needs, and bytes after the end: every message then has one
 * meaning, whoever reads it.
 */
import { sameBytes } from "./bytes.js";
import { hasHalfOfPair, utf8 } from "./encodings.js";
import { DEEPEST } from "./json.js";

export type CborKey = number | string;
export type CborValue = number | string | boolean | null | ArrayBuffer | readonly CborValue[] | CborMap;
export type CborMap = ReadonlyMap<CborKey, CborValue>;

/** Items of one message, keys of maps counted: this is how long bytes can keep a node busy before it knows who sent them. */
export const MOST_ITEMS = 100_000;

/** Bytes that are not what this service takes for CBOR; the message says why, in a clause with the bytes as subject. */
export class CborError extends Error {}

/** @throws {CborError} */
export function decodeCbor(bytes: ArrayBuffer): CborValue {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  reader.end();
  return value;
}

/**
 * Decodes an item that bears a tag, which says what it is.
 *
 * @throws {CborError} also when it bears none or another
 */
export function decodeTaggedCbor(tag: number, bytes: ArrayBuffer): CborValue {
  const reader = new Reader(bytes);
  reader.tag(tag);
  const value = reader.item(0);
  reader.end();
  return value;
}

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
/** Additional information of major type 7. */
const SIMPLE = { false: 20, true: 21, null: 22, half: 25, single: 26, double: 27 } as const;

/** The least argument that needs this many bytes after its head; smaller ones must be written shorter. */
const LEAST = { 1: 24, 2: 0x100, 4: 0x1_0000, 8: 0x1_0000_0000 } as const;

class Reader {
  readonly #bytes: ArrayBuffer;
  readonly #view: DataView;
  #at = 0;
  #items = 0;

  constructor(bytes: ArrayBuffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes);
  }

  end(): void {
    if (this.#at < this.#view.byteLength) throw new CborError("go on after the end of the item");
  }

  tag(expected: number): void {
    const head = this.#head();
    if (head >> 5 !== MAJOR.tag || this.#argument(head & 31) !== expected)
      throw new CborError(`do not start with tag ${expected}`);
  }

  /** @param depth how many arrays and maps the item is in */
  item(depth: number): CborValue {
    if (++this.#items > MOST_ITEMS) throw new CborError(`hold more than ${MOST_ITEMS} items`);
    const head = this.#head();
    const info = head & 31;
    switch (head >> 5) {
      case MAJOR.unsigned:
        return this.#argument(info);
      case MAJOR.negative:
        return this.#negative(info);
      case MAJOR.bytes:
        return this.#slice(this.#argument(info));
      case MAJOR.text:
        return textOf(this.#slice(this.#argument(info)));
      case MAJOR.array:
        return this.#array(this.#argument(info), below(depth));
      case MAJOR.map:
        return this.#map(this.#argument(info), below(depth));
      case MAJOR.simple:
        return this.#simple(info);
      default:
        throw new CborError("hold a tag where none has a meaning");
    }
  }

  /** @param count as claimed: bytes that are not there end the reading */
  #array(count: number, depth: number): CborValue[] {
    const items: CborValue[] = [];
    for (let left = count; left > 0; left--) items.push(this.item(depth));
    return items;
  }

  #map(count: number, depth: number): CborMap {
    const map = new Map<CborKey, CborValue>();
    for (let left = count; left > 0; left--) {
      const key = this.#key(depth);
      if (map.has(key)) throw new CborError(`hold a map with the key ${JSON.stringify(key)} twice`);
      map.set(key, this.item(depth));
    }
    return map;
  }

  #key(depth: number): CborKey {
    const major = this.#at < this.#view.byteLength ? this.#view.getUint8(this.#at) >> 5 : MAJOR.text;
    // a float is no key, even where it equals an integer
    if (major > MAJOR.text || major === MAJOR.bytes)
      throw new CborError("hold a map with a key that is neither an integer nor text");
    return this.item(depth) as CborKey;
  }

  #simple(info: number): number | boolean | null {
    switch (info) {
      case SIMPLE.false:
        return false;
      case SIMPLE.true:
        return true;
      case SIMPLE.null:
        return null;
      case SIMPLE.half:
        return halfOf(this.#view.getUint16(this.#skip(2)));
      case SIMPLE.single:
        return this.#view.getFloat32(this.#skip(4));
      case SIMPLE.double:
        return this.#view.getFloat64(this.#skip(8));
      default:
        throw new CborError("hold a simple value other than false, true and null");
    }
  }

  #negative(info: number): number {
    const argument = this.#argument(info);
    if (argument === Number.MAX_SAFE_INTEGER) throw beyondSafe();
    return -1 - argument;
  }

  /** Major type in its highest 3 bits, additional information in the other 5. */
  #head(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  /** The number that a head says, or that follows it (RFC 8949 §3). */
  #argument(info: number): number {
    switch (info) {
      case 24:
        return needed(this.#view.getUint8(this.#skip(1)), LEAST[1]);
      case 25:
        return needed(this.#view.getUint16(this.#skip(2)), LEAST[2]);
      case 26:
        return needed(this.#view.getUint32(this.#skip(4)), LEAST[4]);
      case 27:
        return needed(this.#uint64(this.#skip(8)), LEAST[8]);
      default:
        if (info < 24) return info;
        throw new CborError("hold an item of indefinite length, or a head that means nothing");
    }
  }

  #uint64(at: number): number {
    const high = this.#view.getUint32(at);
    if (high > 0x1f_ffff) throw beyondSafe();
    return high * 0x1_0000_0000 + this.#view.getUint32(at + 4);
  }

  #slice(length: number): ArrayBuffer {
    const from = this.#skip(length);
    return this.#bytes.slice(from, from + length);
  }

  /** Passes over some bytes. @returns where they start */
  #skip(length: number): number {
    const from = this.#at;
    if (length > this.#view.byteLength - from) throw cutOff();
    this.#at = from + length;
    return from;
  }
}

const cutOff = (): CborError => new CborError("end within an item");
const beyondSafe = (): CborError => new CborError("hold an integer beyond 2^53 - 1");

function below(depth: number): number {
  if (depth === DEEPEST) throw new CborError(`are nested more than ${DEEPEST} levels deep`);
  return depth + 1;
}

function needed(argument: number, least: number): number {
  if (argument < least) throw new CborError("hold a head that is longer than needed");
  return argument;
}

/** IEEE 754 binary16 (RFC 8949 appendix D), for which this language has no function yet. */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent < 31
        ? (fraction + 1024) * 2 ** (exponent - 25)
        : fraction === 0
          ? Infinity
          : NaN;
  return bits & 0x8000 ? -magnitude : magnitude;
}

const REPLACEMENT = "\ufffd";

/**
 * CCF converts anything: what is no UTF-8 becomes replacement characters, halves of surrogate pairs stay. Whether all was
 * well is told without looking at each byte, as far as possible.
 */
function textOf(bytes: ArrayBuffer): string {
  const text = ccf.bufToStr(bytes);
  const replaced = text.includes(REPLACEMENT);
  // as many characters as bytes: all of it ASCII
  if (!replaced && text.length === bytes.byteLength) return text;
  const again = utf8(text);
  // a pair of surrogates that was written as two characters has become one, and shorter
  const same = replaced ? sameBytes(again, bytes) : again.byteLength === bytes.byteLength;
  if (!same || hasHalfOfPair(text)) throw new CborError("hold text that is not UTF-8");
  return text;
}
