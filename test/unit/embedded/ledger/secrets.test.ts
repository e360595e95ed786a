import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitEvidence } from "../../../../sandbox/embedded/ledger/digests.js";
import { LedgerLock } from "../../../../sandbox/embedded/ledger/lock.js";
import { LedgerSecrets, makeLedgerSecret } from "../../../../sandbox/embedded/ledger/secrets.js";

describe("ledger secrets", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secrets-"));
    file = join(folder, "secrets");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("hold from a transaction on until the next one", () => {
    const secrets = LedgerSecrets.create(file);
    const first = secrets.latest.secret;
    const second = makeLedgerSecret();
    secrets.add(10, second);
    assert.deepEqual(
      [1, 9].map((seqno) => secrets.at(seqno)),
      [first, first],
    );
    assert.deepEqual(
      [10, 1000].map((seqno) => secrets.at(seqno)),
      [second, second],
    );
    assert.equal(secrets.latest.seqno, 10);
    assert.throws(() => secrets.at(0), /no ledger secret for transaction 0/);
  });

  it("are found again, and can be read by their user alone", () => {
    const secrets = LedgerSecrets.create(file);
    secrets.add(10, makeLedgerSecret());
    assert.deepEqual(LedgerSecrets.open(file).all, secrets.all);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("are forgotten if the transactions they were for never came to be", () => {
    const secrets = LedgerSecrets.create(file);
    secrets.add(10, makeLedgerSecret());
    secrets.rollback(9);
    assert.equal(secrets.all.length, 2);
    secrets.rollback(8);
    assert.equal(secrets.all.length, 1);
    secrets.rollback(0);
    assert.equal(secrets.all.length, 1);
    assert.equal(LedgerSecrets.open(file).all.length, 1);
  });

  it("are refused if their file is missing or damaged, without a word of what is in it", () => {
    assert.throws(() => LedgerSecrets.open(file), /missing/);
    LedgerSecrets.create(file);
    const intact = readFileSync(file, "utf8");
    for (const damaged of ["", "x", intact.slice(0, -10), intact.replace("1 ", "2 "), `${intact}?\n`]) {
      writeFileSync(file, damaged);
      assert.throws(
        () => LedgerSecrets.open(file),
        (error) =>
          error instanceof Error &&
          error.message.includes("damaged") &&
          !error.message.includes(intact.slice(2, 20)),
      );
    }
  });

  it("give evidence of a commit that nobody can foretell without them", () => {
    const secret = makeLedgerSecret();
    const commitSecret = createHmac("sha256", secret.key).update("Commit S").digest();
    const nonce = createHmac("sha256", commitSecret).update("2.15").digest("hex");
    assert.equal(commitEvidence({ view: 2, seqno: 15 }, secret), `ce:2.15:${nonce}`);
    assert.notEqual(commitEvidence({ view: 2, seqno: 15 }, makeLedgerSecret()), `ce:2.15:${nonce}`);
  });
});

describe("the lock of a ledger", () => {
  let folder: string;
  let ledger: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
    ledger = join(folder, "ledger");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("keeps another running process away, and one that was killed does not", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    writeFileSync(`${ledger}.lock`, `${other.pid ?? 0}\n`);
    assert.throws(() => LedgerLock.take(ledger), new RegExp(`in use by process ${other.pid ?? 0}`));
    const exited = new Promise((resolve) => other.once("exit", resolve));
    other.kill("SIGKILL");
    await exited;
    const lock = LedgerLock.take(ledger);
    assert.equal(readFileSync(`${ledger}.lock`, "utf8"), `${process.pid}\n`);
    lock.release();
    LedgerLock.take(ledger).release();
  });
});
