import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { engineOptions, refuseCodeGeneration } from "./engine.js";

/** Writes `constitution.js`, minified: a node evaluates its whole source at every proposal and every ballot. */
export async function buildConstitution(folder: string): Promise<void> {
  const { outputFiles } = await build({
    ...engineOptions,
    entryPoints: ["constitution/index.ts"],
    minify: true,
  });
  const [{ text } = { text: "" }] = outputFiles;
  refuseCodeGeneration("constitution.js", text);
  await writeFile(join(folder, "constitution.js"), text);
}
