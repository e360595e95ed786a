import { closeSync, existsSync, fstatSync, openSync, readSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../sdk/errors.js";
import { STOPPED } from "../engine.js";
import { nodeFiles } from "./configuration.js";

/** Bytes of the log's end that are looked at. */
const TAIL = 65_536;
/** What a node logs of its failure is among so many last lines. */
const LAST_LINES = 12;
const SHOWN_LINES = 5;
/** Bytes: a node ends when it cannot write a transaction, and leaves less room than that took. */
const NO_ROOM = 65_536;

/** What CCF logs, and what it means for an operator. `$1` is what a group matched. */
const causes: readonly (readonly [pattern: RegExp, code: string, meaning: string])[] = [
  [
    /certificate is not yet valid/,
    "ClockBehind",
    "its clock says a time before the service's certificate is valid: set the clock of its machine right",
  ],
  [
    /certificate has expired/,
    "CertificateExpired",
    "by its clock the service's certificate has expired: set the clock of its machine right if it is ahead, or renew the " +
      "certificate (npm run network -- renew-certificates)",
  ],
  [
    /(?:Received snapshot|latest local snapshot file:) (\S+).*Error starting node: (?:Snapshot|\[json)/s,
    "SnapshotDamaged",
    "the snapshot that it was to start from is damaged ($1): have another one written (npm run network -- snapshot)",
  ],
];

/**
 * Why a node has ended, as its disk and the end of its log tell; the message is the end of a sentence.
 *
 * @returns `DiskFull`, `ClockBehind`, `CertificateExpired`, `SnapshotDamaged`; {@link STOPPED} if it ended in order; or
 * `NodeEnded` for any other reason
 */
export function whyEnded(folder: string): UsageError {
  const log = join(folder, nodeFiles.log);
  if (existsSync(folder) && isFull(folder))
    return new UsageError("DiskFull", `the disk of ${folder} is full: free some space`);
  const text = tailOf(log);
  if (text === "") return new UsageError("NodeEnded", `it left no log in ${log}`);
  const lines = text.split("\n").slice(-LAST_LINES);
  if (lines.some((line) => line.endsWith("Exited event loop")))
    return new UsageError(STOPPED, `it was stopped; its log is in ${log}`);
  const failures = lines.flatMap((line) => /\[(?:fail|fatal) *\].*?\| (.*)/.exec(line)?.[1] ?? []);
  for (const [pattern, code, meaning] of failures.length > 0 ? causes : []) {
    const found = pattern.exec(text);
    if (found) return new UsageError(code, `${meaning.replace("$1", found[1] ?? "")}; its log is in ${log}`);
  }
  const shown = (failures.length > 0 ? failures : lines).slice(-SHOWN_LINES).join("\n");
  const tells = failures.length > 0 ? "tells of failures" : "ends with";
  return new UsageError("NodeEnded", `its log in ${log} ${tells}:\n${shown}`);
}

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < NO_ROOM;
}

function tailOf(log: string): string {
  if (!existsSync(log)) return "";
  const file = openSync(log, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8").trimEnd();
  } finally {
    closeSync(file);
  }
}
