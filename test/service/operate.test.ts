import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Network } from "../../sandbox/network.js";
import type { NetworkStatus } from "../../sandbox/operations/status.js";
import { builtFile, projectFolder } from "../../sandbox/project.js";
import { requireDistributed } from "./support/distributed.js";
import { engine, ownNetwork, type TestNetwork } from "./support/network.js";

interface Ran {
  status: number;
  lines: { step?: string; error?: { code: string; message: string } }[];
  stdout: string;
}

/** `npm run network -- ARGS`, but for the build. */
function operate(...args: string[]): Promise<Ran> {
  const command = [builtFile("node/sandbox/operate.js"), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: projectFolder }, (error, stdout) => {
      const status = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      const text = stdout.split("\n").filter((line) => line.startsWith("{"));
      resolve({ status, stdout, lines: text.map((line) => JSON.parse(line) as Ran["lines"][number]) });
    });
  });
}

describe("npm run network", function () {
  this.timeout(60_000);

  describe("with a network of two nodes that another process started", () => {
    let network: TestNetwork | undefined;
    let at: string[];

    before(async function () {
      await requireDistributed(this);
      network = await ownNetwork({ nodes: 2 });
      at = ["--workspace", network.net.workspace.folder];
    });

    after(() => network?.end());

    const status = async () => JSON.parse((await operate(...at, "--json", "status")).stdout) as NetworkStatus;

    it("shows every node, for people and for machines", async () => {
      const { nodes, service } = await status();
      assert.equal(service, "Open");
      assert.deepEqual(
        nodes.map(({ name, role }) => [name, role]),
        [
          ["node0", "primary"],
          ["node1", "backup"],
        ],
      );
      const { stdout } = await operate(...at, "status");
      assert.match(stdout, /^node0 +primary +PartOfNetwork +\d+\.\d+ +https:/m);
    });

    it("adds a node, kills it, and retires it although it is dead", async () => {
      const added = await operate(...at, "--json", "add");
      assert.deepEqual([added.status, added.lines.map(({ step }) => step)], [0, ["join"]]);
      assert.equal((await operate(...at, "kill", "node2")).status, 0);
      const dead = (await status()).nodes.find(({ name }) => name === "node2");
      assert.deepEqual([dead?.role, dead?.state], ["backup", "Unreachable"]);
      const retired = await operate(...at, "--json", "retire", "node2");
      assert.deepEqual([retired.status, retired.lines.map(({ step }) => step)], [0, ["retire"]]);
      assert.deepEqual(
        (await status()).nodes.map(({ name }) => name),
        ["node0", "node1"],
      );
    });

    it("keeps a node without which no majority would run: TooFewNodes", async () => {
      await operate(...at, "add");
      await operate(...at, "kill", "node3");
      for (const command of [["retire", "node1"], ["replace-primary"]]) {
        const { status, lines } = await operate(...at, "--json", ...command);
        assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "TooFewNodes"]);
      }
      assert.equal((await operate(...at, "retire", "node3")).status, 0);
    });

    it("rekeys, writes a snapshot and renews certificates, each by one vote", async () => {
      for (const command of ["rekey", "snapshot", "renew-certificates"]) {
        const { status, lines } = await operate(...at, "--json", command);
        assert.deepEqual([status, lines.map(({ step }) => step)], [0, [command]]);
      }
    });

    it("updates nothing where nothing is new", async () => {
      const { status, stdout } = await operate(...at, "update");
      assert.deepEqual(
        [status, stdout],
        [0, "The application and the constitution that were built are in place.\n"],
      );
    });

    it("refuses what does not fit the network, and says why: status 2", async () => {
      for (const [code, ...command] of [
        ["UnknownNode", "retire", "node9"],
        ["UnknownNode", "kill", "node9"],
        ["TooFewNodes", "replace-primary"],
      ] as const) {
        const { status, lines } = await operate(...at, "--json", ...command);
        assert.deepEqual([status, lines.at(-1)?.error?.code], [2, code]);
      }
      for (const wrong of [["frobnicate"], ["add", "0"], ["renew-certificates", "--days", "x"], ["retire"]])
        assert.equal((await operate(...at, ...wrong)).status, 2, wrong.join(" "));
    });

    it("stops it, and then finds nothing to operate: NotRunning", async () => {
      assert.equal((await operate(...at, "stop")).status, 0);
      const { status, lines } = await operate(...at, "--json", "status");
      assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "NotRunning"]);
    });
  });

  it("has nothing to do where there is no consortium: NotAWorkspace", async () => {
    const empty = mkdtempSync(join(tmpdir(), "consortium-empty-"));
    const { status, lines } = await operate("--workspace", empty, "--json", "status");
    rmSync(empty, { recursive: true });
    assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "NotAWorkspace"]);
  });

  it("cannot operate an embedded node, which is part of the process that started it: NotAttachable", async () => {
    const workspace = mkdtempSync(join(tmpdir(), "consortium-embedded-"));
    const net = await Network.open({ workspace, engine: "embedded", members: 1, port: 0 });
    const { status, lines } = await operate("--workspace", workspace, "--json", "status");
    await net.stop();
    rmSync(workspace, { recursive: true });
    assert.deepEqual([status, lines.at(-1)?.error?.code], [2, "NotAttachable"]);
  });

  it("runs several nodes on an engine that can, and says so where it cannot: SingleNode", async function () {
    if (engine !== "embedded") this.skip();
    const workspace = mkdtempSync(join(tmpdir(), "consortium-single-"));
    const opened = Network.open({ workspace, engine, nodes: 3, port: 0 });
    await assert.rejects(opened, (error: { code?: string }) => error.code === "SingleNode");
    rmSync(workspace, { recursive: true });
  });
});
