import assert from "node:assert/strict";
import { type Committed, missingOf } from "../../../scripts/faults/check.js";
import { reportOf, statusOf, summaries } from "../../../scripts/faults/report.js";
import type { Round } from "../../../scripts/faults/round.js";

const committed = (number: number): Committed => ({
  number,
  said: `event ${number}`,
  txId: `2.${100 + number}`,
  sent: 0,
  at: 0,
});
const read = (number: number, data: object = { number, said: `event ${number}` }) => ({
  seqno: 100 + number,
  data,
});

describe("the check for what was reported as committed", () => {
  const reported = [1, 2, 3].map(committed);

  it("finds everything, whatever else is there and in whichever order", () => {
    assert.deepEqual(missingOf(reported, [read(3), read(4), read(2), read(1)]), []);
  });

  it("misses an event that is not there", () => {
    assert.deepEqual(missingOf(reported, [read(1), read(3)]), [
      { number: 2, txId: "2.102", found: "nothing" },
    ]);
  });

  it("misses an event in whose transaction there is something else", () => {
    for (const data of [{ number: 2, said: "another" }, { number: 1, said: "event 2" }, {}])
      assert.deepEqual(missingOf(reported, [read(1), read(2, data), read(3)]), [
        { number: 2, txId: "2.102", found: "something else" },
      ]);
  });
});

describe("what is reported of kills", () => {
  const round = (failover: number, changes: Partial<Round> = {}): Round => ({
    target: "primary",
    victim: "node0",
    failover,
    acknowledged: 30,
    committed: 25,
    rolledBack: 2,
    unknown: 3,
    failures: { TransactionInvalid: 2, Unanswered: 3 },
    lost: [],
    ...changes,
  });
  const loss = { number: 7, txId: "2.107", found: "nothing", at: "node1" };

  it("is a success if nothing was lost", () => {
    const rounds = [round(300), round(100), round(200), round(50, { target: "backup" })];
    assert.equal(statusOf(rounds, []), 0);
    assert.deepEqual(summaries(rounds)[0], {
      target: "primary",
      kills: 3,
      failover: { min: 100, median: 200, max: 300 },
      acknowledged: 90,
      committed: 75,
      rolledBack: 6,
      unknown: 9,
      lost: 0,
    });
    assert.doesNotMatch(reportOf(rounds, []), /LOST/);
  });

  it("is a failure that names the transaction and the node, if any was lost after a kill or at the end", () => {
    for (const [rounds, atEnd] of [
      [[round(1), round(2, { lost: [loss] })], []],
      [[round(1)], [loss]],
    ] as const) {
      assert.equal(statusOf(rounds, atEnd), 1);
      assert.match(reportOf(rounds, atEnd), /LOST: transaction 2\.107 .*node1 has nothing/);
    }
  });
});
