import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyDigest } from "../../../../sdk/ecdsa.js";
import { TransactionConflict } from "../../../../sandbox/embedded/kv/store.js";
import { textTable } from "../../../../sandbox/embedded/kv/typed.js";
import { LedgerError } from "../../../../sandbox/embedded/ledger/errors.js";
import type { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import type { Receipt } from "../../../../sandbox/embedded/ledger/receipt.js";
import { begin, commit, put, read, Workplace } from "./workplace.js";

describe("a ledger", () => {
  let place: Workplace;
  let ledger: Ledger;
  beforeEach(() => {
    place = new Workplace();
    ledger = place.create();
    begin(ledger, place.identity);
  });
  afterEach(async () => {
    await ledger.close();
    place.remove();
  });

  it("numbers transactions from 2.1 on, and gives none to a transaction that writes nothing", () => {
    assert.deepEqual(put(ledger, "a", "1"), { view: 2, seqno: 2 });
    const reading = ledger.store.begin();
    reading.table("public:records").get(Buffer.from("a"));
    assert.equal(ledger.commit(reading), undefined);
    assert.deepEqual(ledger.lastApplied, { view: 2, seqno: 2 });
    assert.equal(ledger.viewOf(2), 2);
    assert.equal(ledger.viewOf(3), undefined);
    assert.equal(ledger.viewOf(0), undefined);
  });

  it("reports committed what is signed and stored, and nothing before", async () => {
    const heard: number[] = [];
    ledger.onCommitted(({ seqno }) => heard.push(seqno));
    const id = put(ledger, "a", "1");
    assert.equal(ledger.status(id), "Pending");
    assert.equal(ledger.receipt(id.seqno), undefined);
    assert.equal(ledger.historical(id.seqno), undefined);
    assert.deepEqual(ledger.lastCommitted, { view: 0, seqno: 0 });
    await ledger.flush();
    assert.equal(ledger.status(id), "Committed");
    assert.deepEqual(ledger.lastCommitted, { view: 2, seqno: 3 });
    assert.deepEqual(heard, [3]);
    assert.equal(ledger.status({ view: 1, seqno: 2 }), "Invalid");
    assert.equal(ledger.status({ view: 3, seqno: 2 }), "Invalid");
    assert.equal(ledger.status({ view: 2, seqno: 4 }), "Unknown");
    assert.equal(ledger.status({ view: 3, seqno: 4 }), "Unknown");
    assert.equal(ledger.status({ view: 1, seqno: 4 }), "Invalid");
  });

  it("signs by itself a while after a write, and not when there is nothing new", async () => {
    await ledger.close();
    place.remove();
    place = new Workplace();
    ledger = place.create({ signatures: { delayMs: 10 } });
    const committed = new Promise((resolve) => ledger.onCommitted(resolve));
    put(ledger, "a", "1");
    assert.deepEqual(await committed, { view: 2, seqno: 2 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(ledger.lastApplied.seqno, 2);
  });

  it("refuses a transaction whose tables have changed since it began", () => {
    const [first, second] = [ledger.store.begin(), ledger.store.begin()];
    textTable(first, "public:records").set("a", "first");
    textTable(second, "public:records").set("a", "second");
    ledger.commit(first);
    assert.throws(() => ledger.commit(second), TransactionConflict);
    assert.equal(read(ledger, "a"), "first");
    assert.equal(ledger.lastApplied.seqno, 2);
  });

  it("gives receipts that lead from the transaction to a root that the node has signed", async () => {
    const claimsDigest = createHash("sha256").update("claims").digest();
    const plain = put(ledger, "a", "1");
    const claimed = commit(ledger, (tx) => textTable(tx, "public:records").set("b", "2"), claimsDigest);
    await ledger.flush();
    const signature = ledger.lastCommitted;
    put(ledger, "c", "3");
    await ledger.flush();

    for (const { seqno } of [{ seqno: 1 }, plain, claimed, { seqno: 5 }]) {
      const receipt = ledger.receipt(seqno);
      assert.ok(receipt && isVerified(receipt), `transaction ${seqno}`);
      assert.equal(receipt.node_id, place.identity.node.id);
      assert.match(
        receipt.leaf_components?.commit_evidence ?? "",
        new RegExp(`^ce:2\\.${seqno}:[0-9a-f]{64}$`),
      );
    }
    assert.equal(ledger.receipt(claimed.seqno)?.leaf_components?.claims_digest, claimsDigest.toString("hex"));
    assert.equal(ledger.receipt(plain.seqno)?.leaf_components?.claims_digest, "0".repeat(64));
    const own = ledger.receipt(signature.seqno);
    assert.deepEqual([own?.proof, own?.leaf?.length, own?.leaf_components], [[], 64, undefined]);

    const receipt = ledger.receipt(claimed.seqno);
    assert.ok(receipt?.leaf_components);
    const forged = {
      ...receipt,
      leaf_components: { ...receipt.leaf_components, claims_digest: "0".repeat(64) },
    };
    assert.equal(isVerified(forged), false);
  });

  it("gives back what a transaction wrote itself, public and private, and nothing else", async () => {
    put(ledger, "a", "1", "hidden 1");
    const id = put(ledger, "b", "2", "hidden 2");
    await ledger.flush();
    const state = ledger.historical(id.seqno);
    assert.ok(state);
    assert.deepEqual(state.txId, id);
    assert.deepEqual(textTable(state.transaction, "public:records").entries(), [["b", "2"]]);
    assert.deepEqual(textTable(state.transaction, "records").entries(), [["b", "hidden 2"]]);
    assert.deepEqual(state.receipt, ledger.receipt(id.seqno));
  });

  it("shows public values to everyone who has the files, and private ones to nobody", async () => {
    put(ledger, "a key", "to be seen", "not to be seen");
    await ledger.flush();
    const [file = ""] = readdirSync(place.ledgerFolder);
    const contents = readFileSync(join(place.ledgerFolder, file));
    assert.ok(contents.includes("to be seen"));
    assert.equal(contents.includes("not to be seen"), false);
    assert.equal(statSync(place.secretsFile).mode & 0o777, 0o600);
  });

  it("ends a file when a transaction asks for it, but not if that is never committed", async () => {
    const asking = ledger.store.begin();
    ledger.requestChunk(asking);
    await ledger.flush();
    assert.deepEqual(readdirSync(place.ledgerFolder), ["ledger_1"]);
    commit(ledger, (tx) => {
      textTable(tx, "public:records").set("a", "1");
      ledger.requestChunk(tx);
    });
    await ledger.flush();
    assert.deepEqual(readdirSync(place.ledgerFolder), ["ledger_1-4.committed"]);
    put(ledger, "b", "2");
    assert.deepEqual(readdirSync(place.ledgerFolder), ["ledger_1-4.committed", "ledger_5"]);
  });

  it("ends a file that has grown large, and reads across files", async () => {
    await ledger.close();
    place.remove();
    place = new Workplace();
    ledger = place.create({ chunkBytes: 1000 });
    const ids = [];
    for (let i = 0; i < 12; i++) {
      ids.push(put(ledger, `k${i}`, "x".repeat(300)));
      if (i % 3 === 2) await ledger.flush();
    }
    assert.deepEqual(readdirSync(place.ledgerFolder).sort(), [
      "ledger_1-4.committed",
      "ledger_13-16.committed",
      "ledger_5-8.committed",
      "ledger_9-12.committed",
    ]);
    for (const [index, { seqno }] of ids.entries()) {
      const state = ledger.historical(seqno);
      assert.equal(state && textTable(state.transaction, "public:records").has(`k${index}`), true);
      assert.ok(state && isVerified(state.receipt));
    }
  });

  it("changes its secret after the transaction that asks for it, and still reads what came before", async () => {
    const before = put(ledger, "a", "1", "under the first secret");
    const first = ledger.secrets.latest;
    let made: Uint8Array | undefined;
    const rekey = commit(ledger, (tx) => {
      textTable(tx, "records").set("rekey", "still under the first");
      made = ledger.rekey(tx).key;
    });
    const after = put(ledger, "b", "2", "under the second secret");
    await ledger.flush();
    assert.deepEqual(ledger.secrets.latest.seqno, rekey.seqno + 1);
    assert.deepEqual(ledger.secrets.latest.secret.key, made);
    assert.deepEqual(ledger.secrets.at(rekey.seqno), first.secret);
    for (const [{ seqno }, key] of [
      [before, "a"],
      [rekey, "rekey"],
      [after, "b"],
    ] as const) {
      const state = ledger.historical(seqno);
      assert.equal(state && textTable(state.transaction, "records").has(key), true);
    }
    await ledger.close();
    ledger = place.open();
    assert.equal(read(ledger, "a", "records"), "under the first secret");
    assert.equal(read(ledger, "b", "records"), "under the second secret");
  });

  it("keeps its secret if the transaction that asks for another is not committed", () => {
    ledger.rekey(ledger.store.begin());
    put(ledger, "a", "1");
    assert.equal(ledger.secrets.all.length, 1);
  });

  it("leaves the state as it was when an entry cannot be written, and goes on when it can again", async () => {
    await ledger.flush();
    commit(ledger, (tx) => {
      textTable(tx, "public:records").set("end of file", "");
      ledger.requestChunk(tx);
    });
    await ledger.flush();
    const next = ledger.lastApplied.seqno + 1;
    const obstacle = join(place.ledgerFolder, `ledger_${next}`);
    writeFileSync(obstacle, "");
    assert.throws(
      () => put(ledger, "a", "1"),
      (error) => error instanceof LedgerError && error.message.includes("Cannot create"),
    );
    assert.equal(read(ledger, "a"), undefined);
    assert.equal(ledger.lastApplied.seqno, next - 1);
    rmSync(obstacle);
    assert.equal(put(ledger, "a", "1").seqno, next);
    await ledger.flush();
  });

  it("cannot be begun where one is, nor opened where none is", () => {
    assert.throws(() => place.create(), /holds a ledger already/);
    const empty = join(place.root, "empty");
    mkdirSync(empty);
    assert.throws(() => place.open({ directory: empty }), /holds no ledger/);
  });

  it("cannot be written once it is closed", async () => {
    await ledger.close();
    assert.throws(() => put(ledger, "a", "1"), /closed/);
  });
});

/** Follows a receipt to the root and checks the node's signature, as its readers do. */
function isVerified({ cert, leaf_components, proof, signature }: Receipt): boolean {
  assert.ok(leaf_components);
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  let digest = sha256(
    Buffer.concat([
      Buffer.from(leaf_components.write_set_digest, "hex"),
      sha256(Buffer.from(leaf_components.commit_evidence)),
      Buffer.from(leaf_components.claims_digest, "hex"),
    ]),
  );
  for (const step of proof) {
    digest = sha256(
      "left" in step
        ? Buffer.concat([Buffer.from(step.left, "hex"), digest])
        : Buffer.concat([digest, Buffer.from(step.right, "hex")]),
    );
  }
  return verifyDigest(digest, Buffer.from(signature, "base64"), new X509Certificate(cert).publicKey);
}
