/**
 * What this QuickJS (2025-09-13) has beyond the one inside CCF (2024-01-13). It is removed, so that code which needs it
 * fails here as it would there.
 */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  globalThis: ["Iterator", "WeakRef", "FinalizationRegistry", "Float16Array"],
  Error: ["isError"],
  Math: ["f16round", "sumPrecise"],
  RegExp: ["escape"],
  Promise: ["try"],
  Set: ["groupBy"],
  "ArrayBuffer.prototype": [
    "maxByteLength",
    "resizable",
    "detached",
    "resize",
    "transfer",
    "transferToFixedLength",
  ],
  "SharedArrayBuffer.prototype": ["maxByteLength", "growable", "grow"],
  "DataView.prototype": ["getFloat16", "setFloat16"],
  "Map.prototype": ["getOrInsert", "getOrInsertComputed"],
  "WeakMap.prototype": ["getOrInsert", "getOrInsertComputed"],
  "Set.prototype": [
    "isDisjointFrom",
    "isSubsetOf",
    "isSupersetOf",
    "intersection",
    "difference",
    "symmetricDifference",
    "union",
  ],
  "Iterator.prototype": [
    "drop",
    "filter",
    "flatMap",
    "map",
    "take",
    "every",
    "find",
    "forEach",
    "some",
    "reduce",
    "toArray",
  ],
};

/** Code that removes it; `Iterator` itself goes last. */
export const REMOVE_NEWER_LANGUAGE = Object.entries(NEWER)
  .reverse()
  .flatMap(([object, names]) => names.map((name) => `delete ${object}[${JSON.stringify(name)}];`))
  .join("\n");
