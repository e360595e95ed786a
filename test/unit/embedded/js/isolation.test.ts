import assert from "node:assert/strict";
import { Guest } from "./guest.js";

describe("what guest code can reach", () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.with();
  });

  for (const name of [
    "process",
    "require",
    "module",
    "Buffer",
    "global",
    "fetch",
    "setTimeout",
    "queueMicrotask",
    "WebAssembly",
    "performance",
    "structuredClone",
    "TextEncoder",
    "URL",
    "crypto",
    "std",
    "os",
    "print",
  ])
    it(`has no ${name}`, () => {
      assert.equal(guest.evaluate(`typeof globalThis[${JSON.stringify(name)}]`), "undefined");
    });

  it("does not reach this process through constructors of what it is given", () => {
    const probes = [
      "ccf.strToBuf.constructor('return typeof process')()",
      "ccf.kv.t.get.constructor('return typeof process')()",
      "(() => { try { ccf.strToBuf() } catch (error) { return error.constructor.constructor('return typeof process')() } })()",
      "Object.getPrototypeOf(function* () {}).constructor('yield typeof process')().next().value",
    ];
    for (const probe of probes) assert.equal(guest.evaluate(probe), "undefined", probe);
  });

  it("has only what CCF's own engine has of the language", () => {
    const newer = [
      "typeof Iterator",
      "typeof WeakRef",
      "typeof FinalizationRegistry",
      "typeof Float16Array",
      "typeof Error.isError",
      "typeof Promise.try",
      "typeof new Set().union",
      "typeof [].values().map",
      "typeof new ArrayBuffer(1).resize",
      "typeof RegExp.escape",
    ];
    for (const probe of newer) assert.equal(guest.evaluate(probe), "undefined", probe);
    const present = ["typeof Atomics", "typeof Reflect", "typeof Object.groupBy", "typeof [].toSorted"];
    for (const probe of present) assert.notEqual(guest.evaluate(probe), "undefined", probe);
  });

  it("cannot tell host functions from built-in ones", () => {
    const functions = [
      ["ccf.strToBuf", "strToBuf"],
      ["Function.prototype.toString", "toString"],
      ["Object.getOwnPropertyDescriptor", "getOwnPropertyDescriptor"],
      ["Atomics.isLockFree", "isLockFree"],
    ] as const;
    for (const [place, name] of functions)
      assert.equal(guest.evaluate(`${place}.toString()`), `function ${name}() {\n    [native code]\n}`);
    assert.deepEqual(guest.evaluate("[ccf.crypto.wrapKey.name, ccf.crypto.wrapKey.length]"), ["wrapKey", 3]);
  });

  it("throws errors of its own kinds, which its code can tell apart", () => {
    assert.equal(
      guest.evaluate(
        "(() => { try { ccf.strToBuf(5) } catch (error) { return error instanceof TypeError } })()",
      ),
      true,
    );
    assert.equal(
      guest.evaluate(
        "(() => { try { ccf.crypto.generateAesKey(7) } catch (e) { return e instanceof RangeError } })()",
      ),
      true,
    );
  });

  it("goes on working when guest code replaces built-in functions", () => {
    const tampering = `
      JSON.parse = JSON.stringify = () => { throw 1 };
      String.prototype.concat = Reflect.apply = Object.keys = () => { throw 2 };
      ccf.bufToStr(ccf.jsonCompatibleToBuf(ccf.bufToJsonCompatible(ccf.strToBuf('{"a":1}'))))`;
    assert.equal(guest.evaluate(tampering), '{"a":1}');
  });

  it("draws random numbers of its own in each interpreter", () => {
    const draw = () => guest.evaluate("[Math.random(), Math.random()]") as number[];
    const drawn = [...draw(), ...draw()];
    assert.equal(new Set(drawn).size, 4);
    assert.ok(drawn.every((number) => number >= 0 && number < 1));
  });
});
