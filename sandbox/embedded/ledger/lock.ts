import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { accessing, LedgerError } from "./errors.js";

/**
 * Keeps a second process from writing to the same ledger. The file beside the ledger's folder names the process; one
 * that a process left behind when it was killed counts for nothing.
 */
export class LedgerLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws {LedgerError} if a running process has the ledger open */
  static take(directory: string): LedgerLock {
    const path = `${directory}.lock`;
    const holder = holderOf(path);
    if (holder !== undefined && holder !== process.pid && isRunning(holder)) {
      throw new LedgerError(
        `The ledger in ${directory} is in use by process ${holder}: stop it first (or delete ${path} if that is no node)`,
        { code: "LedgerInUse" },
      );
    }
    accessing(`write ${path}`, () => writeFileSync(path, `${process.pid}\n`));
    return new LedgerLock(path);
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

function holderOf(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10) || undefined;
  } catch {
    return undefined; // nobody holds it
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
