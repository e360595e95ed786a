import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Consortium, alice, bob, carol, type Constitution } from "./consortium.js";

const file = new URL("../../../dist/constitution.js", import.meta.url);

describe("dist/constitution.js", () => {
  before(function () {
    if (existsSync(file)) return;
    console.warn("skipped: dist/constitution.js is not built; npm run build");
    this.skip();
  });

  it("is smaller than 80 KB, since a node evaluates it at every proposal and every ballot", () => {
    assert.ok(readFileSync(file).length < 80_000);
  });

  it("imports nothing, and exports the functions that CCF calls, with the parameters it demands", async () => {
    assert.doesNotMatch(readFileSync(file, "utf8"), /\bimport\b\s*[{("'*\w]/);
    const constitution = (await import(file.href)) as Record<string, unknown>;
    const functions = Object.entries(constitution).map(([name, value]) => [
      name,
      (value as () => void).length,
    ]);
    assert.deepEqual(Object.fromEntries(functions), { validate: 1, resolve: 4, apply: 2 });
  });

  it("can be evaluated where there is no ccf object, as CCF does to check a proposed constitution", async () => {
    const { ccf } = globalThis as { ccf?: unknown };
    Reflect.deleteProperty(globalThis, "ccf");
    try {
      await import(`${file.href}?without-ccf`);
    } finally {
      Object.assign(globalThis, { ccf });
    }
  });

  it("decides and does what the sources say", async () => {
    const consortium = new Consortium((await import(file.href)) as Constitution);
    const action = { name: "set_contract", args: { contractId: "c1", contract: { data: "text" } } };
    assert.match(
      consortium.problem({ ...action, args: {} }),
      /action 0 \(set_contract\): "args" must have "contractId"/,
    );
    const proposal = consortium.open(alice, action);
    const votes = { [alice]: true, [bob]: true, [carol]: true };
    assert.equal(consortium.outcome(proposal, votes), "Accepted");
    consortium.decide(proposal);
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.accepted_contracts", "c1"), {
      data: "text",
      proposalId: proposal,
      finalVotes: votes,
    });
  });
});
