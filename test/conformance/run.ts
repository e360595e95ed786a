/**
 * Holds the embedded node against transcripts of a real CCF node (`npm run test:conformance`).
 *
 *   --area gov,auth          only these areas; further options of the battery's compare.mjs are passed on as they are
 *   --url URL --workspace D  another engine, already running, with the members' files in D
 *   --port N                 where the embedded node listens; any free port if not stated
 *   --write-docs             write docs/conformance.md
 *
 * Exit status: 0 what differs is known to, 1 something differs that should not, differs no more although it is said to,
 * or could not be compared, 77 the transcripts are not there.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { reasons } from "../../sandbox/embedded/differences.js";
import { SKIPPED } from "../../scripts/skipped.js";
import { startNetwork } from "./network.js";
import { describeReport, isAsExpected, judge, printed, readReport, type Judged } from "./report.js";

/** Options of compare.mjs with which not everything is compared. */
const PARTIAL = ["--area", "--case", "--without", "--ignore-messages"];

const project = resolve(fileURLToPath(import.meta.url), "../../..");
const battery = resolve(project, "../shared/conformance");

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (!existsSync(join(battery, "compare.mjs"))) {
    console.warn("skipped: the comparison with transcripts of a CCF node, which needs ../shared/conformance");
    return SKIPPED;
  }
  const { own, passedOn } = splitOptions(args);
  const isOther = passedOn.includes("--url");
  console.warn("comparing with a real CCF node, which takes a minute or two ...");
  const { status, output } = isOther
    ? await compare(passedOn)
    : await compareEmbedded(Number(own.get("--port") ?? 0), passedOn);
  const complete = !passedOn.some((option) => PARTIAL.includes(option));
  const judged = judge(readReport(output), isOther ? {} : reasons, complete);
  console.log(printed(judged));
  if (status > 1) return 1; // it has said why it could not compare
  if (own.has("--write-docs")) {
    if (complete && !isOther) await writeDocs(judged);
    else console.warn("docs/conformance.md is written only of all cases, on the embedded node");
  }
  return isAsExpected(judged) ? 0 : 1;
}

async function writeDocs(judged: Judged): Promise<void> {
  const file = join(project, "docs/conformance.md");
  const text = describeReport(judged);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function splitOptions(args: string[]): { own: Map<string, string>; passedOn: string[] } {
  const own = new Map<string, string>();
  const passedOn: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const option = args[index] ?? "";
    if (option === "--write-docs") own.set(option, "");
    else if (option === "--port") own.set(option, args[(index += 1)] ?? "");
    else passedOn.push(option);
  }
  return { own, passedOn };
}

async function compareEmbedded(port: number, args: string[]) {
  const workspace = mkdtempSync(join(tmpdir(), "conformance-"));
  const node = await startNetwork(workspace, join(battery, "battery/constitution.js"), port);
  try {
    return await compare(["--url", node.url, "--workspace", workspace, ...args]);
  } finally {
    await node.stop();
    rmSync(workspace, { recursive: true });
  }
}

/** Runs the battery's own comparison. @returns its exit status, and what it prints */
function compare(args: string[]): Promise<{ status: number; output: string }> {
  return new Promise((done, failed) => {
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const child = spawn(process.execPath, [join(battery, "compare.mjs"), ...args], { stdio: [...stdio] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    child.on("error", failed);
    child.on("close", (status) => {
      done({ status: status ?? 2, output });
    });
  });
}
