import assert from "node:assert/strict";
import { Refusal } from "../../../src/kit/refusal.js";
import type { Proven } from "../../../src/policy/attested-call.js";
import { openSession, sessionOf } from "../../../src/policy/sessions.js";
import { TestCcf } from "../../support/ccf.js";

const key = { pem: "-----BEGIN PUBLIC KEY-----\n", digest: "d1".repeat(32) };
const proven: Proven = {
  claims: { "virtual-hostdata": "ab".repeat(32), "virtual-svn": 3, "virtual-is-debuggable": false },
  reportData: "d1".repeat(32) + "00".repeat(32),
  evidenceDigest: "ed".repeat(32),
};
const opened = Date.parse("2026-03-04T05:06:07.890Z");
const MINUTE = 60_000;
const trust = "public:ccf.gov.attestation_trust";

describe("an attested session (improvement 7)", () => {
  let tables: TestCcf;
  beforeEach(() => {
    tables = new TestCcf().install();
    tables.clock = opened;
  });

  const open = (): string => openSession("virtual", key, proven).id;
  const at = (minutes: number): void => void (tables.clock = opened + minutes * MINUTE);

  function ended(id: string): void {
    assert.throws(
      () => sessionOf(id),
      (error) => error instanceof Refusal && error.code === "SessionNotFound" && error.status === 403,
    );
  }

  it("remembers what was verified, for 15 minutes", () => {
    const { id, expiresAt } = openSession("virtual", key, proven);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(expiresAt, opened + 15 * MINUTE);
    for (const minutes of [0, 1, 14, 15]) {
      at(minutes);
      assert.deepEqual(sessionOf(id), { platform: "virtual", key, ...proven, expiresAt });
    }
    at(15.001);
    ended(id);
  });

  it("has an id of its own", () => {
    const ids = Array.from({ length: 50 }, open);
    assert.equal(new Set(ids).size, 50);
  });

  it("is none under other ids", () => {
    const id = open();
    for (const other of ["", id.toUpperCase(), `${id}\0`, ` ${id}`, "0".repeat(32), "constructor", "queue"])
      ended(other);
    sessionOf(id);
  });

  it("ends when the members take trust away from evidence, and can be opened again", () => {
    const before = open();
    tables.version++;
    tables.putText(trust, "other", "p0"); // nothing that concerns it
    sessionOf(before);
    tables.version++;
    tables.putText(trust, "epoch", "p1");
    ended(before);
    const after = open();
    sessionOf(after);
    tables.version++;
    tables.putText(trust, "epoch", "p1"); // by the same proposal, or another one
    ended(after);
    ended(before);
  });

  it("is forgotten some time after it has ended, at a cost that stays the same", () => {
    const costs = new Set<number>();
    for (let number = 0; number < 3000; number++) {
      tables.clock = opened + number * 6000; // ten a minute
      const before = tables.operations;
      open();
      costs.add(tables.operations - before);
    }
    assert.ok(Math.max(...costs) <= 12, [...costs].join());
    const remembered = tables.keys("public:attested_sessions").length;
    assert.ok(remembered < 250, String(remembered));
    const before = tables.operations;
    ended("0".repeat(32));
    assert.ok(tables.operations - before <= 2);
  });
});
