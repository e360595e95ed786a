import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { builtFile } from "../../sandbox/project.js";

/** How long after a command was given a network had come so far. */
export interface StartUp {
  readonly what: string;
  readonly seconds: number;
  /** Seconds that are promised. */
  readonly within: number;
}

/** From the command, in an empty folder, to the answer of a node. */
export async function embeddedNode(): Promise<StartUp> {
  return { what: "an embedded node is ready", seconds: await untilStep("start", []), within: 1.5 };
}

/** From the command to three nodes of an open service that have all caught up. */
export async function networkOfThree(engine: string): Promise<StartUp> {
  const seconds = await untilStep("join", ["--engine", engine, "--nodes", "3"]);
  return { what: "a network of three nodes is open and trusted", seconds, within: 20 };
}

/** Runs what `npm start` runs after the build. @returns seconds until a step has been told */
async function untilStep(step: string, options: readonly string[]): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), "consortium-bench-"));
  const program = builtFile("node/sandbox/start.js");
  const common = ["--exit", "--json", "--port", "0", "--workspace", workspace];
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...common, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  try {
    for await (const line of createInterface(child.stdout)) {
      const told = JSON.parse(line) as { step?: string; error?: { message: string } };
      if (told.error) throw new Error(`npm start -- ${options.join(" ")} failed: ${told.error.message}`);
      if (told.step === step) return (performance.now() - began) / 1000;
    }
    throw new Error(`npm start -- ${options.join(" ")} ended before the step "${step}"`);
  } finally {
    child.stdout.resume();
    await ended; // after the tour: it stops its nodes
    rmSync(workspace, { recursive: true, force: true });
  }
}
