import assert from "node:assert/strict";
import { CompiledModuleNames, resolveImport } from "../../../../sandbox/embedded/js/module-names.js";
import { singletonKey } from "../../../../sandbox/embedded/kv/store.js";
import { failure, Guest, json, text } from "./guest.js";

const modules = {
  "fine.js": "export const f = () => ({ body: 'fine' })",
  "absolute.js": "import { f as inner } from '/fine.js'; export const f = inner",
  "bare.js": "import { f as inner } from 'fine.js'; export const f = inner",
  "deep/up.js": "import { f as inner } from '../fine.js'; export const f = inner",
  "renamed.js": "import { f as inner } from './fine.js'; export { inner as g }",
  "default.js": "export default () => ({ body: 'default' })",
  "meta.js": "export const f = () => ({ body: Object.keys(import.meta) })",
  "missing-name.js": "import { absent } from './fine.js'; export const f = () => ({ body: typeof absent })",
  "throws.js": "throw new SyntaxError('while evaluating'); export const f = () => ({ body: 1 })",
  "await.js": "const x = await Promise.resolve(1); export const f = () => ({ body: x })",
  "value.js": "export const f = { not: 'a function' }",
  "late.js": "export let f",
  "imports-missing.js": "import { x } from './missing.js'; export const f = () => ({ body: x })",
  "no-extension.js": "import { f as inner } from './fine'; export const f = inner",
  "star.js": "export * from './fine.js'",
  "hoisted.js": "ccf.nothing.here(); export function f() { return { body: 'hoisted' } }",
  "once.js":
    "globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; export function f() { return { body: globalThis.evaluated } } throw 1",
  "syntax.js": "export const f = () => {",
  "imports-syntax.js": "import './syntax.js'; export const f = () => ({ body: 1 })",
  "endless.js": "for (;;); export const f = () => ({})",
};

describe("modules of the application", () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.with(modules);
  });

  for (const name of ["fine.js", "/fine.js", "absolute.js", "bare.js", "deep/up.js"])
    it(`${name} is found`, () => {
      assert.equal(text(guest.call(`${name}#f`)), "fine");
    });

  it("may export what they import", () => {
    assert.equal(text(guest.call("renamed.js#g")), "fine");
  });

  it("may export a default", () => {
    assert.equal(text(guest.call("default.js#default")), "default");
  });

  it("serve by the functions that they declare even if they throw, and are evaluated once", () => {
    assert.equal(text(guest.call("hoisted.js#f")), "hoisted");
    for (const reuse of ["once", "once"]) assert.equal(json(guest.call("once.js#f", { reuse })), 1);
  });

  it("have nothing in import.meta", () => {
    assert.deepEqual(json(guest.call("meta.js#f")), []);
  });

  const failures: [endpoint: string, message: string | RegExp][] = [
    ["nowhere.js#f", "Module 'nowhere.js' could not be loaded"],
    ["#f", "Module '' could not be loaded"],
    ["fine.js#absent", "Failed to find export 'absent' in module 'fine.js'"],
    ["fine.js#", "Failed to find export '' in module 'fine.js'"],
    ["value.js#f", "Export 'f' of module 'value.js' is not a function"],
    ["late.js#f", "Export 'f' of module 'late.js' is not a function"],
    ["throws.js#f", "Export 'f' of module 'throws.js' is not a function"],
    ["await.js#f", "Export 'f' of module 'await.js' is not a function"],
    [
      "missing-name.js#f",
      "Failed to execute missing-name.js: SyntaxError: Could not find export 'absent' in module 'fine.js'",
    ],
    ["star.js#f", "Failed to find export 'f' in module 'star.js'"],
    ["imports-missing.js#f", "Failed to compile module 'imports-missing.js': null"],
    ["no-extension.js#f", "Failed to compile module 'no-extension.js': null"],
    ["imports-syntax.js#f", "Failed to compile module 'imports-syntax.js': null"],
    ["syntax.js#f", /^Failed to compile module 'syntax.js': SyntaxError: /],
  ];
  for (const [endpoint, message] of failures)
    it(`${endpoint}: ${String(message)}`, () => {
      for (const reuse of [undefined, "kept", "kept"]) {
        const outcome = failure(guest.call(endpoint, reuse === undefined ? {} : { reuse }));
        if (typeof message === "string") assert.equal(outcome, message);
        else assert.match(outcome, message);
      }
    });

  it("cannot hold up the node while they are evaluated", () => {
    const outcome = guest.call("endless.js#f", { options: { max_execution_time_ms: 100 } });
    assert.equal(failure(outcome), "Operation took too long to complete.");
  });

  it("import by the rules of QuickJS", () => {
    const cases = [
      ["a.js", "./b.js", "b.js"],
      ["d/a.js", "./b.js", "d/b.js"],
      ["d/e/a.js", "../b.js", "d/b.js"],
      ["d/a.js", "../b.js", "b.js"],
      ["/d/a.js", "./b.js", "/d/b.js"],
      ["/d/a.js", "../b.js", "b.js"],
      ["a.js", "../b.js", "../b.js"],
      ["d/a.js", "/b.js", "/b.js"],
      ["d/a.js", "b.js", "b.js"],
    ] as const;
    for (const [importer, requested, name] of cases) assert.equal(resolveImport(importer, requested), name);
  });

  it("that are compiled are loaded twice if imported from the top folder and from another", () => {
    const names = new CompiledModuleNames("/app.js");
    assert.equal(names.resolve("/app.js", "./d/a.js"), "/d/a.js");
    assert.equal(names.resolve("/d/b.js", "./a.js"), "/d/a.js");
    const other = new CompiledModuleNames("/app.js");
    assert.equal(other.resolve("/d/b.js", "./a.js"), "/d/a.js");
    assert.equal(other.resolve("/app.js", "./d/a.js"), "//d/a.js");
    assert.equal(other.resolve("/app.js", "./d/a.js"), "//d/a.js");
    assert.equal(other.resolve("//d/a.js", "./b.js"), "/d/b.js");
  });

  describe("refreshAppBytecodeCache()", () => {
    const apply = (tx = guest.store.begin()) =>
      guest.govern({ run: "apply", tx, source: "export const apply = () => ccf.refreshAppBytecodeCache()" });

    it("fills the tables of compiled modules", async () => {
      const own = await Guest.with({ "deep/up.js": modules["deep/up.js"], "fine.js": modules["fine.js"] });
      own.write((tx) => {
        const outcome = own.govern({
          run: "apply",
          tx,
          source: "export const apply = () => ccf.refreshAppBytecodeCache()",
        });
        assert.ok(outcome.ok);
      });
      const tx = own.store.begin();
      const version = tx.table("public:ccf.gov.modules_quickjs_version").get(singletonKey);
      assert.equal(Buffer.from(version ?? []).toString(), "2024-01-13");
      assert.ok(tx.table("public:ccf.gov.modules_quickjs_bytecode").has(Buffer.from("/deep/up.js")));
      assert.equal(text(own.call("deep/up.js#f")), "fine");
    });

    it("leaves functions without their text", async () => {
      const source = `
        class Class {}
        const functions = [function named(a) { return a; }, () => 1, async function later() {}, function* many() {}, Class];
        export const f = () => ({ body: functions.map(String) });`;
      const own = await Guest.with({ "text.js": source });
      assert.equal((json(own.call("text.js#f")) as string[])[0], "function named(a) { return a; }");
      own.write((tx) => {
        own.govern({ run: "apply", tx, source: "export const apply = () => ccf.refreshAppBytecodeCache()" });
      });
      const heads = [
        "function named",
        "function ",
        "async function later",
        "function *many",
        "function Class",
      ];
      assert.deepEqual(
        json(own.call("text.js#f")),
        heads.map((head) => `${head}() {\n    [native code]\n}`),
      );
    });

    it("fails over a module that does not compile", () => {
      const outcome = apply();
      assert.ok(!outcome.ok);
      assert.match(
        outcome.reason,
        /^InternalError: Failed to refresh bytecode: Unable to serialize bytecode for JS module '\//,
      );
    });
  });
});
