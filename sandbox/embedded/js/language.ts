/** What it lacks: it was built without threads, and so without `Atomics`, which need no care where there are none. */
const ADD_ATOMICS = `globalThis.Atomics = (() => {
  const change = (operation) => (array, index, value) => {
    const before = array[index];
    array[index] = operation(before, value);
    return before;
  };
  const atomics = {
    add: change((a, b) => a + b),
    and: change((a, b) => a & b),
    or: change((a, b) => a | b),
    sub: change((a, b) => a - b),
    xor: change((a, b) => a ^ b),
    exchange: change((_, b) => b),
    compareExchange: (array, index, expected, value) => {
      const before = array[index];
      if (before === expected) array[index] = value;
      return before;
    },
    store: (array, index, value) => (array[index] = value),
    load: (array, index) => array[index],
    isLockFree: (size) => [1, 2, 4, 8].includes(size),
    wait: () => { throw new TypeError("cannot block in this thread"); },
    notify: () => 0,
  };
  Object.defineProperty(atomics, Symbol.toStringTag, { value: "Atomics", configurable: true });
  for (const name of Object.keys(atomics)) Object.defineProperty(atomics, name, { enumerable: false });
  return atomics;
})();
Object.defineProperty(globalThis, "Atomics", { enumerable: false });`;

/** What the global object says of itself. */
const PLAIN_GLOBAL = "delete globalThis[Symbol.toStringTag];";

/** Makes the language of an interpreter that of CCF's. */
export const ADJUST_LANGUAGE = [ADD_ATOMICS, PLAIN_GLOBAL].join("\n");
