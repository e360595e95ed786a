import { ASN1HEX } from "jsrsasign";
import { type Element, elementAt, elements } from "../../kit/der.js";
import { hex } from "../../kit/encodings.js";

/** Tags of elements (X.690 §8). */
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
export const SET = 0x31;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
/** UTF8String, and two that hold a part of ASCII: PrintableString, IA5String. */
const TEXTS: readonly number[] = [0x0c, 0x13, 0x16];

/** An element of DER that is read. What is not as expected throws. */
export class Part {
  readonly #bytes: Uint8Array;
  readonly #at: Element;

  constructor(bytes: Uint8Array, at: Element) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** All bytes are one element. */
  static of(der: ArrayBuffer): Part {
    const bytes = new Uint8Array(der);
    const at = elementAt(bytes, 0);
    if (at.end !== bytes.length) throw new RangeError("more than an element");
    return new Part(bytes, at);
  }

  get tag(): number {
    return this.#at.tag;
  }

  /** The element with its tag and length. */
  get der(): ArrayBuffer {
    return this.#bytes.slice(this.#at.start, this.#at.end).buffer;
  }

  /** The elements inside. */
  parts(tag = SEQUENCE): Part[] {
    return elements(this.#bytes, this.#at, tag).map((at) => new Part(this.#bytes, at));
  }

  /** One of the elements inside a sequence. */
  part(place: number): Part {
    const found = this.parts()[place];
    if (found === undefined) throw new RangeError("no such element");
    return found;
  }

  content(tag: number): ArrayBuffer {
    if (this.#at.tag !== tag) throw new RangeError("something else than was expected");
    return this.#bytes.slice(this.#at.content, this.#at.end).buffer;
  }

  /** The content of a bit string that has whole bytes. */
  get bits(): ArrayBuffer {
    const [unusedBits, ...bytes] = new Uint8Array(this.content(BIT_STRING));
    if (unusedBits !== 0) throw new RangeError("no whole bytes");
    return Uint8Array.from(bytes).buffer;
  }

  /** An object identifier, dotted. */
  get oid(): string {
    return ASN1HEX.hextooidstr(hex(this.content(OBJECT_IDENTIFIER)));
  }

  get text(): string {
    if (!TEXTS.includes(this.#at.tag)) throw new RangeError("another kind of text");
    return ccf.bufToStr(this.content(this.#at.tag));
  }
}
