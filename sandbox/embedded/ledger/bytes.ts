import { LedgerError } from "./errors.js";

/*
 * The integers of the ledger's format: little-endian, 64 bits where nothing else is said. Numbers beyond 2^53 do not
 * occur on an intact ledger, so they are plain numbers here.
 */

/** Reads the ledger's format from bytes that may be damaged. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next `length` bytes, shared with what is read. @throws {LedgerError} if there are fewer */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new LedgerError(`expected ${length} bytes, found ${this.#bytes.length - this.#at}`);
    }
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** What is left. */
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  /** An unsigned integer of 64 bits. */
  integer(): number {
    const value = Number(this.take(8).readBigUInt64LE());
    if (!Number.isSafeInteger(value)) throw new LedgerError(`expected a length or number, found ${value}`);
    return value;
  }

  /** Bytes with their length before them. */
  sized(): Buffer {
    return this.take(this.integer());
  }
}

/** Writes the ledger's format; grows as needed. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes.writeUInt8(value, at);
  }

  /** An unsigned integer of 64 bits. */
  integer(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeUInt32LE(value % 0x1_0000_0000, at);
    this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  /** Bytes with their length before them. */
  sized(value: Uint8Array): void {
    this.integer(value.length);
    this.bytes(value);
  }

  /** What was written. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room, maybe in another buffer. @returns where */
  #reserve(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    return at;
  }
}
