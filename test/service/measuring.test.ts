import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Network } from "../../sandbox/network.js";
import { engineNamed } from "../../sandbox/engine.js";
import { ContractClient } from "../../sdk/contract.js";
import { statusOf } from "../../scripts/faults/report.js";
import { lostOf } from "../../scripts/faults/round.js";
import { Writer } from "../../scripts/faults/writer.js";
import { Collaboration } from "./support/collaboration.js";
import { engine, freshId, sharedNetwork } from "./support/network.js";

const run = promisify(execFile);

/** Runs a command of the project on the engine under test. @returns what it printed, as JSON */
async function command<T>(name: string, ...options: string[]): Promise<T> {
  const script = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
  const all = ["--import", "tsx", script, "--engine", engine, "--json", ...options];
  const { stdout } = await run(process.execPath, all, { maxBuffer: 1e7 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
}

describe("the commands that measure", function () {
  this.timeout(180_000);

  it("send requests of every kind, and count what becomes of them (npm run load)", async () => {
    interface Fared {
      kind: string;
      succeeded: number;
      perSecond: number;
      refused: object;
      failed: object;
    }
    const { kinds, total } = await command<{ kinds: Fared[]; total: Fared }>("load", "--seconds", "3");
    assert.ok(total.succeeded > 0 && total.perSecond > 0);
    assert.equal(
      kinds.reduce((sum, { succeeded }) => sum + succeeded, 0),
      total.succeeded,
    );
    for (const kind of ["read a contract", "write an event, session", "propose a contract", "vote"])
      assert.ok((kinds.find((one) => one.kind === kind)?.succeeded ?? 0) > 0, kind);
    assert.deepEqual([total.refused, total.failed], [{}, {}]);
  });

  it("kill nodes while they are written to, and find everything that was committed (npm run faults)", async () => {
    const { distributed } = await engineNamed(engine);
    const told = await command<{
      summaries: { target: string; kills: number; committed: number; lost: number }[];
      rounds: { failover: number; victim: string }[];
    }>("faults", "--kills", "2");
    const killed = told.summaries.map(({ target, kills }) => [target, kills]);
    const wanted = [
      ["primary", 1],
      ["backup", 1],
    ];
    assert.deepEqual(killed, distributed ? wanted : [["embedded", 2]]);
    for (const { committed, lost } of told.summaries) {
      assert.ok(committed >= 40);
      assert.equal(lost, 0);
    }
    assert.equal(new Set(told.rounds.map(({ victim }) => victim)).size, 2);
    for (const { failover } of told.rounds) assert.ok(failover > 0);
  });

  it("hold what requests cost against what is promised (npm run bench)", async () => {
    const told = await command<{
      results: { kind: string; perSecond: number }[];
      startUps: { seconds: number }[];
      promised: { promise: string; measured: number; holds: boolean }[];
    }>("bench", "--seconds", "0.2", "--rounds", "1", "--sizes", "2");
    assert.ok(told.results.length >= 9);
    for (const { kind, perSecond } of told.results) assert.ok(perSecond > 0, kind);
    assert.ok(told.startUps.every(({ seconds }) => seconds > 0));
    for (const what of ["read a contract", "an embedded node is ready"])
      assert.ok(
        told.promised.some(({ promise }) => promise.startsWith(what)),
        what,
      );
  });
});

describe("the search for what was committed", function () {
  this.timeout(60_000);
  let net: Network;

  before(async () => {
    net = await sharedNetwork();
  });

  it("finds what is there, and sees what is not there or is something else", async () => {
    const collaboration = await Collaboration.start(net);
    const writer = new Writer(collaboration.room(), net.client, freshId("write"));
    writer.start();
    await writer.reaches(5);
    await writer.stop();
    const [first, second] = writer.committed;
    assert.ok(first && second);
    const look = () => {
      const client = net.as(net.members[0]);
      const contract = new ContractClient(client, collaboration.contractId);
      return lostOf(writer, [{ name: "node0", client, contract }]);
    };
    assert.deepEqual(await look(), []);
    writer.committed.push(
      { ...first, number: 1000, said: "never written" },
      { ...second, txId: "1.1", number: 1001, said: "never written either" },
    );
    const lost = await look();
    assert.deepEqual(lost, [
      { number: 1000, txId: first.txId, found: "something else", at: "node0" },
      { number: 1001, txId: "1.1", found: "nothing", at: "node0" },
    ]);
    assert.equal(statusOf([], lost), 1);
  });
});
