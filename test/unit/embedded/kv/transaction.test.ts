import assert from "node:assert/strict";
import {
  privacyOf,
  singletonKey,
  Store,
  TransactionConflict,
} from "../../../../sandbox/embedded/kv/store.js";
import { jsonTable, jsonValue, textTable } from "../../../../sandbox/embedded/kv/typed.js";

const key = Buffer.from("key");
const other = Buffer.from("other");
const value = Buffer.from("value");

describe("a transaction", () => {
  it("reads its own writes, which nobody else sees before they are applied", () => {
    const store = new Store();
    const tx = store.begin();
    tx.table("t").set(key, value);
    assert.deepEqual(tx.table("t").get(key), value);
    assert.equal(store.begin().table("t").has(key), false);
    store.apply(tx.writeSet() ?? [], 1);
    assert.deepEqual(store.begin().table("t").get(key), value);
  });

  it("sees the state of its beginning, also in tables it opens later", () => {
    const store = storeWith({ first: { key: "1" } });
    const early = store.begin();
    store.apply(changes("first", key, Buffer.from("2")), 2);
    assert.equal(early.snapshotVersion, 1);
    assert.equal(early.table("first").get(key)?.toString(), "1");
    assert.equal(store.begin().table("first").get(key)?.toString(), "2");
  });

  it("gives the same handle for the same name", () => {
    const tx = new Store().begin();
    assert.equal(tx.table("t"), tx.table("t"));
  });

  it("is touched by any table it asks for, and has a write set only if it wrote", () => {
    const tx = new Store().begin();
    assert.equal(tx.touched, false);
    tx.table("t").has(key);
    assert.equal(tx.touched, true);
    assert.equal(tx.writeSet(), undefined);
  });

  it("hands over tables by name and keys by their bytes", () => {
    const tx = new Store().begin();
    tx.table("b").set(Buffer.from([0xff]), value);
    tx.table("b").set(Buffer.from([0x01, 0x00]), value);
    tx.table("b").set(Buffer.from([0x01]), value);
    tx.table("a").set(key, value);
    const written = tx
      .writeSet()
      ?.map(({ table, changes }) => [table, changes.map((c) => Buffer.from(c.key).toString("hex"))]);
    assert.deepEqual(written, [
      ["a", [key.toString("hex")]],
      ["b", ["01", "0100", "ff"]],
    ]);
  });

  it("records the deletion of a key that does not exist, and says that it did not", () => {
    const tx = new Store().begin();
    assert.equal(tx.table("t").delete(key), false);
    assert.deepEqual(tx.writeSet(), [{ table: "t", changes: [{ key, value: undefined }] }]);
  });

  it("counts, finds and clears what is committed together with what it wrote", () => {
    const store = storeWith({ t: { key: "1", other: "2" } });
    const table = store.begin().table("t");
    table.set(Buffer.from("new"), value);
    table.set(key, value);
    table.delete(other);
    assert.equal(table.size, 2);
    assert.equal(table.has(other), false);
    table.clear();
    assert.equal(table.size, 0);
    const seen: string[] = [];
    table.forEach((_, visited) => seen.push(String(visited)));
    assert.deepEqual(seen, []);
  });

  it("stops visiting at false, among committed keys and among its own", () => {
    const store = storeWith({ t: { a: "1", b: "2", c: "3" } });
    const table = store.begin().table("t");
    let count = 0;
    table.forEach(() => ++count < 2);
    assert.equal(count, 2);
    table.set(Buffer.from("x"), value);
    table.set(Buffer.from("y"), value);
    count = 0;
    table.forEach(() => ++count < 4);
    assert.equal(count, 4);
  });

  it("visits what was there when it began to visit, whatever the visitor writes", () => {
    const store = storeWith({ t: { a: "1", b: "2" } });
    const table = store.begin().table("t");
    table.set(Buffer.from("own"), value);
    const seen: string[] = [];
    table.forEach((_, visited) => {
      seen.push(String(visited));
      table.set(Buffer.from(`${String(visited)}-more`), value);
      table.delete(Buffer.from("own"));
    });
    assert.deepEqual(seen.toSorted(), ["a", "b", "own"]);
    assert.equal(table.has(Buffer.from("a-more")), true);
    assert.equal(table.has(Buffer.from("own")), false);
  });

  it("knows which transaction last wrote a key, its own writes aside", () => {
    const store = storeWith({ t: { key: "1" } });
    store.apply(changes("t", other, value), 2);
    const table = store.begin().table("t");
    assert.equal(table.versionOfPreviousWrite(key), 1);
    assert.equal(table.versionOfPreviousWrite(other), 2);
    table.set(Buffer.from("new"), value);
    assert.equal(table.versionOfPreviousWrite(Buffer.from("new")), undefined);
  });

  it("conflicts when a table it used has changed since it began, and only then", () => {
    const store = storeWith({ used: { key: "1" }, unused: { key: "1" } });
    const tx = store.begin();
    tx.table("used").get(key);
    store.apply(changes("unused", key, value), 2);
    store.checkCurrent(tx);
    store.apply(changes("used", key, value), 3);
    assert.throws(() => store.checkCurrent(tx), TransactionConflict);
  });
});

describe("typed tables", () => {
  it("hold JSON, texts and single values under CCF's keys and encodings", () => {
    const tx = new Store().begin();
    jsonTable<{ a: number }>(tx, "json").set("one", { a: 1 });
    textTable(tx, "text").set("é", "ü");
    jsonValue<string[]>(tx, "single").set(["x"]);
    assert.equal(String(tx.table("json").get(Buffer.from("one"))), '{"a":1}');
    assert.deepEqual(tx.table("text").get(Buffer.from("é")), Buffer.from("ü"));
    assert.deepEqual(singletonKey, new Uint8Array(8));
    assert.equal(String(tx.table("single").get(singletonKey)), '["x"]');
    assert.deepEqual(jsonTable<{ a: number }>(tx, "json").entries(), [["one", { a: 1 }]]);
    assert.equal(textTable(tx, "text").get("none"), undefined);
    assert.deepEqual(jsonValue<string[]>(tx, "single").get(), ["x"]);
  });

  it("are public only by their name", () => {
    assert.equal(privacyOf("public:records"), "public");
    assert.equal(privacyOf("records"), "private");
    assert.equal(privacyOf("Public:records"), "private");
  });
});

function changes(table: string, changed: Uint8Array, to: Uint8Array) {
  return [{ table, changes: [{ key: changed, value: to }] }];
}

function storeWith(tables: Record<string, Record<string, string>>): Store {
  const store = new Store();
  const tx = store.begin();
  for (const [table, rows] of Object.entries(tables)) {
    for (const [row, text] of Object.entries(rows)) textTable(tx, table).set(row, text);
  }
  store.apply(tx.writeSet() ?? [], 1);
  return store;
}
