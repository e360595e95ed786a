/** `npm start`: founds or resumes a network, takes the tour, and keeps the service up. */
import { statSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "../sdk/errors.js";
import { DEFAULT_ENGINE } from "./engine.js";
import { Network } from "./network.js";
import { builtFile } from "./project.js";
import { machineScreen } from "./screen/machine.js";
import { peopleScreen } from "./screen/people.js";
import type { Measured, Screen } from "./screen/screen.js";
import { takeTour } from "./tour.js";

interface Options {
  exit?: true;
  workspace: string;
  port: number;
  members?: number;
  nodes: number;
  engine: string;
  json?: true;
}

const options = new Command("npm start --")
  .description("Founds a consortium on this machine, or resumes one, and takes a tour of it.")
  .option("--exit", "leave after the tour")
  .option("--workspace <folder>", "where keys, certificates and ledger are; never overwritten", "workspace")
  .option("--port <port>", "where the service listens; 0 for any free port", integer, 8443)
  .option("--members <number>", "how many members found the consortium (default: 3)", integer)
  .option(
    "--nodes <number>",
    "how many nodes the network is to have; more than one with --engine ccf",
    integer,
    1,
  )
  .option("--engine <name>", "what runs the nodes: embedded, ccf, or container", DEFAULT_ENGINE)
  .option("--json", "one line of JSON per step, for machines")
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

// Whoever reads this has gone, as `head` does: nobody is there to be told anything.
const unread = new Promise<void>((gone) => process.stdout.on("error", () => gone()));
const screen: Screen = options.json
  ? machineScreen(process.stdout)
  : peopleScreen(process.stdout, process.stderr);
try {
  await run(screen);
} catch (error) {
  screen.failed(error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(screen: Screen): Promise<void> {
  const { workspace, port, members, nodes, engine } = options;
  screen.begin();
  const net = await Network.open({ workspace, port, members, nodes, engine, step: screen.step });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= net.stop());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
  void unread.then(stop).then(() => process.exit(1));
  try {
    const tour = await takeTour(net, screen.step);
    screen.end(net, tour, measure());
    if (options.exit) await stop();
    else {
      screen.stay(net, tour);
      await net.ended().catch((error: unknown) => {
        if (!stopping) throw error; // or else it was told to end
      });
    }
  } catch (error) {
    const told = stopping ? error : await net.explain(error);
    await stop();
    throw told;
  }
}

function measure(): Measured {
  // The build makes dist/ anew, so under `npm start` its age is the time since the build began.
  const sinceBuild = process.env.npm_lifecycle_event === "start";
  const totalMs = sinceBuild ? Date.now() - statSync(builtFile(".")).birthtimeMs : performance.now();
  return { totalMs: Math.round(totalMs), sinceBuild, residentBytes: process.memoryUsage.rss() };
}

function integer(text: string): number {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("give a whole number");
}
