import assert from "node:assert/strict";
import { sha256 } from "../../../../sandbox/embedded/ledger/digests.js";
import { MerkleTree, type PathStep } from "../../../../sandbox/embedded/ledger/merkle.js";

const leaves = [
  new Uint8Array(32),
  ...Array.from({ length: 99 }, (_, i) => sha256(Buffer.from(`transaction ${i + 1}`))),
];

describe("the Merkle tree", () => {
  it("has the root that hashing level by level gives, at every size, also looked back at from a larger one", () => {
    const tree = new MerkleTree();
    for (const [index, leaf] of leaves.entries()) {
      if (index > 0) tree.append(leaf);
      assert.deepEqual(tree.root(), Buffer.from(rootByLevels(leaves.slice(0, index + 1))));
    }
    for (let size = 1; size <= leaves.length; size++) {
      assert.deepEqual(Buffer.from(tree.root(size)), Buffer.from(rootByLevels(leaves.slice(0, size))));
    }
  });

  it("has a path from every leaf to the root of every size, of at most as many steps as it has levels", () => {
    const tree = treeOf(leaves);
    for (let size = 1; size <= leaves.length; size++) {
      for (let index = 0; index < size; index++) {
        const path = tree.path(index, size);
        assert.deepEqual(climb(leaves[index] ?? Buffer.alloc(0), path), Buffer.from(tree.root(size)));
        assert.ok(path.length <= Math.ceil(Math.log2(size)));
      }
    }
  });

  it("does not lead from another leaf, or by another path, to the root", () => {
    const tree = treeOf(leaves);
    const path = tree.path(42);
    assert.notDeepEqual(climb(leaves[43] ?? Buffer.alloc(0), path), tree.root());
    for (const step of path.keys()) {
      const wrong = path.map(({ side, digest }, index) =>
        index === step ? { side, digest: sha256(digest) } : { side, digest },
      );
      assert.notDeepEqual(climb(leaves[42] ?? Buffer.alloc(0), wrong), tree.root());
    }
  });

  it("is stored so that the rest of it can be built from the leaves given and the nodes left of them", () => {
    const tree = treeOf(leaves);
    for (const first of [0, 1, 31, 32, 63, 64, 77, 98]) {
      const stored = tree.serialize(first);
      assert.equal(Number(stored.readBigUInt64BE(0)), leaves.length - first);
      assert.equal(Number(stored.readBigUInt64BE(8)), first);
      assert.deepEqual(rootOfStored(stored), tree.root());
    }
  });
});

function treeOf(all: Uint8Array[]): MerkleTree {
  const tree = new MerkleTree();
  for (const leaf of all.slice(1)) tree.append(leaf);
  return tree;
}

function rootByLevels(level: Uint8Array[]): Uint8Array {
  const [only] = level;
  if (only && level.length === 1) return only;
  const next: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const pair = level.slice(at, at + 2);
    next.push(pair.length === 2 ? sha256(...pair) : (pair[0] ?? Buffer.alloc(0)));
  }
  return rootByLevels(next);
}

function climb(leaf: Uint8Array, path: PathStep[]): Buffer {
  let digest: Buffer = Buffer.from(leaf);
  for (const step of path)
    digest = step.side === "left" ? sha256(step.digest, digest) : sha256(digest, step.digest);
  return digest;
}

/** Level by level; at each, what was left out on the left comes in as one node if it makes a pair with what is there. */
function rootOfStored(stored: Buffer): Uint8Array {
  const digests = Array.from({ length: (stored.length - 16) / 32 }, (_, i) =>
    stored.subarray(16 + 32 * i, 48 + 32 * i),
  );
  const given = Number(stored.readBigUInt64BE(0));
  let level: Uint8Array[] = digests.slice(0, given);
  let left: Uint8Array[] = digests.slice(given);
  for (
    let first = Number(stored.readBigUInt64BE(8));
    first > 0 || level.length > 1;
    first = Math.floor(first / 2)
  ) {
    if (first % 2 === 1) {
      level = [...left.slice(0, 1), ...level];
      left = left.slice(1);
    }
    level = level.flatMap((node, at) => {
      if (at % 2 === 1) return [];
      const right = level[at + 1];
      return [right ? sha256(node, right) : node];
    });
  }
  assert.equal(left.length, 0);
  return level[0] ?? Buffer.alloc(0);
}
