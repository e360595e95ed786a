import type { BuildOptions } from "esbuild";
import { compiledShapes } from "./compiled-shapes.js";
import { root } from "./paths.js";

/** How code for the engine of a CCF node is bundled: ES modules, plain ECMAScript, no platform. */
export const engineOptions = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  write: false,
  logLevel: "warning",
  plugins: [compiledShapes],
} as const satisfies BuildOptions;

/** @throws if code that is going into an engine would generate code there, which the engine refuses */
export function refuseCodeGeneration(file: string, code: string): void {
  if (/\bnew Function\b|\beval\(/.test(code))
    throw new Error(`${file} generates code at run time; compile it at build time`);
}
