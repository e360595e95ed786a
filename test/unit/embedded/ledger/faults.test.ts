import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LedgerError, type LedgerErrorCode } from "../../../../sandbox/embedded/ledger/errors.js";
import type { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import { codeOf } from "../../../../sdk/errors.js";
import { clockWrongBy, onFullDisk } from "../../../support/faults.js";
import { begin, commit, put, read, Workplace } from "./workplace.js";

const isLedgerError = (code: LedgerErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LedgerError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe("a ledger whose machine is in trouble", () => {
  let place: Workplace;
  let ledger: Ledger;
  const reported: (string | undefined)[] = [];
  const onFailure = (error: Error) => reported.push(codeOf(error));

  beforeEach(async () => {
    reported.length = 0;
    place = new Workplace();
    ledger = place.create({ onFailure });
    begin(ledger, place.identity);
    put(ledger, "before", "1", "hidden");
    await ledger.flush();
  });
  afterEach(async () => {
    await ledger.close();
    place.remove();
  });

  async function reopen(): Promise<void> {
    await ledger.close();
    ledger = place.open({ onFailure });
    await ledger.flush();
  }

  describe("on a full disk", () => {
    it("refuses what is written, reads on, and goes on writing when there is room", async () => {
      const before = ledger.lastApplied;
      await onFullDisk(() => {
        for (let attempt = 0; attempt < 3; attempt++)
          assert.throws(() => put(ledger, "during", "2"), isLedgerError("DiskFull", /free some space/));
      });
      assert.deepEqual(ledger.lastApplied, before);
      assert.equal(read(ledger, "during"), undefined);
      assert.equal(put(ledger, "after", "3").seqno, before.seqno + 1);
      await reopen();
      assert.deepEqual(
        ["before", "during", "after"].map((key) => read(ledger, key)),
        ["1", undefined, "3"],
      );
    });

    it("reports nothing committed whose signature did not get there, says so, and makes up for it", async () => {
      await ledger.close();
      ledger = place.open({ onFailure, signatures: { delayMs: 1 } });
      await ledger.flush();
      const unsigned = put(ledger, "unsigned", "2");
      await onFullDisk(() => new Promise((resolve) => setTimeout(resolve, 50)));
      assert.deepEqual(reported, ["DiskFull"]);
      assert.equal(ledger.status(unsigned), "Pending");
      await ledger.flush();
      assert.equal(ledger.status(unsigned), "Committed");
      await reopen();
      assert.equal(read(ledger, "unsigned"), "2");
    });

    it("begins a new file when there is room, after it could not", async () => {
      commit(ledger, (tx) => {
        tx.table("public:records").set(Buffer.from("end of file"), Buffer.from("1"));
        ledger.requestChunk(tx);
      });
      await ledger.flush();
      const files = readdirSync(place.ledgerFolder);
      await onFullDisk(() => {
        assert.throws(() => put(ledger, "a", "1"), isLedgerError("DiskFull", /Cannot create .*ledger_\d+/));
      });
      assert.deepEqual(readdirSync(place.ledgerFolder), files);
      put(ledger, "a", "1");
      await reopen();
      assert.equal(read(ledger, "a"), "1");
    });

    it("goes on with the secret that it has if another cannot be stored", async () => {
      const rekey = () =>
        commit(ledger, (tx) => {
          tx.table("public:records").set(Buffer.from("rekey"), Buffer.from("1"));
          ledger.rekey(tx);
        });
      await onFullDisk(() => {
        assert.throws(rekey, isLedgerError("DiskFull", /secrets/));
      });
      assert.equal(ledger.secrets.all.length, 1);
      for (let i = 0; i < 3; i++) put(ledger, `after ${i}`, "2", "hidden");
      await reopen();
      assert.equal(read(ledger, "after 2", "records"), "hidden");
      rekey();
      for (let i = 0; i < 3; i++) put(ledger, `last ${i}`, "3", "hidden");
      await reopen();
      assert.equal(read(ledger, "last 2", "records"), "hidden");
    });
  });

  describe("when files are missing or cut short", () => {
    beforeEach(async () => {
      for (const name of ["second", "third"]) {
        await reopen();
        put(ledger, name, "1");
      }
      await ledger.close();
    });
    afterEach(() => {
      ledger = place.open();
    });
    const finished = () =>
      readdirSync(place.ledgerFolder)
        .filter((name) => name.endsWith(".committed"))
        .sort((a, b) => Number(a.split(/[_-]/)[1]) - Number(b.split(/[_-]/)[1]))
        .map((name) => join(place.ledgerFolder, name));

    it("says which file is missing, be it the first or one in the middle", () => {
      for (const path of finished().slice(0, 2)) {
        const contents = readFileSync(path);
        const [, first = ""] = /ledger_(\d+)-/.exec(path) ?? [];
        rmSync(path);
        const message = new RegExp(`the file with transaction ${first}, ledger_${first}-.*missing.*Restore`);
        assert.throws(() => place.open(), isLedgerError("LedgerIncomplete", message));
        writeFileSync(path, contents);
      }
    });

    it("says which file was cut short, wherever that was", () => {
      const [path = ""] = finished();
      const contents = readFileSync(path);
      for (const length of [0, 8, Math.floor(contents.length / 2), contents.length - 1]) {
        writeFileSync(path, contents.subarray(0, length));
        assert.throws(() => place.open(), isLedgerError("LedgerDamaged", new RegExp(path)), `${length}`);
      }
      writeFileSync(path, contents);
    });

    it("says what file does not belong there", () => {
      const foreign = join(place.ledgerFolder, "ledger_of_somebody_else");
      writeFileSync(foreign, "");
      assert.throws(
        () => place.open(),
        isLedgerError("LedgerDamaged", /ledger_of_somebody_else.*move it away/),
      );
      rmSync(foreign);
    });
  });

  describe("when its clock goes back", () => {
    it("says so once, and loses nothing", async () => {
      await clockWrongBy(-3600, async () => {
        for (let i = 0; i < 3; i++) {
          put(ledger, `during ${i}`, "2");
          await ledger.flush();
        }
      });
      assert.deepEqual(reported, ["ClockBehind"]);
      await reopen();
      assert.equal(read(ledger, "during 2"), "2");
      assert.deepEqual(reported, ["ClockBehind"]);
    });

    it("says so when it is opened before the time of its last signature", async () => {
      await ledger.close();
      await clockWrongBy(-3600, () => {
        ledger = place.open({ onFailure });
      });
      assert.deepEqual(reported, ["ClockBehind"]);
      await reopen();
      assert.equal(read(ledger, "before"), "1");
    });

    it("says nothing of a minute", async () => {
      await clockWrongBy(-50, async () => {
        put(ledger, "during", "2");
        await ledger.flush();
      });
      assert.deepEqual(reported, []);
    });
  });
});
