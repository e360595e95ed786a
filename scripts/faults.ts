/**
 * `npm run faults`: kills nodes with SIGKILL while they are written to, and looks whether everything is there that was
 * reported as committed.
 *
 * Exit status: 0; 1 if anything was lost or writes did not go on; 77 if the engine that was named is not there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { engineNamed } from "../sandbox/engine.js";
import { Embedded } from "./faults/embedded.js";
import { Nodes } from "./faults/nodes.js";
import { reportOf, statusOf, summaries } from "./faults/report.js";
import { type Lost, lostOf, round, type Round } from "./faults/round.js";
import { type Target, type TargetName, targetNames } from "./faults/target.js";
import type { Writer } from "./faults/writer.js";
import { whole } from "./options.js";
import { SKIPPED } from "./skipped.js";

/** How often each is to be killed; or how often in all. */
type Kills = number | ReadonlyMap<TargetName, number>;

const { engine, nodes, kills, json } = new Command("npm run faults --")
  .description("Kills nodes with SIGKILL while they are written to, in workspaces of its own.")
  .option("--engine <name>", "embedded, ccf or container; the first two by default, as far as they are there")
  .option("--nodes <number>", "how many nodes the network has of which one is killed", whole, 3)
  .option(
    "--kills <number>",
    "how often in all; or how often each, for example primary=10,backup=10,embedded=80",
    killsOf,
    30 as Kills,
  )
  .option("--json", "for machines")
  .parse()
  .opts<{ engine?: string; nodes: number; kills: Kills; json?: true }>();

const distributed = await distributedEngine();
const wanted = distribution();
const rounds: Round[] = [];
const lostAtEnd: Lost[] = [];
if (distributed !== undefined && (wanted.primary > 0 || wanted.backup > 0))
  await run((workspace) => Nodes.found({ workspace, engine: distributed, nodes }), ["primary", "backup"]);
if (wanted.embedded > 0) await run((workspace) => Embedded.found(workspace), ["embedded"]);
if (json) console.log(JSON.stringify({ nodes, summaries: summaries(rounds), rounds, lostAtEnd }));
else console.log(reportOf(rounds, lostAtEnd));
process.exitCode = statusOf(rounds, lostAtEnd);

/** @returns `undefined` if no node of a network can be killed, after saying so if one should */
async function distributedEngine(): Promise<string | undefined> {
  const named = await engineNamed(engine ?? "ccf");
  if (!named.distributed) return undefined;
  const missing = await named.missing();
  if (missing === undefined) return engine ?? "ccf";
  if (engine === undefined) {
    console.warn(`Only the embedded node is killed: ${missing}.`);
    return undefined;
  }
  console.warn(`skipped: faults on engine "${engine}". ${missing}.`);
  return process.exit(SKIPPED);
}

/** How often each is killed; a number in all is shared out among those that are there. */
function distribution(): Record<TargetName, number> {
  const there = targetNames.filter((name) =>
    name === "embedded" ? engine === undefined || engine === "embedded" : distributed !== undefined,
  );
  const times = (name: TargetName): number => {
    const turn = there.indexOf(name);
    if (turn < 0) return 0;
    if (typeof kills !== "number") return kills.get(name) ?? 0;
    return Math.floor(kills / there.length) + (turn < kills % there.length ? 1 : 0);
  };
  return { primary: times("primary"), backup: times("backup"), embedded: times("embedded") };
}

async function run(
  found: (workspace: string) => Promise<Target>,
  names: readonly TargetName[],
): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), "consortium-faults-"));
  try {
    const target = await found(workspace);
    try {
      await killAll(target, names);
    } finally {
      await target.stop();
    }
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function killAll(target: Target, names: readonly TargetName[]): Promise<void> {
  const writers: Writer[] = [];
  for (const [index, name] of inTurn(names).entries()) {
    const { round: done, writer } = await round(target, name, index + 1);
    writers.push(writer);
    rounds.push(done);
    tell(done, index + 1);
  }
  for (const writer of writers) lostAtEnd.push(...(await lostOf(writer, target.readers())));
}

/** One of each as long as any are left, so that they are spread over the whole run. */
function inTurn(names: readonly TargetName[]): TargetName[] {
  const most = Math.max(...names.map((name) => wanted[name]));
  return Array.from({ length: most }, (_, turn) => names.filter((name) => wanted[name] > turn)).flat();
}

function tell({ target, victim, failover, committed, unknown, lost }: Round, number: number): void {
  if (json) return;
  const text = `writes went on after ${(failover / 1000).toFixed(1)} s; ${committed} committed, ${unknown} unknown, ${lost.length} lost`;
  process.stderr.write(`kill ${number}: ${target} (${victim}); ${text}\n`);
}

function killsOf(text: string): Kills {
  if (/^[0-9]+$/.test(text)) return whole(text);
  return new Map(
    text.split(",").map((part) => {
      const [name = "", number = ""] = part.split("=");
      const target = targetNames.find((known) => known === name);
      if (target) return [target, whole(number)];
      throw new InvalidArgumentError(`give a number, or numbers for some of ${targetNames.join(", ")}`);
    }),
  );
}
