/** `npm run bench`: what requests cost on a network of one node, beside an empty handler on the same node. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { DEFAULT_ENGINE } from "../sandbox/engine.js";
import { Network } from "../sandbox/network.js";
import { builtFile } from "../sandbox/project.js";
import { measure, type Measured } from "./bench/measure.js";
import { prepareRequests } from "./bench/requests.js";

const { engine, seconds, connections, json } = new Command("npm run bench --")
  .description("Measures requests against a network of one node, in a workspace of its own.")
  .option("--engine <name>", "what runs the node", DEFAULT_ENGINE)
  .option("--seconds <number>", "how long each kind of request is measured", Number, 3)
  .option("--connections <number>", "requests under way at once, each on a connection of its own", Number, 8)
  .option("--json", "for machines")
  .parse()
  .opts<{ engine: string; seconds: number; connections: number; json?: true }>();

const workspace = mkdtempSync(join(tmpdir(), "consortium-bench-"));
const net = await Network.open({ workspace, engine, port: 0 });
try {
  await addEmptyHandler(net);
  const results: (Measured & { kind: string })[] = [];
  for (const [kind, request] of Object.entries(await prepareRequests(net, seconds))) {
    if (!json) process.stderr.write(`measuring: ${kind}\n`);
    results.push({
      kind,
      ...(await measure({
        url: net.url,
        ca: net.workspace.serviceCertificatePem,
        request,
        seconds,
        connections,
      })),
    });
  }
  if (json) console.log(JSON.stringify({ engine, connections, results }));
  else print(results);
} finally {
  await net.stop();
  rmSync(workspace, { recursive: true, force: true });
}

/** Votes in the application once more, with an endpoint that does nothing, to compare with. */
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
  bundle.metadata.endpoints["/bench/empty"] = { get: { ...terms, ...code } };
  bundle.modules.push({
    name: "bench/empty.js",
    module: "export function empty() { return { statusCode: 204 }; }",
  });
  await network.pass({ name: "set_js_app", args: { bundle } });
}

function print(results: readonly (Measured & { kind: string })[]): void {
  const empty = results[0]?.perSecond ?? NaN;
  console.log(`\n${connections} connections, ${seconds} s each, engine ${engine}\n`);
  console.log("request                requests/s   p50 ms   p99 ms   cost of an empty handler");
  for (const { kind, perSecond, p50, p99 } of results) {
    const cells = [perSecond.toFixed(0).padStart(10), p50.toFixed(2).padStart(8), p99.toFixed(2).padStart(8)];
    console.log(`${kind.padEnd(22)} ${cells.join(" ")}   × ${(empty / perSecond).toFixed(2)}`);
  }
}
