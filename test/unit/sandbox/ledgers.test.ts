import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyLedger, latestLedger } from "../../../sandbox/ccf/ledgers.js";
import { encodeEntry } from "../../../sandbox/embedded/ledger/entry.js";
import { LedgerFiles } from "../../../sandbox/embedded/ledger/files.js";
import { makeLedgerSecret } from "../../../sandbox/embedded/ledger/secrets.js";

const secret = makeLedgerSecret();

describe("the ledgers of a network that has died", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "consortium-ledgers-"));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const node = (name: string) => join(root, name);
  const file = (name: string, ledgerFile: string) => join(node(name), "ledger", ledgerFile);
  const files = (name: string) => readdirSync(join(node(name), "ledger")).sort();

  /** A node's ledger of transactions `from` to `to`, in files of `perFile`, the last one open. */
  async function write(name: string, { from = 1, to = 10, view = 2, perFile = 4 } = {}): Promise<string> {
    mkdirSync(node(name));
    const ledger = LedgerFiles.create(join(node(name), "ledger"));
    for (let seqno = from; seqno <= to; seqno += 1) {
      const digest = Buffer.alloc(32);
      const digests = { claimsDigest: digest, commitEvidenceDigest: digest };
      ledger.append(seqno, encodeEntry({ id: { view, seqno }, flags: 0, ...digests, writeSet: [] }, secret));
      if (seqno % perFile === 0) ledger.finishChunk();
    }
    await ledger.sync();
    ledger.close();
    return node(name);
  }

  const refused = (code: string, message: RegExp) => (error: unknown) => {
    assert.equal((error as { code?: string }).code, code);
    assert.match((error as Error).message, message);
    return true;
  };

  it("are as long as their last transaction; the longest is taken", async () => {
    const folders = [await write("a", { to: 9 }), await write("b", { to: 11 }), await write("c", { to: 10 })];
    assert.deepEqual(latestLedger(folders), {
      folder: node("b"),
      end: { view: 2, seqno: 11 },
      torn: undefined,
    });
  });

  it("are compared by view first: what an older primary wrote alone was never committed", async () => {
    const folders = [await write("old", { to: 30, view: 2 }), await write("new", { to: 12, view: 3 })];
    assert.equal(latestLedger(folders).folder, node("new"));
  });

  it("end before what was being written when the node died", async () => {
    const folder = await write("a", { to: 10 });
    truncateSync(file("a", "ledger_9"), statSync(file("a", "ledger_9")).size - 5);
    const { end, torn } = latestLedger([folder]);
    assert.deepEqual(end, { view: 2, seqno: 9 });
    assert.equal(torn?.path, file("a", "ledger_9"));
  });

  it("may end with a file that was just begun", async () => {
    const folder = await write("a", { to: 8 });
    writeFileSync(file("a", "ledger_9"), Buffer.alloc(8));
    assert.deepEqual(latestLedger([folder]).end, { view: 2, seqno: 8 });
  });

  it("are not there: NoLedger, which says where they were looked for", () => {
    mkdirSync(node("a"));
    assert.throws(() => latestLedger([node("a")]), refused("NoLedger", new RegExp(node("a"))));
    assert.throws(() => latestLedger([]), refused("NoLedger", /no folder/));
  });

  it("are copied whole to the node that recovers, without what is no part of them", async () => {
    const folder = await write("a");
    writeFileSync(file("a", "ledger_5.recovery"), "left of a recovery that was interrupted");
    const roots = copyLedger(latestLedger([folder]), [folder], node("next"));
    assert.equal(roots, 0, "these ledgers have none, which is no reason to say that they were verified");
    assert.deepEqual(files("next"), ["ledger_1-4.committed", "ledger_5-8.committed", "ledger_9"]);
  });

  it("of a node that began with a snapshot are completed from those of others", async () => {
    const [older, joined] = [await write("older", { to: 8 }), await write("joined", { from: 5, to: 14 })];
    copyLedger(latestLedger([older, joined]), [older, joined], node("next"));
    assert.deepEqual(files("next"), [
      "ledger_1-4.committed",
      "ledger_13",
      "ledger_5-8.committed",
      "ledger_9-12.committed",
    ]);
  });

  it("with a file that nobody has: LedgerDamaged, which says what is missing and what to do", async () => {
    const folder = await write("a");
    rmSync(file("a", "ledger_5-8.committed"));
    assert.throws(
      () => copyLedger(latestLedger([folder]), [folder], node("next")),
      refused(
        "LedgerDamaged",
        /transaction 5, ledger_5-.*is missing\. Restore it from a copy, or move .*a away/,
      ),
    );
  });

  it("with a truncated file: LedgerDamaged, which names it; a whole copy of it helps", async () => {
    const folder = await write("a");
    const whole = join(root, "copy");
    const path = file("a", "ledger_5-8.committed");
    copyFileSync(path, whole);
    truncateSync(path, statSync(path).size - 3);
    const recover = () => copyLedger(latestLedger([folder]), [folder], node("next"));
    assert.throws(
      recover,
      refused(
        "LedgerDamaged",
        /a\/ledger\/ledger_5-8\.committed is damaged.*\. Restore the file from a copy, or/,
      ),
    );
    assert.ok(!existsSync(node("next")), "nothing was copied");
    copyFileSync(whole, path);
    recover();
    assert.equal(files("next").length, 3);
  });

  it("whose last file is damaged are not passed over in silence for a shorter one", async () => {
    const folders = [await write("a", { to: 8 }), await write("b", { to: 12 })];
    truncateSync(file("b", "ledger_9-12.committed"), 100);
    assert.throws(() => latestLedger(folders), refused("LedgerDamaged", /move .*b away/));
  });
});
