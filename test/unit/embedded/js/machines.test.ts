import assert from "node:assert/strict";
import { compileProblem } from "../../../../sandbox/embedded/js/compile-check.js";
import { Interpreter } from "../../../../sandbox/embedded/js/interpreter.js";
import { Machine } from "../../../../sandbox/embedded/js/machines.js";
import { soleModule } from "../../../../sandbox/embedded/js/modules.js";

describe("a WebAssembly instance of QuickJS", () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = await Machine.load();
  });
  const bytesOfMemory = () =>
    (machine.quickjs.getWasmMemory() as unknown as { buffer: ArrayBuffer }).buffer.byteLength;

  it("gets back the memory of what crossed its border", () => {
    const interpreter = new Interpreter(machine, "APP_RO", []);
    const before = bytesOfMemory();
    for (let i = 0; i < 1000; i++)
      interpreter.write(new Uint8Array(100_000)).consume((bytes) => interpreter.read(bytes));
    interpreter.dispose();
    assert.equal(bytesOfMemory(), before);
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
    const before = bytesOfMemory();
    for (let i = 0; i < 100; i++) check();
    interpreter.dispose();
    assert.equal(machine.broken, false);
    assert.equal(bytesOfMemory(), before);
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
