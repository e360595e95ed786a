import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DEFAULT_ENGINE } from "../../sandbox/engine.js";
import { builtFile, projectFolder } from "../../sandbox/project.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { engine } from "./support/network.js";

interface Line {
  step?: string;
  title?: string;
  proves?: string;
  facts?: { label: string; value: string }[];
  ms?: number;
  done?: boolean;
  contractId?: string;
  documentFile?: string;
  receiptFile?: string;
  eventTxId?: string;
  totalMs?: number;
  residentBytes?: number;
  error?: { code: string; message: string };
  up?: string;
  commands?: { what: string; command: string }[];
}

/** Runs what `npm start` runs after the build. */
function start(...args: string[]): Promise<{ status: number; lines: Line[]; stderr: string }> {
  const command = [builtFile("node/sandbox/start.js"), "--json", "--engine", engine, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter(Boolean);
      const status = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      resolve({ status, lines: lines.map((line) => JSON.parse(line) as Line), stderr });
    });
  });
}

/** Starts it as a user does who stays, and waits until the service is up. */
async function startAndStay(...args: string[]): Promise<{ child: ChildProcess; up: Line }> {
  const command = [builtFile("node/sandbox/start.js"), "--json", "--engine", engine, ...args];
  const child = spawn(process.execPath, command, {
    cwd: projectFolder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.up) return { child, up: line };
    assert.equal(line.error, undefined);
  }
  throw new Error("It ended before the service was up");
}

/** How a service goes on: the embedded node by itself, another one with its members' recovery shares. */
const GOES_ON = engine === DEFAULT_ENGINE ? ["resume"] : ["recover", "shares"];

const STORY = [
  "attestation-key",
  "contract",
  "policy",
  "secret",
  "refused",
  "released",
  "consent",
  "event",
  "receipt",
  "question",
];

describe("the tour", function () {
  this.timeout(60_000);
  let folder: string;
  let workspace: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "consortium-tour-"));
    workspace = join(folder, "workspace");
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("founds a network and carries a collaboration through to a verified receipt, and leaves with status 0", async () => {
    const { status, lines, stderr } = await start("--exit", "--port", "0", "--workspace", workspace);
    assert.equal(status, 0, `${stderr}\n${JSON.stringify(lines.at(-1))}`);
    assert.deepEqual(
      lines.flatMap(({ step = [] }) => step),
      ["start", "activate", "deploy", "open", ...STORY],
    );
    const refused = lines.find(({ step }) => step === "refused");
    assert.ok(refused?.facts?.some(({ value }) => value.includes("virtual-measurement")));
    for (const { step, proves } of lines) assert.ok(step === undefined || proves, step);
    const end = lines.at(-1);
    assert.ok(end?.done);
    assert.ok(end.residentBytes && end.residentBytes < 250e6, `${end.residentBytes ?? 0} bytes of memory`);
  });

  it("leaves what an auditor needs to verify the event without the service, which is stopped by now", () => {
    const read = (name: string) => readFileSync(join(workspace, name), "utf8");
    const document = JSON.parse(read("tour/event.json")) as object;
    const receipt: unknown = JSON.parse(read("tour/receipt.json"));
    const serviceCertificatePem = read("service_cert.pem");
    assert.ok(verifyReceipt(receipt, { serviceCertificatePem, document }).txId);
    const tampered = { ...document, data: "another" };
    assert.throws(() => verifyReceipt(receipt, { serviceCertificatePem, document: tampered }), {
      code: "ClaimsMismatch",
    });
  });

  it("keeps private keys to their owner", () => {
    for (const name of ["members/alice/key.pem", "members/alice/recovery_key.pem", "attestation/key.pem"])
      assert.equal(statSync(join(workspace, name)).mode & 0o077, 0, name);
  });

  it("resumes a workspace from its ledger, with the same keys, and takes another tour with a contract of its own", async () => {
    const before = readFileSync(join(workspace, "members/alice/key.pem"), "utf8");
    const { status, lines } = await start("--exit", "--port", "0", "--workspace", workspace);
    assert.equal(status, 0, JSON.stringify(lines.at(-1)));
    assert.deepEqual(
      lines.flatMap(({ step = [] }) => step),
      [...GOES_ON, ...STORY],
    );
    assert.equal(lines.at(-1)?.contractId, "patient-study-2");
    assert.equal(readFileSync(join(workspace, "members/alice/key.pem"), "utf8"), before);
  });

  it("stays up, and every command that it prints works as printed; ends in order when told to", async function () {
    if (spawnSync("curl", ["--version"]).status !== 0) {
      console.warn("skipped: there is no curl to run the printed commands with");
      this.skip();
    }
    const { child, up } = await startAndStay("--port", "0", "--workspace", workspace);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    try {
      const answers = (up.commands ?? []).map(({ what, command }) => {
        const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", command], {
          cwd: projectFolder,
          encoding: "utf8",
        });
        assert.equal(status, 0, `${what}: ${stderr}`);
        assert.ok(stdout !== "" && !stdout.includes('"error"'), `${what}: ${stdout}`);
        return stdout;
      });
      assert.ok(answers.some((answer) => /^proposalState +Accepted$/m.test(answer)));
    } finally {
      child.kill("SIGTERM");
    }
    assert.equal(await ended, 0);
  });

  it("never touches a folder that is no workspace: status 2", async () => {
    const foreign = mkdtempSync(join(folder, "foreign-"));
    writeFileSync(join(foreign, "thesis.txt"), "years of work");
    const { status, lines } = await start("--exit", "--port", "0", "--workspace", foreign);
    assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "NotAWorkspace"]);
    assert.equal(existsSync(join(foreign, "consortium.json")), false);
  });

  it("does not change the number of founders of an existing consortium: status 2", async () => {
    const { status, lines } = await start(
      "--exit",
      "--port",
      "0",
      "--workspace",
      workspace,
      "--members",
      "5",
    );
    assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "WorkspaceDiffers"]);
  });

  it("says which address is taken, and which option helps: status 2", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { status, lines } = await start(
      "--exit",
      "--port",
      String(port),
      "--workspace",
      join(folder, "taken"),
    );
    taken.close();
    assert.equal(status, 2);
    assert.match(lines.at(-1)?.error?.message ?? "", new RegExp(`127\\.0\\.0\\.1:${port}.*--port`));
  });

  it("refuses options that do not exist: status 2", async () => {
    assert.equal((await start("--frobnicate")).status, 2);
  });
});
