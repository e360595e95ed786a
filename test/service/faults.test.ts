import assert from "node:assert/strict";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Writer } from "../../scripts/faults/writer.js";
import { Network } from "../../sandbox/network.js";
import { join as joinNodes } from "../../sandbox/operations/joining.js";
import { snapshot } from "../../sandbox/operations/ledger.js";
import { primaryOf } from "../../sandbox/operations/retiring.js";
import { unseen } from "../../sandbox/stage.js";
import { UsageError } from "../../sdk/errors.js";
import { ContractClient } from "../../sdk/contract.js";
import { clockWrongBy } from "../support/faults.js";
import { Collaboration } from "./support/collaboration.js";
import { isInUse, NodeClocks, requireExecutable, SmallDisk } from "./support/machine.js";

const DAY = 24 * 60 * 60;
const MEGABYTE = 1_000_000;

describe("a CCF node whose machine is in trouble", function () {
  this.timeout(60_000);
  let folder: string;
  let net: Network | undefined;

  before(async function () {
    await requireExecutable(this);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "consortium-fault-"));
  });
  afterEach(async () => {
    await net?.stop();
    net = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (workspace: string, nodes = 1) =>
    (net = await Network.open({ workspace, engine: "ccf", members: 1, nodes, port: 0 }));
  const refused = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
  const refusedAs = (code: string) => (error: unknown) => (error as { code?: string }).code === code;
  const writerOf = (own: Collaboration) => new Writer(own.room(), own.net.client, "write");
  const contractAt = (at: Network, { contractId }: Collaboration) =>
    new ContractClient(at.as(at.members[0]), contractId);

  describe("when the disk is full", () => {
    let disk: SmallDisk;

    before(function () {
      SmallDisk.require(this);
    });
    beforeEach(() => {
      disk = SmallDisk.mount();
    });
    afterEach(async () => {
      await net?.stop();
      disk.remove();
    });

    it("is not begun: DiskFull, which names the disk; with room, the same command founds the network", async () => {
      await assert.rejects(
        open(disk.folder),
        refused("DiskFull", /disk of .*consortium-disk.* is full: free/),
      );
      assert.ok(!isInUse(disk.folder));
      disk.leave(32 * MEGABYTE);
      assert.equal((await open(disk.folder)).nodes.length, 1);
    });

    it("ends while the network is founded: DiskFull, not only that nothing answers", async () => {
      disk.leave(300_000);
      await assert.rejects(open(disk.folder), refused("DiskFull", /node0 has ended: the disk of .* is full/));
      assert.ok(!isInUse(disk.folder));
    });

    it("ends when it cannot write; nothing that was reported as committed is lost", async () => {
      disk.leave(32 * MEGABYTE);
      const first = await open(disk.folder);
      const collaboration = await Collaboration.start(first);
      const writer = writerOf(collaboration);
      writer.start(16);
      await writer.reaches(20);
      disk.leave(20_000);
      await assert.rejects(
        first.ended(),
        refused("DiskFull", /node0 has ended: the disk of .*node0 is full/),
      );
      await writer.stop();
      await assert.rejects(
        first.client.get("/node/commit").catch(async (error: unknown) => {
          throw await first.explain(error);
        }),
        refused("DiskFull", /^Nothing answers .* node0 has ended/),
      );
      await assert.rejects(open(disk.folder), refused("DiskFull", /free some space/));
      assert.deepEqual(
        readdirSync(join(disk.folder, "nodes")),
        ["node0"],
        "no half copy of the ledger stays",
      );
      disk.leave(32 * MEGABYTE);
      const recovered = await open(disk.folder);
      assert.ok(writer.committed.length >= 20);
      assert.deepEqual(await writer.missing(contractAt(recovered, collaboration)), []);
    });
  });

  describe("when the clock is wrong", () => {
    let clocks: NodeClocks | undefined;

    before(function () {
      clocks = NodeClocks.install(this);
    });
    beforeEach(() => {
      clocks?.next(0);
    });
    after(() => clocks?.remove());

    it("behind or ahead of whoever founds the network: ClockDiffers, at once; set right, the same command founds it", async () => {
      for (const seconds of [-2 * DAY, 2 * DAY]) {
        clocks?.next(seconds);
        const began = Date.now();
        await assert.rejects(open(folder), refused("ClockDiffers", /clock of node\d says .* set both right/));
        assert.ok(Date.now() - began < 10_000);
        assert.ok(!isInUse(folder));
      }
      clocks?.next(0);
      await open(folder);
    });

    it("outside of the service certificate's time, it cannot join and is ended; the network goes on", async () => {
      const own = await open(folder);
      for (const [seconds, code, message] of [
        [-2 * DAY, "ClockBehind", /set the clock of its machine right/],
        [100 * DAY, "CertificateExpired", /set the clock .* if it is ahead, or renew the certificate/],
      ] as const) {
        clocks?.next(seconds);
        await assert.rejects(joinNodes(own, 1, unseen), refused(code, message));
        assert.deepEqual(
          own.nodes.map(({ name }) => name),
          ["node0"],
        );
      }
      for (const name of ["node1", "node2"]) assert.ok(!isInUse(join(folder, "nodes", name)), name);
      await own.pass({ name: "trigger_ledger_chunk" });
    });

    it("ahead by hours: requests bound to a time are RequestExpired, votes go on; set right, all is well", async () => {
      const own = await open(folder);
      const collaboration = await Collaboration.start(own);
      const log = () => collaboration.room().logEvent({ said: "now" }, { id: "clock" });
      const node = own.nodes[0]?.folder ?? "";
      clocks?.set(node, 2 * 60 * 60);
      await assert.rejects(log(), refusedAs("RequestExpired"));
      await own.pass({ name: "trigger_ledger_chunk" });
      clocks?.set(node, 0);
      await log();
    });

    it("set back while it runs alone: nothing is committed, until the time of before is reached", async () => {
      const own = await open(folder);
      const collaboration = await Collaboration.start(own);
      const log = () => collaboration.room().logEvent({ said: "now" }, { id: "clock" });
      clocks?.set(own.nodes[0]?.folder ?? "", -3);
      const written = await log();
      await assert.rejects(own.client.committed(written, 1500), refusedAs("CommitTimeout"));
      await own.client.committed(written);
      await own.client.committed(await log(), 2000);
    });

    it("set back on the primary of three: the others elect another, and go on", async () => {
      const own = await open(folder, 3);
      const writer = writerOf(await Collaboration.start(own));
      const before = await primaryOf(own);
      clocks?.set(before.folder, -60);
      writer.start();
      await writer.reaches(5);
      await writer.stop();
      assert.notEqual((await primaryOf(own)).name, before.name);
    });

    it("before the time of the service that is to be recovered: ClockBehind, and nothing is begun", async () => {
      await (await open(folder)).stop();
      await clockWrongBy(-2 * DAY, () =>
        assert.rejects(open(folder), refused("ClockBehind", /valid from .*set the clock right/)),
      );
      assert.deepEqual(readdirSync(join(folder, "nodes")), ["node0"]);
      await open(folder);
    });
  });

  describe("when its files are damaged", () => {
    let dead: string;
    let collaboration: Collaboration;
    let writer: Writer;

    before(async () => {
      dead = mkdtempSync(join(tmpdir(), "consortium-dead-"));
      const own = await Network.open({ workspace: dead, engine: "ccf", members: 1, port: 0 });
      try {
        collaboration = await Collaboration.start(own);
        writer = writerOf(collaboration);
        writer.start();
        await writer.reaches(10);
        await own.pass({ name: "trigger_ledger_chunk" });
        await writer.reaches(writer.committed.length + 20);
        await writer.stop();
        await own.nodes[0]?.node.kill();
      } finally {
        await own.stop();
      }
    });
    after(() => rmSync(dead, { recursive: true, force: true }));
    beforeEach(() => cpSync(dead, folder, { recursive: true }));

    /** Of the node that has died; the last one is open. */
    const ledgerFiles = () => {
      const ledger = join(folder, "nodes/node0/ledger");
      const first = (file: string) => Number(/\d+/.exec(file)?.[0]);
      return readdirSync(ledger)
        .sort((a, b) => first(a) - first(b))
        .map((file) => join(ledger, file));
    };
    const committedFile = () => ledgerFiles()[0] ?? "";
    const openFile = () => ledgerFiles().at(-1) ?? "";
    const half = (path: string) => statSync(path).size >> 1;
    const flip = (path: string, at: number) => {
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      writeFileSync(path, bytes);
    };
    const damages: readonly (readonly [what: string, file: () => string, damage: (path: string) => void])[] =
      [
        ["a committed file that was truncated", committedFile, (path) => truncateSync(path, half(path))],
        ["a committed file that is empty", committedFile, (path) => truncateSync(path, 0)],
        ["a committed file with a wrong bit", committedFile, (path) => flip(path, half(path))],
        ["the open file with a wrong bit before a signature", openFile, (path) => flip(path, half(path))],
        ["the open file with a wrong length before a signature", openFile, (path) => flip(path, 12)],
      ];

    for (const [what, file, damage] of damages)
      it(`${what}: LedgerDamaged, which names it once and says what to do`, async () => {
        const path = file();
        damage(path);
        await assert.rejects(open(folder), (error: unknown) => {
          refused("LedgerDamaged", /Restore the file from a copy, or move .*node0 away/)(error);
          assert.equal((error as Error).message.split(path).length, 2, (error as Error).message);
          return true;
        });
        assert.deepEqual(readdirSync(join(folder, "nodes")), ["node0"], "nothing was begun");
      });

    it("a file that was damaged, in whose place a whole copy is put: all is recovered", async () => {
      const path = openFile();
      copyFileSync(path, join(folder, "copy"));
      flip(path, half(path));
      await assert.rejects(open(folder), refusedAs("LedgerDamaged"));
      copyFileSync(join(folder, "copy"), path);
      const recovered = await open(folder);
      assert.deepEqual(await writer.missing(contractAt(recovered, collaboration)), []);
    });

    it("an open file that ends in half a transaction: the rest is recovered, and what is left out is told", async () => {
      truncateSync(openFile(), statSync(openFile()).size - 5);
      const told: string[] = [];
      net = await Network.open({
        workspace: folder,
        engine: "ccf",
        port: 0,
        step: (_text, run) => run((label, value) => void told.push(`${label}: ${value}`)),
      });
      assert.match(
        told.join("\n"),
        new RegExp(`^left out: the last \\d+ bytes of .*${basename(openFile())}: `, "m"),
      );
      assert.match(told.join("\n"), /^verified: its [1-9]\d* roots follow from its transactions$/m);
      const missing = await writer.missing(contractAt(net, collaboration));
      assert.ok(missing.length < writer.committed.length / 2, `${missing.length} are missing`);
    });

    it("a snapshot: SnapshotDamaged for nodes that would join from it; from another one they do", async () => {
      const own = await open(folder);
      const made = await snapshot(own, unseen);
      flip(made, half(made));
      await assert.rejects(
        joinNodes(own, 1, unseen),
        refused("SnapshotDamaged", new RegExp(`${basename(made)}.*have another one written`)),
      );
      await snapshot(own, unseen);
      assert.equal((await joinNodes(own, 1, unseen)).length, 1);
    });
  });

  it("logs nothing of the environment of whoever starts it, which may hold secrets", async () => {
    process.env.CONSORTIUM_TEST_TOKEN = "not for logs";
    try {
      const own = await open(folder);
      const log = readFileSync(join(own.nodes[0]?.folder ?? "", "node.log"), "utf8");
      assert.match(log, /Environment/);
      assert.doesNotMatch(log, /CONSORTIUM_TEST_TOKEN|not for logs/);
    } finally {
      delete process.env.CONSORTIUM_TEST_TOKEN;
    }
  });

  it("is not left behind when it cannot be noted where it is", async () => {
    const own = await open(folder);
    const { serviceCertificatePem } = own.workspace;
    const target = own.nodes[0]?.node;
    assert.ok(target);
    let place = "";
    const started = own.startNode({ type: "Join", serviceCertificatePem, target }, 0, (into) => {
      place = into;
      mkdirSync(join(into, "placement.json"));
    });
    await assert.rejects(started, { code: "EISDIR" });
    assert.ok(place !== "" && !isInUse(place));
    assert.ok(!existsSync(place));
  });
});
