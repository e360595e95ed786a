import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./paths.js";

/** Writes `node/`: what runs under Node, with the packages it uses left outside. */
export async function buildPrograms(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ["sandbox/start.ts", "sandbox/operate.ts", "sandbox/snp.ts", "cli/main.ts", "sdk/index.ts"],
    outbase: ".",
    outdir: join(folder, "node"),
    bundle: true,
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
  });
}
