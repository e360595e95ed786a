import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { UsageError } from "../sdk/errors.js";

/**
 * Keeps a folder for this process: two nodes on one ledger would destroy it. A lock of a process that is gone counts for nothing.
 *
 * @returns ends the lock
 * @throws {UsageError} `WorkspaceInUse`
 */
export function lock(file: string): () => void {
  const holder = readHolder(file);
  if (holder !== undefined && isRunning(holder)) {
    const advice = `stop it, give another folder with --workspace, or delete ${file} if that is something else`;
    throw new UsageError("WorkspaceInUse", `Process ${holder} uses this workspace; ${advice}`);
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: "wx" });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
