/** `npm run bench`: what requests cost on a network of one node, beside an empty handler on the same node. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_ENGINE } from "../sandbox/engine.js";
import { Network } from "../sandbox/network.js";
import { builtFile } from "../sandbox/project.js";
import { table } from "../sandbox/screen/table.js";
import { measure, type Measured } from "./bench/measure.js";
import { EMPTY, Scene } from "./bench/scene.js";

const { engine, seconds, connections, sizes, json } = new Command("npm run bench --")
  .description("Measures requests against a network of one node, in a workspace of its own.")
  .option("--engine <name>", "what runs the node", DEFAULT_ENGINE)
  .option("--seconds <number>", "how long each kind of request is measured", Number, 3)
  .option("--connections <number>", "requests under way at once, each on a connection of its own", Number, 8)
  .option(
    "--sizes <numbers>",
    "how many contracts and events there are: measured at each",
    sizesOf,
    [10, 10_000],
  )
  .option("--json", "for machines")
  .parse()
  .opts<{ engine: string; seconds: number; connections: number; sizes: number[]; json?: true }>();

/** One kind of request with so many contracts and events on the ledger. */
interface Result extends Measured {
  readonly kind: string;
  readonly size: number;
}

const workspace = mkdtempSync(join(tmpdir(), "consortium-bench-"));
const net = await Network.open({ workspace, engine, port: 0 });
try {
  await addEmptyHandler(net);
  const scene = await Scene.found(net);
  const results: Result[] = [];
  for (const size of sizes) {
    await scene.grow(size, progress);
    for (const [kind, prepare] of Object.entries(scene.requests)) {
      progress(`measuring with ${size} contracts and events: ${kind}`);
      const ca = net.workspace.serviceCertificatePem;
      const request = await prepare(seconds);
      const measured = await measure({ url: net.url, ca, request, seconds, connections });
      results.push({ kind, size, ...measured });
    }
  }
  if (json) console.log(JSON.stringify({ engine, connections, seconds, results }));
  else print(results);
} finally {
  await net.stop();
  rmSync(workspace, { recursive: true, force: true });
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

/** Votes in the application once more, with endpoints that do nothing, to compare with. */
async function addEmptyHandler(network: Network): Promise<void> {
  const bundle = JSON.parse(readFileSync(builtFile("bundle.json"), "utf8")) as {
    metadata: { endpoints: Record<string, object> };
    modules: { name: string; module: string }[];
  };
  const terms = {
    mode: "readonly",
    forwarding_required: "sometimes",
    authn_policies: ["no_auth"],
    openapi: {},
  };
  const code = { js_module: "bench/empty.js", js_function: "empty", interpreter_reuse: { key: "app" } };
  // A CCF node compares a path with every template of the method, so that is measured by itself.
  for (const path of ["/bench/empty", "/bench/empty/{any}"])
    bundle.metadata.endpoints[path] = { post: { ...terms, ...code } };
  bundle.modules.push({
    name: "bench/empty.js",
    module: "export function empty() { return { statusCode: 204 }; }",
  });
  await network.pass({ name: "set_js_app", args: { bundle } });
}

function print(results: readonly Result[]): void {
  console.log(`\n${connections} connections, ${seconds} s each, engine ${engine}\n`);
  const header = [
    "request",
    "contracts, events",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "cost of an empty handler",
    "change",
  ];
  const rows = results.map(({ kind, size, perSecond, p50, p99 }) => {
    const of = (wanted: (other: Result) => boolean): number => results.find(wanted)?.perSecond ?? NaN;
    const empty = of((other) => other.kind === EMPTY && other.size === size);
    const before = of((other) => other.kind === kind);
    const change = size === sizes[0] ? "" : `${((perSecond / before - 1) * 100).toFixed(0)} %`;
    const cost = `× ${(empty / perSecond).toFixed(2)}`;
    return [kind, String(size), perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(2), cost, change];
  });
  console.log(table(header, rows, { numbers: true }));
}
