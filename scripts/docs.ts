/**
 * `npm run docs`: writes `docs/api-reference.md` from what the endpoints state about themselves. With `--check` it writes
 * nothing and fails if the file is not current.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { apiReference } from "./docs/api-reference.js";
import { describedMetadata } from "./build/application.js";
import { root } from "./build/paths.js";

const file = join(root, "docs", "api-reference.md");
const options = { ...(await resolveConfig(file)), parser: "markdown" };
const current = await format(apiReference(await describedMetadata()), options);
if (process.argv.includes("--check")) {
  const found = await readFile(file, "utf8").catch(() => "");
  if (found !== current) {
    console.error("docs/api-reference.md is not what the endpoints say; run: npm run docs");
    process.exitCode = 1;
  }
} else await writeFile(file, current);
