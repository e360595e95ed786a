/* eslint-disable @typescript-eslint/no-non-null-assertion -- the bitmaps say which places are occupied */
import { sipHash } from "./siphash.js";

/*
 * A persistent hash trie whose iteration order is that of CCF's tables (there: a "CHAMP" map).
 *
 * A level of the trie decides by five bits of a key's hash, from the lowest. A slot of a branch holds one leaf or one
 * node of the next level; leaves stand before nodes, each by slot. After six levels two bits are left, which choose
 * one of four bins. Nothing ever shrinks: a slot that became a node stays one when its keys are deleted, and so does
 * the order.
 */

/** One key of a trie. */
interface Leaf<V> {
  readonly hash: number;
  readonly key: Uint8Array;
  readonly value: V;
}

/** Keys whose hashes have their low 30 bits in common, in four bins by the remaining two, in order of arrival. */
type Bins<V> = readonly (readonly Leaf<V>[])[];

interface Branch<V> {
  /** bit set: the slot holds a leaf */
  readonly leafMap: number;
  /** bit set: the slot holds a node of the next level */
  readonly nodeMap: number;
  readonly leaves: readonly Leaf<V>[];
  /** branches, or bins below the last level */
  readonly nodes: readonly (Branch<V> | Bins<V>)[];
}

const bitsPerLevel = 5;
const lastLevel = 5;
const emptyBranch: Branch<never> = { leafMap: 0, nodeMap: 0, leaves: [], nodes: [] };

/** An immutable map from bytes to `V`; changes give a new map that shares what did not change. */
export class Trie<V> {
  readonly size: number;
  readonly #root: Branch<V>;

  private constructor(root: Branch<V>, size: number) {
    this.#root = root;
    this.size = size;
  }

  /** The map without keys. */
  static empty<V>(): Trie<V> {
    return new Trie<V>(emptyBranch, 0);
  }

  /** The value of `key`. */
  get(key: Uint8Array): V | undefined {
    const hash = sipHash(key);
    let branch = this.#root;
    for (let level = 0; ; level++) {
      const bit = bitOf(hash, level);
      if (branch.leafMap & bit) {
        const leaf = branch.leaves[indexOf(branch.leafMap, bit)]!;
        return sameBytes(leaf.key, key) ? leaf.value : undefined;
      }
      if (!(branch.nodeMap & bit)) return undefined;
      const node = branch.nodes[indexOf(branch.nodeMap, bit)]!;
      if (isBins(node)) return node[binOf(hash)]!.find((leaf) => sameBytes(leaf.key, key))?.value;
      branch = node;
    }
  }

  /** This map with `key` set to `value`; the bytes of `key` must not change afterwards. */
  set(key: Uint8Array, value: V): Trie<V> {
    const leaf = { hash: sipHash(key), key, value };
    const added = this.get(key) === undefined ? 1 : 0;
    return new Trie(setInBranch(this.#root, leaf, 0), this.size + added);
  }

  /** This map without `key`; the same map if it did not have it. */
  delete(key: Uint8Array): Trie<V> {
    if (this.get(key) === undefined) return this;
    return new Trie(deleteFromBranch(this.#root, sipHash(key), key, 0), this.size - 1);
  }

  /**
   * Calls `visit` with every key in CCF's order until it answers `false`.
   * @returns whether all keys were visited
   */
  forEach(visit: (value: V, key: Uint8Array) => unknown): boolean {
    return visitBranch(this.#root, visit);
  }
}

function bitOf(hash: number, level: number): number {
  return 1 << ((hash >>> (bitsPerLevel * level)) & 31);
}

function binOf(hash: number): number {
  return hash >>> 30;
}

/** The place of a slot among the occupied ones: the number of bits of `map` below `bit`. */
function indexOf(map: number, bit: number): number {
  let below = map & (bit - 1);
  below -= (below >>> 1) & 0x55555555;
  below = (below & 0x33333333) + ((below >>> 2) & 0x33333333);
  return Math.imul((below + (below >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function isBins<V>(node: Branch<V> | Bins<V>): node is Bins<V> {
  return Array.isArray(node);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  const length = a.length;
  if (length !== b.length) return false;
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function setInBranch<V>(branch: Branch<V>, leaf: Leaf<V>, level: number): Branch<V> {
  const { leafMap, nodeMap, leaves, nodes } = branch;
  const bit = bitOf(leaf.hash, level);
  if (nodeMap & bit) {
    const index = indexOf(nodeMap, bit);
    const node = nodes[index]!;
    const changed = isBins(node) ? setInBins(node, leaf) : setInBranch(node, leaf, level + 1);
    return { leafMap, nodeMap, leaves, nodes: nodes.with(index, changed) };
  }
  const index = indexOf(leafMap, bit);
  if (!(leafMap & bit)) {
    return { leafMap: leafMap | bit, nodeMap, leaves: leaves.toSpliced(index, 0, leaf), nodes };
  }
  const present = leaves[index]!;
  if (sameBytes(present.key, leaf.key)) return { leafMap, nodeMap, leaves: leaves.with(index, leaf), nodes };
  return {
    leafMap: leafMap & ~bit,
    nodeMap: nodeMap | bit,
    leaves: leaves.toSpliced(index, 1),
    nodes: nodes.toSpliced(indexOf(nodeMap, bit), 0, nodeOfTwo(present, leaf, level + 1)),
  };
}

function nodeOfTwo<V>(present: Leaf<V>, added: Leaf<V>, level: number): Branch<V> | Bins<V> {
  if (level > lastLevel) return setInBins(setInBins([[], [], [], []], present), added);
  return setInBranch(setInBranch(emptyBranch, present, level), added, level);
}

function setInBins<V>(bins: Bins<V>, leaf: Leaf<V>): Bins<V> {
  const bin = bins[binOf(leaf.hash)]!;
  const index = bin.findIndex((present) => sameBytes(present.key, leaf.key));
  return bins.with(binOf(leaf.hash), index < 0 ? [...bin, leaf] : bin.with(index, leaf));
}

function deleteFromBranch<V>(branch: Branch<V>, hash: number, key: Uint8Array, level: number): Branch<V> {
  const { leafMap, nodeMap, leaves, nodes } = branch;
  const bit = bitOf(hash, level);
  if (leafMap & bit) {
    return { leafMap: leafMap & ~bit, nodeMap, leaves: leaves.toSpliced(indexOf(leafMap, bit), 1), nodes };
  }
  const index = indexOf(nodeMap, bit);
  const node = nodes[index]!;
  const changed = isBins(node)
    ? node.with(
        binOf(hash),
        node[binOf(hash)]!.filter((leaf) => !sameBytes(leaf.key, key)),
      )
    : deleteFromBranch(node, hash, key, level + 1);
  return { leafMap, nodeMap, leaves, nodes: nodes.with(index, changed) };
}

function visitBranch<V>(branch: Branch<V>, visit: (value: V, key: Uint8Array) => unknown): boolean {
  for (const { key, value } of branch.leaves) if (visit(value, key) === false) return false;
  for (const node of branch.nodes) {
    if (!isBins(node)) {
      if (!visitBranch(node, visit)) return false;
      continue;
    }
    for (const { key, value } of node.flat()) if (visit(value, key) === false) return false;
  }
  return true;
}
