/**
 * `npm run bench`: what requests cost on a network of one node, beside others on the same node that do little; how long
 * networks take to start; and whether that is what the project promises.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_ENGINE, engineNamed } from "../sandbox/engine.js";
import { Network } from "../sandbox/network.js";
import { table } from "../sandbox/screen/table.js";
import { measure } from "./bench/measure.js";
import { type Promised, promises, type Result } from "./bench/promises.js";
import { KIND, requestsOf } from "./bench/requests.js";
import { embeddedNode, networkOfThree, type StartUp } from "./bench/start-up.js";
import { addYardsticks } from "./bench/yardsticks.js";
import { Scene } from "./load/scene.js";
import { positive, whole } from "./options.js";

const { engine, seconds, rounds, connections, sizes, json } = new Command("npm run bench --")
  .description("Measures requests against a network of one node, in a workspace of its own.")
  .option("--engine <name>", "what runs the node", DEFAULT_ENGINE)
  .option("--seconds <number>", "how long each kind of request is measured, each time", positive, 3)
  .option("--rounds <number>", "how often each kind is measured, in turn; the median counts", whole, 3)
  .option("--connections <number>", "requests under way at once, each on a connection of its own", whole, 8)
  .option(
    "--sizes <numbers>",
    "how many contracts and events there are: measured at each",
    sizesOf,
    [10, 10_000],
  )
  .option("--json", "for machines")
  .parse()
  .opts<{
    engine: string;
    seconds: number;
    rounds: number;
    connections: number;
    sizes: number[];
    json?: true;
  }>();

const startUps = await measureStartUps();
const results = await measureRequests();
const promised = promises(engine, results, startUps);
if (json) console.log(JSON.stringify({ engine, connections, seconds, rounds, results, startUps, promised }));
else print();

async function measureStartUps(): Promise<StartUp[]> {
  progress("measuring how long networks take to start");
  const alone = await embeddedNode();
  const { distributed } = await engineNamed(engine);
  return distributed ? [alone, await networkOfThree(engine)] : [alone];
}

async function measureRequests(): Promise<Result[]> {
  const workspace = mkdtempSync(join(tmpdir(), "consortium-bench-"));
  const net = await Network.open({ workspace, engine, port: 0 });
  try {
    await addYardsticks(net);
    const scene = await Scene.found(net);
    const requests = await requestsOf(scene);
    const measured: Result[] = [];
    for (const size of sizes) {
      await scene.grow(size, progress);
      const all: Result[] = [];
      for (let round = 1; round <= rounds; round += 1)
        for (const [kind, prepare] of requests) {
          progress(`measuring with ${size} contracts and events, round ${round} of ${rounds}: ${kind}`);
          const ca = net.workspace.serviceCertificatePem;
          const request = await prepare(seconds);
          all.push({ kind, size, ...(await measure({ url: net.url, ca, request, seconds, connections })) });
        }
      for (const kind of requests.keys()) measured.push(median(all.filter((one) => one.kind === kind)));
    }
    return measured;
  } finally {
    await net.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function median(measured: readonly Result[]): Result {
  const middle = measured.toSorted((a, b) => a.perSecond - b.perSecond)[measured.length >> 1];
  if (middle) return middle;
  throw new RangeError("nothing was measured");
}

function progress(text: string): void {
  if (!json) process.stderr.write(`${text}\n`);
}

/** @throws for what are not numbers that grow */
function sizesOf(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number, index) => Number.isInteger(number) && number > (numbers[index - 1] ?? 0)))
    return numbers;
  throw new InvalidArgumentError("give whole numbers that grow, for example 10,10000");
}

function print(): void {
  console.log(
    `\n${connections} connections, ${seconds} s each, median of ${rounds} rounds, engine ${engine}\n`,
  );
  const header = [
    "request",
    "contracts, events",
    "requests/s",
    "p50 ms",
    "p99 ms",
    `cost of an ${KIND.empty}`,
    `cost of ${KIND.verification}`,
    "change",
  ];
  const rows = results.map(({ kind, size, perSecond, p50, p99 }) => {
    const of = (other: string, at: number): number | undefined =>
      results.find((result) => result.kind === other && result.size === at)?.perSecond;
    const cost = (unit: string): string => {
      const one = of(unit, size);
      return one === undefined ? "" : `× ${(one / perSecond).toFixed(2)}`;
    };
    const before = of(kind, sizes[0] ?? NaN) ?? NaN;
    const change = size === sizes[0] ? "" : `${((perSecond / before - 1) * 100).toFixed(0)} %`;
    const speed = [perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(2)];
    return [kind, String(size), ...speed, cost(KIND.empty), cost(KIND.verification), change];
  });
  console.log(table(header, rows, { numbers: true }));
  console.log(
    `\n${table(["promise", "promised", "measured", "holds"], promised.map(rowOf), { numbers: true })}`,
  );
}

function rowOf({ promise, bound, limit, measured, holds }: Promised): string[] {
  return [promise, `${bound === "least" ? "≥" : "≤"} ${limit}`, measured.toFixed(2), holds ? "yes" : "no"];
}
