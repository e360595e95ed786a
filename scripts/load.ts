/**
 * `npm run load`: many kinds of request at once, to every node of a network of its own, and how each kind fares.
 *
 * Exit status: 0; 1 if a request failed, so that there was no answer to it; 77 if the engine is not there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { DEFAULT_ENGINE, engineNamed } from "../sandbox/engine.js";
import { Network } from "../sandbox/network.js";
import { table } from "../sandbox/screen/table.js";
import type { Mix, MixFared } from "./load/mix.js";
import { Scene } from "./load/scene.js";
import { countOf, type Fared } from "./load/tally.js";
import { inWorker } from "./load/worker.js";
import { positive, whole } from "./options.js";
import { SKIPPED } from "./skipped.js";

const { engine, nodes, seconds, connections, json } = new Command("npm run load --")
  .description("Sends requests of many kinds to a network in a workspace of its own.")
  .option("--engine <name>", "what runs the nodes", DEFAULT_ENGINE)
  .option("--nodes <number>", "how many nodes the network has; connections are spread over them", whole, 1)
  .option("--seconds <number>", "how long", positive, 20)
  .option("--connections <number>", "who asks at the same time, one thing after the other", whole, 8)
  .option("--json", "for machines")
  .parse()
  .opts<{ engine: string; nodes: number; seconds: number; connections: number; json?: true }>();

const missing = await (await engineNamed(engine)).missing();
if (missing !== undefined) {
  console.warn(`skipped: load on engine "${engine}". ${missing}.`);
  process.exit(SKIPPED);
}
const { kinds, total } = await load();
if (json) console.log(JSON.stringify({ engine, nodes, connections, seconds, kinds, total }));
else print();
if (countOf(total.failed) > 0) process.exitCode = 1;

async function load(): Promise<MixFared> {
  const workspace = mkdtempSync(join(tmpdir(), "consortium-load-"));
  progress(`founding a network of ${nodes}`);
  const net = await Network.open({ workspace, engine, nodes, port: 0 });
  try {
    const { contractId, secretId, evidence, key } = (await Scene.found(net)).room;
    const { publicKeyPem, privateKey } = key;
    const mix: Mix = {
      urls: net.nodes.map(({ node }) => node.url),
      serviceCertificatePem: net.workspace.serviceCertificatePem,
      members: net.members,
      contractId,
      secretId,
      evidence,
      key: { publicKeyPem, privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
      seconds,
      connections,
    };
    return await inWorker(new URL("./load/mix.ts", import.meta.url), mix, progress);
  } finally {
    await net.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function progress(text: string): void {
  if (!json) process.stderr.write(`${text}\n`);
}

function print(): void {
  console.log(
    `\n${nodes} node${nodes === 1 ? "" : "s"}, ${connections} connections, ${seconds} s, engine ${engine}\n`,
  );
  const header = ["request", "answered", "requests/s", "p50 ms", "p99 ms", "refused", "failed"];
  console.log(table(header, [...kinds, total].map(rowOf), { numbers: true }));
  for (const word of ["refused", "failed"] as const)
    for (const [code, count] of Object.entries(total[word])) console.log(`\n${word}: ${count} × ${code}`);
}

function rowOf({ kind, succeeded, perSecond, p50, p99, refused, failed }: Fared): string[] {
  const numbers = [perSecond.toFixed(1), p50.toFixed(1), p99.toFixed(1)];
  return [kind, String(succeeded), ...numbers, String(countOf(refused)), String(countOf(failed))];
}
