import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFiles } from "./configuration.js";

const LINES = 5;

/** What a node that has ended said last, as the end of a sentence. */
export function lastWords(folder: string): string {
  const log = join(folder, nodeFiles.log);
  const text = existsSync(log) ? readFileSync(log, "utf8").trimEnd() : "";
  if (text === "") return `it left no log in ${log}`;
  return `its log in ${log} ends with:\n${text.split("\n").slice(-LINES).join("\n")}`;
}
