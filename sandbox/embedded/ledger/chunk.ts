import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { syncDirectory } from "../tls/private-files.js";
import { entrySize } from "./entry.js";
import { accessing, LedgerError, refusal } from "./errors.js";

/*
 * A ledger file: 8 bytes with the offset of the table of positions (0 while the file is open), entries, and the table:
 * the offset of each entry in 4 bytes. All little-endian.
 */
const fileHeaderBytes = 8;
const positionBytes = 4;

/** One entry as it stands in the file. */
export interface StoredEntry {
  readonly seqno: number;
  readonly bytes: Buffer;
}

/** Where and why a file that was not finished stops making sense. */
export interface Damage {
  readonly seqno: number;
  readonly reason: string;
  /** everything from there on */
  readonly bytes: Buffer;
}

/** A file of consecutive entries. */
export class Chunk {
  readonly firstSeqno: number;
  #path: string;
  /** open for writing, until committed */
  #file: number | undefined;
  #positions: number[] = [];
  #length = fileHeaderBytes;
  #damage: Damage | undefined;

  private constructor(path: string, firstSeqno: number, file: number | undefined) {
    this.#path = path;
    this.firstSeqno = firstSeqno;
    this.#file = file;
  }

  /** A new file, `ledger_<first>`. */
  static create(directory: string, firstSeqno: number): Chunk {
    const path = join(directory, `ledger_${firstSeqno}`);
    return accessing(`create ${path}`, () => {
      const chunk = new Chunk(path, firstSeqno, openSync(path, "wx+"));
      try {
        chunk.#write(Buffer.alloc(fileHeaderBytes), 0);
        syncDirectory(directory);
      } catch (error) {
        // lest it stands in the way of the next attempt
        chunk.close();
        unlinkSync(path);
        throw error;
      }
      return chunk;
    });
  }

  /**
   * Opens a file and finds its entries. A file that is not committed may end in the middle of an entry.
   * @throws {LedgerError} if a committed file is not intact
   */
  static open(
    path: string,
    { firstSeqno, lastSeqno }: { firstSeqno: number; lastSeqno: number | undefined },
  ): Chunk {
    const committed = path.endsWith(committedSuffix);
    return accessing(`open ${path}`, () => {
      const chunk = new Chunk(path, firstSeqno, committed ? undefined : openSync(path, "r+"));
      chunk.#index(readFileSync(path));
      if (committed) chunk.#checkCommitted(lastSeqno);
      return chunk;
    });
  }

  /** The last entry; one less than the first if there is none. */
  get lastSeqno(): number {
    return this.firstSeqno + this.#positions.length - 1;
  }

  /** Bytes of the entries. */
  get size(): number {
    return this.#length - fileHeaderBytes;
  }

  get path(): string {
    return this.#path;
  }

  get committed(): boolean {
    return this.#path.endsWith(committedSuffix);
  }

  get damage(): Damage | undefined {
    return this.#damage;
  }

  /** Appends an entry, all or nothing. */
  append(entry: Uint8Array): void {
    accessing(`write to ${this.#path}`, () => this.#writeOrCut(entry));
    this.#positions.push(this.#length);
    this.#length += entry.length;
  }

  read(seqno: number): Buffer {
    const index = seqno - this.firstSeqno;
    const start = this.#positions[index];
    if (start === undefined) throw new LedgerError(`${this.#path} does not hold transaction ${seqno}`);
    const bytes = Buffer.alloc((this.#positions[index + 1] ?? this.#length) - start);
    return accessing(`read ${this.#path}`, () => {
      const file = this.#file ?? openSync(this.#path, "r");
      try {
        const read = readSync(file, bytes, 0, bytes.length, start);
        if (read !== bytes.length) throw new LedgerError(`${this.#path} has become shorter`);
      } finally {
        if (file !== this.#file) closeSync(file);
      }
      return bytes;
    });
  }

  /** All entries, in one read of the file. */
  *entries(): Generator<StoredEntry> {
    const contents = accessing(`read ${this.#path}`, () => readFileSync(this.#path));
    for (const [index, start] of this.#positions.entries()) {
      const bytes = contents.subarray(start, this.#positions[index + 1] ?? this.#length);
      yield { seqno: this.firstSeqno + index, bytes };
    }
  }

  /** Writes the table of positions, all or nothing: no entries follow. */
  finish(): void {
    const table = Buffer.alloc(this.#positions.length * positionBytes);
    this.#positions.forEach((position, index) => table.writeUInt32LE(position, index * positionBytes));
    const offset = Buffer.alloc(fileHeaderBytes);
    offset.writeBigUInt64LE(BigInt(this.#length));
    accessing(`finish ${this.#path}`, () => {
      this.#writeOrCut(table);
      this.#write(offset, 0);
    });
  }

  /** Waits until what was written is on the disk. */
  async sync(): Promise<void> {
    const file = this.#writable;
    await new Promise<void>((resolve, reject) => {
      fdatasync(file, (error) => {
        if (error) reject(refusal(`store ${this.#path} durably`, error));
        else resolve();
      });
    });
  }

  /** As {@link Chunk.sync}, while nothing else goes on. */
  syncNow(): void {
    accessing(`store ${this.#path} durably`, () => fdatasyncSync(this.#writable));
  }

  /** Gives a finished and stored file its final name, after which it is never written again. */
  commit(): void {
    const name = `ledger_${this.firstSeqno}-${this.lastSeqno}${committedSuffix}`;
    const path = join(dirname(this.#path), name);
    accessing(`rename ${this.#path}`, () => {
      renameSync(this.#path, path);
      syncDirectory(dirname(path));
    });
    this.close();
    this.#path = path;
  }

  /** Drops all entries after `seqno`, and whatever else stands there. */
  truncate(seqno: number): void {
    this.#length = this.#positions[seqno - this.firstSeqno + 1] ?? this.#length;
    this.#positions = this.#positions.slice(0, seqno - this.firstSeqno + 1);
    this.#damage = undefined;
    accessing(`truncate ${this.#path}`, () => {
      this.#write(Buffer.alloc(fileHeaderBytes), 0);
      ftruncateSync(this.#writable, this.#length);
    });
  }

  /** Deletes the file. */
  remove(): void {
    this.close();
    accessing(`remove ${this.#path}`, () => {
      unlinkSync(this.#path);
      syncDirectory(dirname(this.#path));
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  get #writable(): number {
    if (this.#file === undefined) throw new LedgerError(`${this.#path} is closed`, { code: "LedgerClosed" });
    return this.#file;
  }

  /** Writes after the entries; if that fails, nothing of it stays. */
  #writeOrCut(bytes: Uint8Array): void {
    try {
      this.#write(bytes, this.#length);
    } catch (error) {
      ftruncateSync(this.#writable, this.#length);
      throw error;
    }
  }

  #write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#writable, bytes, done, bytes.length - done, at + done);
    }
  }

  #index(contents: Buffer): void {
    const table = contents.length < fileHeaderBytes ? 0 : Number(contents.readBigUInt64LE());
    const end = table > 0 && table <= contents.length ? table : contents.length;
    while (this.#length < end) {
      const reason = this.#indexEntry(contents.subarray(0, end));
      if (reason === undefined) continue;
      this.#damage = { seqno: this.lastSeqno + 1, reason, bytes: contents.subarray(this.#length) };
      return;
    }
  }

  /** @returns what is wrong with the entry, if anything */
  #indexEntry(contents: Buffer): string | undefined {
    try {
      const size = entrySize(contents, this.#length);
      const left = contents.length - this.#length;
      if (size === undefined || size > left) return `expected ${size ?? "a header"} bytes, found ${left}`;
      this.#positions.push(this.#length);
      this.#length += size;
      return undefined;
    } catch (error) {
      if (error instanceof LedgerError) return error.message;
      throw error;
    }
  }

  #checkCommitted(lastSeqno: number | undefined): void {
    if (this.#damage) throw damaged(this.#path, this.#damage);
    const contents = readFileSync(this.#path);
    const expected = Buffer.alloc(this.#positions.length * positionBytes);
    this.#positions.forEach((position, index) => expected.writeUInt32LE(position, index * positionBytes));
    const table = contents.length < fileHeaderBytes ? 0 : Number(contents.readBigUInt64LE());
    if (table !== this.#length || !contents.subarray(table).equals(expected)) {
      throw new LedgerError(
        `${this.#path} is damaged: its table of positions does not fit its entries. ${RESTORE}`,
      );
    }
    if (this.lastSeqno !== lastSeqno) {
      throw new LedgerError(
        `${this.#path} is damaged: its last transaction is ${this.lastSeqno}, not ${lastSeqno ?? "?"}. ${RESTORE}`,
      );
    }
  }
}

const RESTORE = "Restore the file from a copy";

const committedSuffix = ".committed";
/** `ledger_<first>`, `ledger_<first>-<last>`, and the latter with `.committed` */
const chunkName = /^ledger_(\d{1,15})(?:-(\d{1,15})(\.committed)?)?$/;

/** Reads the transactions a file holds from its name; `undefined` if it is no ledger file. */
export function parseChunkName(
  path: string,
): { firstSeqno: number; lastSeqno: number | undefined } | undefined {
  const match = chunkName.exec(basename(path));
  if (!match) return undefined;
  return { firstSeqno: Number(match[1]), lastSeqno: match[2] === undefined ? undefined : Number(match[2]) };
}

/** The error for a file that has to be restored from a copy. */
export function damaged(path: string, { seqno, reason }: Pick<Damage, "seqno" | "reason">): LedgerError {
  return new LedgerError(`${path} is damaged at transaction ${seqno}: ${reason}. ${RESTORE}`);
}
