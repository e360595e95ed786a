import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LedgerError } from "../../../../sandbox/embedded/ledger/errors.js";
import type { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import { LedgerSecrets } from "../../../../sandbox/embedded/ledger/secrets.js";
import { begin, commit, put, read, Workplace } from "./workplace.js";

describe("a ledger that is opened again", () => {
  let place: Workplace;
  let ledger: Ledger;
  let killed: Workplace | undefined;
  beforeEach(async () => {
    place = new Workplace();
    ledger = place.create();
    begin(ledger, place.identity);
    for (let i = 0; i < 20; i++) put(ledger, `k${i}`, `value ${i}`, `hidden ${i}`);
    await ledger.flush();
  });
  afterEach(async () => {
    await ledger.close();
    place.remove();
    killed?.remove();
    killed = undefined;
  });

  /** Opens what is left after a kill, and hands over what was opened last for closing. */
  async function reopen(from: Workplace): Promise<Ledger> {
    const opened = from.open();
    await opened.flush();
    return opened;
  }

  it("has everything that was reported committed, and nothing else", async () => {
    const lost = put(ledger, "lost", "answered, but never signed");
    killed = place.afterKill();
    const again = await reopen(killed);
    for (let i = 0; i < 20; i++) {
      assert.equal(read(again, `k${i}`), `value ${i}`);
      assert.equal(read(again, `k${i}`, "records"), `hidden ${i}`);
    }
    assert.equal(read(again, "lost"), undefined);
    assert.equal(again.status(lost), "Invalid");
    assert.equal(again.status({ view: 2, seqno: 5 }), "Committed");
    assert.deepEqual(again.receipt(5), ledger.receipt(5));
    await again.close();
  });

  it("goes on in a new view with a signature of its own, in a new file", async () => {
    const last = ledger.lastCommitted;
    put(ledger, "lost", "x");
    killed = place.afterKill();
    const again = await reopen(killed);
    const first = { view: last.view + 2, seqno: last.seqno + 1 };
    assert.deepEqual(again.lastCommitted, first);
    assert.deepEqual(again.viewHistory, [{ view: 2, seqno: 1 }, first]);
    assert.deepEqual(put(again, "more", "1"), { view: 4, seqno: last.seqno + 2 });
    assert.deepEqual(readdirSync(killed.ledgerFolder).sort(), [
      `ledger_1-${last.seqno}.committed`,
      `ledger_${first.seqno}`,
    ]);
    await again.close();
    const third = await reopen(killed);
    assert.equal(read(third, "more"), "1");
    assert.equal(third.lastCommitted.view, 6);
    await third.close();
  });

  it("never gives out an id twice, even if the node is killed again and again before anything is signed", async () => {
    const seen = new Set<string>();
    let current = place.afterKill();
    for (let i = 0; i < 3; i++) {
      const again = current.open();
      const { view, seqno } = put(again, `attempt ${i}`, "x");
      assert.equal(seen.has(`${view}.${seqno}`), false);
      seen.add(`${view}.${seqno}`);
      const next = current.afterKill();
      await again.close();
      current.remove();
      current = next;
    }
    current.remove();
  });

  it("forgets the half of an entry that was being written", async () => {
    put(ledger, "lost", "x".repeat(2000));
    killed = place.afterKill();
    const file = openFile(killed);
    truncateSync(file, readFileSync(file).length - 700);
    const again = await reopen(killed);
    assert.equal(read(again, "lost"), undefined);
    assert.equal(read(again, "k19"), "value 19");
    await again.close();
  });

  it("forgets zeros that a power failure left behind", async () => {
    killed = place.afterKill();
    appendFileSync(openFile(killed), Buffer.alloc(4096));
    const again = await reopen(killed);
    assert.equal(read(again, "k19"), "value 19");
    await again.close();
  });

  it("finishes a file whose end was interrupted between signature, table of positions and name", async () => {
    commit(ledger, (tx) => {
      tx.table("public:records").set(Buffer.from("last"), Buffer.from("in its file"));
      ledger.requestChunk(tx);
    });
    const flushed = ledger.flush();
    // Signed, and the table is written; the file has its final name only when the system has stored it.
    const interrupted = place.afterKill();
    put(ledger, "next file", "never signed");
    const withNext = place.afterKill();
    await flushed;
    for (const left of [interrupted, withNext]) {
      assert.equal(readdirSync(left.ledgerFolder).includes("ledger_1"), true);
      const again = await reopen(left);
      assert.equal(read(again, "last"), "in its file");
      assert.equal(read(again, "next file"), undefined);
      assert.deepEqual(readdirSync(left.ledgerFolder).sort(), ["ledger_1-24.committed", "ledger_25"]);
      await again.close();
      left.remove();
    }
  });

  it("is refused if any byte of what was signed has changed", async () => {
    await ledger.close();
    const path = openFile(place);
    const intact = readFileSync(path);
    for (let at = 8; at < intact.length; at += 101) {
      const changed = Buffer.from(intact);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      writeFileSync(path, changed);
      assert.throws(() => place.open(), LedgerError, `byte ${at}`);
    }
    writeFileSync(path, intact);
    ledger = place.open();
  });

  it("is refused if it is shorter than what was reported committed", async () => {
    await ledger.close();
    const path = openFile(place);
    const intact = readFileSync(path);
    for (const length of [0, 7, 8, 100, Math.floor(intact.length / 2), intact.length - 1]) {
      writeFileSync(path, intact.subarray(0, length));
      assert.throws(() => place.open(), LedgerError, `${length} bytes`);
    }
    writeFileSync(path, intact);
    ledger = place.open();
  });

  it("is refused if a file of it is missing, of another service, or does not fit its name or its table", async () => {
    await ledger.close();
    ledger = place.open();
    put(ledger, "in the second file", "1");
    await ledger.close();
    ledger = place.open();
    await ledger.close();
    const [first = "", second = ""] = readdirSync(place.ledgerFolder).sort();
    assert.deepEqual([first, second], ["ledger_1-22.committed", "ledger_23-25.committed"]);

    const missing = place.afterKill();
    rmSync(join(missing.ledgerFolder, first));
    assert.throws(
      () => missing.open(),
      /incomplete: the file with transaction 1, ledger_1-\.\.\., is missing/,
    );
    missing.remove();

    const stranger = new Workplace();
    const options = { directory: place.ledgerFolder, secrets: LedgerSecrets.open(place.secretsFile) };
    assert.throws(() => stranger.open(options), /not by this node/);
    assert.throws(
      () => place.open({ secrets: LedgerSecrets.create() }),
      /transaction 2\.1 does not decrypt with its ledger secret/,
    );
    stranger.remove();

    const path = join(place.ledgerFolder, first);
    const intact = readFileSync(path);
    const table = Number(intact.readBigUInt64LE());
    for (const [name, spoil] of Object.entries({
      "no table": (bytes: Buffer) => bytes.fill(0, 0, 8),
      "a table elsewhere": (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0),
      "a table beyond the end": (bytes: Buffer) => bytes.writeUInt8(1, 5),
      "another position": (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(table + 4) ^ 1, table + 4),
    })) {
      const spoiled = Buffer.from(intact);
      spoil(spoiled);
      writeFileSync(path, spoiled);
      assert.throws(() => place.open(), /is damaged/, name);
    }
    writeFileSync(path, intact);
    ledger = place.open();
  });

  it("says which file is damaged, where, and what to do", async () => {
    await ledger.close();
    const path = openFile(place);
    const intact = readFileSync(path);
    const spoiled = Buffer.from(intact);
    spoiled[intact.indexOf("value 7")] = 0x58;
    writeFileSync(path, spoiled);
    assert.throws(() => place.open(), {
      code: "LedgerDamaged",
      message:
        `${path} is damaged at transaction 9: transaction 2.9 does not decrypt with its ledger secret. ` +
        "Restore the file from a copy",
    });
    writeFileSync(path, intact);
    ledger = place.open();
  });
});

describe("a process that writes a ledger", () => {
  it("loses nothing it reported committed when it is killed (kill -9) at any moment", async function () {
    this.timeout(60_000);
    const place = new Workplace();
    const first = place.create();
    begin(first, place.identity);
    await first.close();
    const reported = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      const writer = fileURLToPath(new URL("writer.ts", import.meta.url));
      const child = spawn(process.execPath, ["--import", "tsx", writer, place.root, String(round)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let lines = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        const [key, value] = line.split(" ");
        if (key !== undefined && value !== undefined) reported.set(key, value);
        if (++lines === 40 + 13 * round) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      assert.equal(child.signalCode, "SIGKILL");
    }
    const ledger = place.open();
    assert.ok(reported.size >= 120);
    for (const [key, value] of reported) assert.equal(read(ledger, key), value, key);
    await ledger.close();
    place.remove();
  });
});

function openFile(place: Workplace): string {
  const names = readdirSync(place.ledgerFolder).filter((name) => !name.endsWith(".committed"));
  assert.equal(names.length, 1);
  return join(place.ledgerFolder, names[0] ?? "");
}
