/**
 * The form in which values cross between this process and QuickJS: what `JS_WriteObject` writes and `JS_ReadObject`
 * reads, for values without functions. Unlike a C string it keeps zero characters and lone surrogates, and it can
 * hold buffers; a value of any size crosses in one piece.
 */

/** A value that both sides can hold: JSON, and buffers. An `ArrayBuffer` of the guest is a `Uint8Array` here. */
export type Plain =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** Of the form, not of QuickJS: another one is not understood. */
const VERSION = 2;
const TAG = {
  null: 1,
  undefined: 2,
  false: 3,
  true: 4,
  int32: 5,
  float64: 6,
  string: 7,
  object: 8,
  array: 9,
  typedArray: 16,
  arrayBuffer: 17,
} as const;

/** @throws {TypeError} if the value is, or holds, something that {@link Plain} has no form for */
export function encode(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (typeof value === "string") return encodeText(value);
  const writer = new Writer();
  writer.value(value);
  return writer.finish();
}

/** @throws {TypeError} if the value has parts that {@link Plain} has no form for */
export function decode(bytes: Uint8Array): Plain {
  return new Reader(bytes).read();
}

/** A value that is but a buffer or a text, which most are, needs no names, and its size is known beforehand. */
function encodeBytes(bytes: Uint8Array): Uint8Array {
  const head = [VERSION, 0, TAG.arrayBuffer, ...leb128(bytes.length)];
  const encoded = new Uint8Array(head.length + bytes.length);
  encoded.set(head);
  encoded.set(bytes, head.length);
  return encoded;
}

function encodeText(text: string): Uint8Array {
  const { wide, size } = measure(text);
  const head = [VERSION, 0, TAG.string, ...leb128(text.length * 2 + (wide ? 1 : 0))];
  const encoded = Buffer.from(new ArrayBuffer(head.length + size));
  encoded.set(head);
  encoded.write(text, head.length, wide ? "utf16le" : "latin1");
  return encoded;
}

/** One byte per character where that is enough, else two. */
function measure(text: string): { wide: boolean; size: number } {
  const wide = /[^\0-\xff]/.test(text);
  return { wide, size: wide ? text.length * 2 : text.length };
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

class Writer {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;
  readonly #names = new Map<string, number>();

  value(value: unknown): void {
    if (value === undefined) this.#byte(TAG.undefined);
    else if (value === null) this.#byte(TAG.null);
    else if (typeof value === "boolean") this.#byte(value ? TAG.true : TAG.false);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") {
      this.#byte(TAG.string);
      this.#text(value);
    } else if (value instanceof Uint8Array) {
      this.#byte(TAG.arrayBuffer);
      this.#uint(value.length);
      this.#raw(value);
    } else if (Array.isArray(value)) {
      this.#byte(TAG.array);
      this.#uint(value.length);
      for (const item of value as readonly unknown[]) this.value(item);
    } else if (typeof value === "object") this.#object(value);
    else throw new TypeError(`a ${typeof value} cannot enter the interpreter`);
  }

  finish(): Uint8Array {
    const body = this.#bytes.subarray(0, this.#length);
    const header = new Writer();
    header.#byte(VERSION);
    header.#uint(this.#names.size);
    for (const name of this.#names.keys()) header.#text(name);
    header.#raw(body);
    return header.#bytes.subarray(0, header.#length);
  }

  #object(value: object): void {
    const entries = Object.entries<unknown>({ ...value });
    this.#byte(TAG.object);
    this.#uint(entries.length);
    for (const [name, item] of entries) {
      this.#uint(this.#nameIndex(name) * 2);
      this.value(item);
    }
  }

  /** Names of properties are written once, before the value, and counted from one. */
  #nameIndex(name: string): number {
    let index = this.#names.get(name);
    if (index === undefined) {
      index = this.#names.size + 1;
      this.#names.set(name, index);
    }
    return index;
  }

  #number(value: number): void {
    if (Object.is(value | 0, value)) {
      this.#byte(TAG.int32);
      this.#uint(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.#byte(TAG.float64);
      this.#reserve(8);
      this.#length = this.#bytes.writeDoubleLE(value, this.#length);
    }
  }

  /** The lowest bit of the length tells how wide the characters are. */
  #text(text: string): void {
    const { wide, size } = measure(text);
    this.#uint(text.length * 2 + (wide ? 1 : 0));
    this.#reserve(size);
    this.#length += this.#bytes.write(text, this.#length, wide ? "utf16le" : "latin1");
  }

  #uint(value: number): void {
    for (const byte of leb128(value)) this.#byte(byte);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#length + size, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #position = 0;
  readonly #names: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  read(): Plain {
    if (this.#byte() !== VERSION) throw new TypeError("not a value as this version of QuickJS writes it");
    const names = this.#uint();
    for (let index = 0; index < names; index++) this.#names.push(this.#text());
    return this.#value();
  }

  #value(): Plain {
    const tag = this.#byte();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.int32: {
        const zigzag = this.#uint();
        return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      }
      case TAG.float64:
        return this.#bytes.readDoubleLE(this.#skip(8));
      case TAG.string:
        return this.#text();
      case TAG.arrayBuffer: {
        const length = this.#uint();
        const from = this.#skip(length);
        return this.#bytes.subarray(from, from + length);
      }
      case TAG.array:
        return Array.from({ length: this.#uint() }, () => this.#value());
      case TAG.object:
        return this.#object();
      default:
        throw new TypeError(`a value of kind ${tag} cannot leave the interpreter`);
    }
  }

  #object(): Plain {
    const size = this.#uint();
    const entries: [string, Plain][] = [];
    for (let index = 0; index < size; index++) {
      const name = this.#uint();
      entries.push([name % 2 === 1 ? String((name - 1) / 2) : this.#name(name / 2), this.#value()]);
    }
    return Object.fromEntries(entries);
  }

  #name(index: number): string {
    const name = this.#names[index - 1];
    if (name === undefined) throw new TypeError("a property without a name");
    return name;
  }

  #text(): string {
    const size = this.#uint();
    const wide = size % 2 === 1;
    const length = wide ? size - 1 : size / 2;
    const from = this.#skip(length);
    return this.#bytes.toString(wide ? "utf16le" : "latin1", from, from + length);
  }

  #uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#skip(1));
  }

  #skip(size: number): number {
    const from = this.#position;
    if (from + size > this.#bytes.length) throw new TypeError("the value ends too early");
    this.#position += size;
    return from;
  }
}
