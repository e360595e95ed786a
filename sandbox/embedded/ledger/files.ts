import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Chunk, damaged, parseChunkName, type Damage, type StoredEntry } from "./chunk.js";
import { accessing, LedgerError } from "./errors.js";

/** A ledger file, and what its name says. */
export interface ChunkPath {
  readonly path: string;
  readonly name: NonNullable<ReturnType<typeof parseChunkName>>;
}

/** The ledger's folder: a sequence of files, the last of which may be open. */
export class LedgerFiles {
  readonly directory: string;
  /** ascending, without gaps */
  #chunks: Chunk[];
  /** finished files whose contents are not known to be stored yet */
  #finished: Chunk[] = [];

  private constructor(directory: string, chunks: Chunk[]) {
    this.directory = directory;
    this.#chunks = chunks;
  }

  /** @throws {LedgerError} if there is a ledger already */
  static create(directory: string): LedgerFiles {
    accessing(`make ${directory}`, () => mkdirSync(directory, { recursive: true }));
    if (chunkPaths(directory).length > 0) {
      throw new LedgerError(`${directory} holds a ledger already; open it, or choose another folder`, {
        code: "LedgerExists",
      });
    }
    return new LedgerFiles(directory, []);
  }

  /** @throws {LedgerError} if there is no ledger, a file is missing, or a committed one is damaged */
  static open(directory: string): LedgerFiles {
    return LedgerFiles.of(directory, chunkPaths(directory));
  }

  /**
   * The ledger that consists of these files, ascending, which may be in several folders.
   *
   * @param directory for messages: where a file that is missing should be
   * @throws {LedgerError} as {@link open}
   */
  static of(directory: string, paths: readonly ChunkPath[]): LedgerFiles {
    const chunks: Chunk[] = [];
    for (const { path, name } of paths) {
      const expected = (chunks.at(-1)?.lastSeqno ?? 0) + 1;
      const previous = chunks.at(-1);
      if (previous?.damage) throw damaged(previous.path, previous.damage);
      if (name.firstSeqno !== expected) {
        throw new LedgerError(
          `${directory} is incomplete: the file with transaction ${expected}, ledger_${expected}-..., is missing. ` +
            "Restore it from a copy",
          { code: "LedgerIncomplete" },
        );
      }
      chunks.push(Chunk.open(path, name));
    }
    if (chunks.length === 0)
      throw new LedgerError(`${directory} holds no ledger`, { code: "LedgerIncomplete" });
    return new LedgerFiles(directory, chunks);
  }

  /** Bytes of entries in the open file. */
  get openBytes(): number {
    return this.#open?.size ?? 0;
  }

  /** Appends the entry of transaction `seqno`, all or nothing, to the open file or a new one. */
  append(seqno: number, entry: Uint8Array): void {
    let chunk = this.#open;
    if (!chunk) {
      chunk = Chunk.create(this.directory, seqno);
      this.#chunks.push(chunk);
    }
    chunk.append(entry);
  }

  read(seqno: number): Buffer {
    const chunk = this.#chunks.findLast(({ firstSeqno }) => firstSeqno <= seqno);
    if (!chunk) throw new LedgerError(`The ledger does not hold transaction ${seqno}`);
    return chunk.read(seqno);
  }

  /** All entries that can be read; a file that is not committed may have damaged ones after them. */
  *entries(): Generator<StoredEntry> {
    for (const chunk of this.#chunks) yield* chunk.entries();
  }

  /** Ends the open file; the next entry begins another one. */
  finishChunk(): void {
    const chunk = this.#open;
    if (!chunk) return;
    chunk.finish();
    this.#finished.push(chunk);
  }

  /** Waits until everything appended so far is stored, and commits the files that are finished. */
  async sync(): Promise<void> {
    const finished = [...this.#finished];
    const open = this.#open;
    for (const chunk of finished) await chunk.sync();
    await open?.sync();
    for (const chunk of finished) chunk.commit();
    this.#finished = this.#finished.filter((chunk) => !finished.includes(chunk));
  }

  /** What stands after the last whole entry of the last file, if anything. */
  get damage(): Damage | undefined {
    return this.#chunks.at(-1)?.damage;
  }

  /** The file that holds transaction `seqno`, for messages. */
  pathOf(seqno: number): string {
    return this.#chunks.findLast(({ firstSeqno }) => firstSeqno <= seqno)?.path ?? this.directory;
  }

  /** Drops everything after `seqno`, and finishes the file that was open. */
  discardAfter(seqno: number): void {
    for (const chunk of this.#chunks.toReversed()) {
      if (chunk.committed) continue;
      if (chunk.firstSeqno > seqno) {
        chunk.remove();
        this.#chunks = this.#chunks.filter((other) => other !== chunk);
      } else {
        chunk.truncate(seqno);
        chunk.finish();
        chunk.syncNow();
        chunk.commit();
      }
    }
  }

  close(): void {
    for (const chunk of this.#chunks) chunk.close();
  }

  get #open(): Chunk | undefined {
    const last = this.#chunks.at(-1);
    return last && !last.committed && !this.#finished.includes(last) ? last : undefined;
  }
}

function chunkPaths(directory: string): ChunkPath[] {
  return accessing(`read ${directory}`, () => readdirSync(directory))
    .filter((name) => name.startsWith("ledger_"))
    .map((file) => {
      const path = join(directory, file);
      const name = parseChunkName(path);
      if (!name) throw new LedgerError(`${path} is no ledger file that this node can continue; move it away`);
      return { path, name };
    })
    .sort((a, b) => a.name.firstSeqno - b.name.firstSeqno);
}
