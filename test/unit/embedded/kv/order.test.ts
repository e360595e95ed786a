import assert from "node:assert/strict";
import { Store } from "../../../../sandbox/embedded/kv/store.js";
import { sipHash } from "../../../../sandbox/embedded/kv/siphash.js";

describe("the order in which a table is visited", () => {
  it("follows SipHash-2-4, here with the hashes of an independent implementation on 64-bit integers", () => {
    for (const length of [0, 1, 3, 4, 7, 8, 9, 15, 16, 63, 64, 255, 256, 300]) {
      const key = Buffer.from(Array.from({ length }, (_, i) => (i * 37 + length) & 0xff));
      assert.equal(sipHash(key) >>> 0, Number(bigSipHash(key) & 0xffffffffn), `${length} bytes`);
    }
  });

  it("is that of the hash trie, for thousands of keys in any order of arrival", () => {
    const keys = Array.from({ length: 5000 }, (_, i) => Buffer.from(`contract-${i}-${"x".repeat(i % 23)}`));
    const expected = trieOrder(keys).map(String);
    assert.deepEqual(visited(storeWith(keys)), expected);
    assert.deepEqual(visited(storeWith(keys.toReversed())), expected);
    assert.notDeepEqual(expected, keys.map(String));
  });

  it("is the same whether keys are written at once or one transaction at a time", () => {
    const keys = Array.from({ length: 300 }, (_, i) => Buffer.from(`k${i}`));
    const store = new Store();
    for (const [index, key] of keys.entries()) write(store, [key], index + 1);
    assert.deepEqual(visited(store), trieOrder(keys).map(String));
  });

  it("keeps the place of a key whose neighbours were deleted: a node that grew does not shrink back", () => {
    const keys = Array.from({ length: 200 }, (_, i) => Buffer.from(`k${i}`));
    const grown = storeWith(keys);
    const deleted = keys.filter((_, index) => index % 10 !== 0);
    const tx = grown.begin();
    for (const key of deleted) assert.equal(tx.table("t").delete(key), true);
    grown.apply(tx.writeSet() ?? [], 2);

    const left = keys.filter((_, index) => index % 10 === 0);
    const order = trieOrder(keys).map(String);
    const [own, fresh] = [visited(grown), visited(storeWith(left))];
    assert.deepEqual(own.toSorted(), left.map(String).toSorted());
    assert.deepEqual(fresh, trieOrder(left).map(String));
    assert.notDeepEqual(own, fresh, "this test needs keys for which shrinking would make a difference");
    // Within one level leaves move before nodes only by growing, so what is left keeps its relative order.
    assert.deepEqual(
      own,
      order.filter((key) => own.includes(key)),
    );
  });

  it("is the committed order first, then the transaction's own writes by their bytes", () => {
    const store = storeWith(["a", "b", "c", "d"].map((key) => Buffer.from(key)));
    const committed = visited(store);
    const table = store.begin().table("t");
    table.set(Buffer.from("z"), Buffer.from("1"));
    table.set(Buffer.from("aa"), Buffer.from("2"));
    table.set(Buffer.from("b"), Buffer.from("3"));
    table.set(Buffer.from([0xff]), Buffer.from("4"));
    table.delete(Buffer.from("c"));
    const seen: string[] = [];
    table.forEach((_, key) => seen.push(Buffer.from(key).toString("latin1")));
    assert.deepEqual(seen, [
      ...committed.filter((key) => key !== "b" && key !== "c"),
      "aa",
      "b",
      "z",
      "\xff",
    ]);
  });

  it("holds for keys whose hashes have all the bits in common that the trie looks at one by one", () => {
    const [one, two, three] = collidingKeys();
    const store = storeWith([one, two, three]);
    assert.equal(visited(store).length, 3);
    const tx = store.begin();
    assert.equal(tx.table("t").get(two)?.toString(), "v");
    tx.table("t").delete(two);
    store.apply(tx.writeSet() ?? [], 2);
    assert.deepEqual(visited(store).toSorted(), [String(one), String(three)].toSorted());
    assert.equal(store.begin().table("t").size, 2);
  });
});

function storeWith(keys: Buffer[]): Store {
  const store = new Store();
  write(store, keys, 1);
  return store;
}

function write(store: Store, keys: Buffer[], version: number): void {
  const tx = store.begin();
  for (const key of keys) tx.table("t").set(key, Buffer.from("v"));
  store.apply(tx.writeSet() ?? [], version);
}

function visited(store: Store): string[] {
  const keys: string[] = [];
  store
    .begin()
    .table("t")
    .forEach((_, key) => keys.push(Buffer.from(key).toString()));
  return keys;
}

/** What CCF's documentation of the trie says, as a sort: alone in a slot first, by slot; then what shares one. */
function trieOrder(keys: Buffer[], level = 0): Buffer[] {
  const slots = Array.from({ length: 32 }, (): Buffer[] => []);
  for (const key of keys) slots[(sipHash(key) >>> (5 * level)) & 31]?.push(key);
  return [
    ...slots.filter((slot) => slot.length === 1).flat(),
    ...slots
      .filter((slot) => slot.length > 1)
      .flatMap((slot) => (level < 6 ? trieOrder(slot, level + 1) : slot)),
  ];
}

/** Three keys whose hashes agree in their low 30 bits; found by search, so that the bins below the last level are used. */
function collidingKeys(): [Buffer, Buffer, Buffer] {
  const byLowBits = new Map<number, Buffer>();
  for (let i = 0; ; i++) {
    const key = Buffer.from(`key-${i}`);
    const low = sipHash(key) & 0x3fffffff;
    const other = byLowBits.get(low);
    if (other) return [other, key, Buffer.from("other")];
    byLowBits.set(low, key);
  }
}

const word = (1n << 64n) - 1n;

/** SipHash-2-4 as its authors describe it. */
function bigSipHash(bytes: Buffer): bigint {
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & word;
  const [k0, k1] = [0x7720796f726c694bn, 0x2165726568207361n];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & word;
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = (v2 + v3) & word;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (v0 + v3) & word;
      v3 = rotate(v3, 21n) ^ v0;
      v2 = (v2 + v1) & word;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const padded = Buffer.alloc((Math.floor(bytes.length / 8) + 1) * 8);
  bytes.copy(padded);
  padded[padded.length - 1] = bytes.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const block = padded.readBigUInt64LE(at);
    v3 ^= block;
    rounds(2);
    v0 ^= block;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}
