import { sha256 } from "./digests.js";

const digestBytes = 32;

/** One step from a leaf to the root: the digest on the other side, and on which side it goes. */
export interface PathStep {
  readonly side: "left" | "right";
  readonly digest: Uint8Array;
}

/**
 * The Merkle tree over all transactions; leaf 0 is 32 zero bytes, the leaf of transaction n is number n. A node is the
 * digest of the two below it; on a level with an odd number of nodes the last one moves up unchanged.
 *
 * Only nodes whose leaves are all there are kept (64 bytes per transaction). They never change, so that roots and paths
 * of the tree at any earlier size follow from them in a few steps.
 */
export class MerkleTree {
  /** complete nodes by level; level 0 are the leaves */
  readonly #levels: DigestList[] = [];

  constructor() {
    this.append(new Uint8Array(digestBytes));
  }

  /** number of leaves */
  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Uint8Array): void {
    let digest = leaf;
    for (let level = 0; ; level++) {
      const list = (this.#levels[level] ??= new DigestList());
      list.push(digest);
      if (list.length % 2 === 1) return;
      digest = sha256(list.at(list.length - 2), digest);
    }
  }

  /** The root of the tree when it had `size` leaves. */
  root(size = this.size): Uint8Array {
    return this.#node(levelsAbove(size), 0, size);
  }

  /** The steps from leaf `index` to the root of the tree when it had `size` leaves. */
  path(index: number, size = this.size): PathStep[] {
    const steps: PathStep[] = [];
    for (let level = 0; level < levelsAbove(size); level++) {
      const node = Math.floor(index / 2 ** level);
      const sibling = node % 2 === 0 ? node + 1 : node - 1;
      if (sibling * 2 ** level >= size) continue;
      steps.push({ side: sibling < node ? "left" : "right", digest: this.#node(level, sibling, size) });
    }
    return steps;
  }

  /**
   * The tree from leaf `first` to the last of `size` leaves, as CCF stores it with each signature: the numbers of leaves
   * given and left out (big-endian), the leaves, and the nodes to the left of them, from the lowest.
   */
  serialize(first: number, size = this.size): Buffer {
    const counts = Buffer.alloc(16);
    counts.writeBigUInt64BE(BigInt(size - first), 0);
    counts.writeBigUInt64BE(BigInt(first), 8);
    const parts: Uint8Array[] = [counts];
    for (let index = first; index < size; index++) parts.push(this.#node(0, index, size));
    for (const { side, digest } of this.path(first, size)) if (side === "left") parts.push(digest);
    return Buffer.concat(parts);
  }

  #node(level: number, index: number, size: number): Uint8Array {
    const complete = (index + 1) * 2 ** level <= size;
    const kept = complete ? this.#levels[level] : undefined;
    if (kept) return kept.at(index);
    const left = this.#node(level - 1, 2 * index, size);
    const hasRight = (2 * index + 1) * 2 ** (level - 1) < size;
    return hasRight ? sha256(left, this.#node(level - 1, 2 * index + 1, size)) : left;
  }
}

/** How many levels a tree with `size` leaves has above them. */
function levelsAbove(size: number): number {
  return Math.ceil(Math.log2(size));
}

/** A list of digests in one piece of memory. */
class DigestList {
  #bytes = Buffer.alloc(16 * digestBytes);
  length = 0;

  push(digest: Uint8Array): void {
    const at = this.length * digestBytes;
    if (at === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], at * 2);
    this.#bytes.set(digest, at);
    this.length++;
  }

  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * digestBytes, (index + 1) * digestBytes);
  }
}
