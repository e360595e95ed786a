import assert from "node:assert/strict";
import { compileProblem } from "../../../../sandbox/embedded/js/compile-check.js";
import { Interpreter } from "../../../../sandbox/embedded/js/interpreter.js";
import { Machine } from "../../../../sandbox/embedded/js/machines.js";
import { soleModule } from "../../../../sandbox/embedded/js/modules.js";
import { defaultOptions } from "../../../../sandbox/embedded/js/options.js";
import { Thrown } from "../../../../sandbox/embedded/js/thrown.js";

describe("a WebAssembly instance of QuickJS", () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = await Machine.load();
  });

  it("gets back the memory of what crossed its border", () => {
    const interpreter = new Interpreter(machine, "APP_RO", []);
    const before = machine.size;
    for (let i = 0; i < 1000; i++)
      interpreter.write(new Uint8Array(100_000)).consume((bytes) => interpreter.read(bytes));
    interpreter.dispose();
    assert.equal(machine.size, before);
  });

  it("does not grow further by code that takes all the memory it can get, however often", () => {
    const before = machine.size;
    const limits = { ...defaultOptions, max_heap_bytes: 20_000_000 };
    for (let i = 0; i < 5; i++) {
      const interpreter = new Interpreter(machine, "APP_RO", []);
      const { context } = interpreter;
      const greedy = context.unwrapResult(
        context.evalCode("() => { const held = []; for (;;) held.push(new ArrayBuffer(100000)); }"),
      );
      const run = () => interpreter.call(greedy, context.undefined, []).dispose();
      assert.throws(
        () => {
          interpreter.within(limits, run);
        },
        (thrown) => {
          assert.ok(thrown instanceof Thrown);
          assert.equal(interpreter.explain(thrown.value).reason, "InternalError: out of memory");
          thrown.value.dispose();
          return true;
        },
      );
      greedy.dispose();
      interpreter.dispose();
      assert.ok(machine.size <= before + limits.max_heap_bytes);
    }
    assert.equal(machine.broken, false);
  });

  it("gets back the memory of interpreters, whatever was wrong with the modules in them", () => {
    const interpreter = new Interpreter(machine, "APP_RO", []);
    const sources = [
      "export const f = (",
      "import { absent } from './absent.js'; absent()",
      "throw 1",
      "export let a = 1",
    ];
    const check = () => sources.map((source) => compileProblem(interpreter, soleModule("a.js", source)));
    assert.deepEqual(check(), [
      "SyntaxError: unexpected token in expression: ''",
      "null",
      undefined,
      undefined,
    ]);
    const before = machine.size;
    for (let i = 0; i < 100; i++) check();
    interpreter.dispose();
    assert.equal(machine.broken, false);
    assert.equal(machine.size, before);
  });

  it("evaluates nothing when modules are but compiled", () => {
    const interpreter = new Interpreter(machine, "APP_RO", []);
    const source = "import './b.js'; globalThis.evaluated = true; export const f = 1;";
    interpreter.setModuleLoader(
      () => source.replace("import './b.js';", ""),
      (_, name) => name,
    );
    interpreter.compileModule("a.js", source)?.dispose();
    const evaluated = interpreter.context.getProp(interpreter.context.global, "evaluated");
    assert.equal(interpreter.context.typeof(evaluated), "undefined");
    evaluated.dispose();
    interpreter.dispose();
    assert.equal(machine.broken, false);
  });
});
