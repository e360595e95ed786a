import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../../sdk/errors.js";

/**
 * Writes files of JSON, all or none: nothing is overwritten.
 *
 * @param contents by path
 * @returns the paths
 * @throws {UsageError} `FileExists`
 */
export function writeNew(contents: Readonly<Record<string, object>>): string[] {
  const paths = Object.keys(contents);
  const existing = paths.find((path) => existsSync(path));
  if (existing !== undefined)
    throw new UsageError("FileExists", `${existing} exists, and is not overwritten; give another folder`);
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { flag: "wx" });
  }
  return paths;
}
