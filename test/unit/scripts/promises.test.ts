import assert from "node:assert/strict";
import { promises, type Result } from "../../../scripts/bench/promises.js";
import { KIND } from "../../../scripts/bench/requests.js";

const measured = (kind: string, size: number, perSecond: number): Result => ({
  kind,
  size,
  perSecond,
  p50: 1,
  p99: 2,
});

const asPromised = [10, 1000].flatMap((size) => [
  measured(KIND.empty, size, 1000),
  measured(KIND.read, size, 800),
  measured(KIND.verification, size, 200),
  measured(KIND.releaseJson, size, 150),
  measured(KIND.releaseSession, size, 600),
]);

describe("what the bench says about promises", () => {
  const failing = (results: readonly Result[], seconds = 1) =>
    promises("ccf", results, [{ what: "a node is ready", seconds, within: 1.5 }])
      .filter(({ holds }) => !holds)
      .map(({ promise }) => promise);
  const changed = (kind: string, size: number, perSecond: number) =>
    asPromised.map((result) =>
      result.kind === kind && result.size === size ? { ...result, perSecond } : result,
    );

  it("is that they hold, where they do", () => {
    assert.deepEqual(failing(asPromised), []);
    assert.equal(promises("ccf", asPromised, []).length, 9);
  });

  it("is that they do not, where one thing is too slow", () => {
    for (const [kind, perSecond] of [
      [KIND.read, 740],
      [KIND.releaseJson, 120],
      [KIND.releaseSession, 490],
    ] as const)
      assert.match(failing(changed(kind, 10, perSecond)).join(), new RegExp(`^${kind}, 10 contracts: `));
    assert.deepEqual(failing(asPromised, 1.6), ["a node is ready: seconds"]);
  });

  it("is that costs grow, where they do though each is within its limit", () => {
    const [grown, ...others] = failing(changed(KIND.releaseSession, 1000, 510));
    assert.match(grown ?? "", /^release a secret, SNP, session, 1000 contracts: cost, of that with 10$/);
    assert.deepEqual(others, []);
  });

  it("is nothing about what was not measured", () => {
    const withoutEvidence = asPromised.filter(({ kind }) => !kind.includes("SNP"));
    assert.ok(promises("ccf", withoutEvidence, []).every(({ promise }) => promise.startsWith(KIND.read)));
  });

  it("is, of the embedded node, how many requests it serves", () => {
    const served = [
      measured(KIND.read, 10, 510),
      measured(KIND.eventJson, 10, 190),
      measured(KIND.eventSession, 10, 210),
      measured(KIND.releaseJson, 10, 1),
    ];
    assert.deepEqual(
      promises("embedded", served, []).map(({ promise, holds }) => [promise, holds]),
      [
        ["read a contract, 10 contracts: requests/s", true],
        ["write an event, JSON, 10 contracts: requests/s", false],
        ["write an event, session, 10 contracts: requests/s", true],
      ],
    );
  });
});
