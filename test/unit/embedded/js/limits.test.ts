import assert from "node:assert/strict";
import { failure, Guest, json, text } from "./guest.js";

const app = `
export const loop = () => { for (;;); };
export const stubborn = () => { for (;;) { try { for (;;); } catch {} } };
export const callbacks = () => { const t = ccf.kv["rows"]; for (;;) { try { t.forEach(() => { for (;;); }); } catch {} } };
export const getter = () => ({ get body() { for (;;); } });
export const explanation = () => { throw { toJSON() { for (;;); } }; };
export const trace = () => { throw Object.defineProperty(new Error("x"), "stack", { get() { for (;;); } }); };
export const memory = () => { const held = []; for (;;) held.push(new ArrayBuffer(1 << 20)); };
export const caughtMemory = () => { let held = []; try { for (;;) held.push(new ArrayBuffer(1 << 20)); } catch (error) { held = null; return { body: error.name + ": " + error.message }; } };
export const strings = () => { let text = "x"; for (;;) text += text; };
export const values = () => { const held = []; for (;;) held.push(ccf.kv["large"].get(ccf.strToBuf("k"))); };
export const recursion = () => { const down = (n) => down(n + 1) + 1; return { body: down(0) }; };
export const caughtRecursion = () => { const down = (n) => down(n + 1) + 1; try { down(0); } catch (error) { return { body: error.name + ": " + error.message }; } };
export const depth = (request) => { const down = (n) => (n === 0 ? 0 : 1 + down(n - 1)); return { body: down(Number(request.body.text())) }; };
export const nestedCallbacks = () => { let depth = 0; const down = () => ccf.kv["rows"].forEach(() => { depth++; down(); }); try { down(); } catch (error) { return { body: error.name + ": " + error.message }; } };
export const parser = () => { eval("(".repeat(1e6)); };
export const deepValue = () => { let value = {}; for (let i = 0; i < 1e5; i++) value = { value }; return { body: value }; };
export const json = (request) => { try { return { body: typeof request.body.json() }; } catch (error) { return { body: error.name + ": " + error.message }; } };
export const buffer = () => { try { return { body: typeof ccf.bufToJsonCompatible(ccf.strToBuf("[".repeat(1e5))) }; } catch (error) { return { body: error.name + ": " + error.message }; } };
let count = 0;
export const next = () => ({ body: ++count });
`;

describe("the limits of guest code", function () {
  this.timeout(30_000);
  let guest: Guest;
  const run = (name: string, options = {}) =>
    guest.call(`app.js#${name}`, { mode: "readwrite", options, reuse: "shared" });

  before(async () => {
    guest = await Guest.with({ "app.js": app });
    guest.write((tx) => {
      tx.table("rows").set(Buffer.from("a"), Buffer.from("1"));
      tx.table("large").set(Buffer.from("k"), new Uint8Array(5_000_000));
    });
  });
  beforeEach(() => {
    assert.ok(guest.call("app.js#next", { reuse: "other" }).ok);
  });
  afterEach("others go on, and so does whoever was stopped", () => {
    assert.ok(Number(text(guest.call("app.js#next", { reuse: "other" }))) > 0);
    assert.ok(Number(text(run("next"))) > 0);
  });

  describe("time", () => {
    for (const name of ["loop", "stubborn", "callbacks", "getter"])
      it(`stops ${name}`, () => {
        const started = performance.now();
        const outcome = run(name, { max_execution_time_ms: 100 });
        assert.equal(failure(outcome), "Operation took too long to complete.");
        assert.ok(!outcome.ok && outcome.timedOut);
        assert.ok(performance.now() - started < 5_000);
      });

    for (const name of ["explanation", "trace"])
      it(`stops ${name} of what was thrown as well`, () => {
        const started = performance.now();
        assert.equal(failure(run(name)), "Exception thrown while executing.");
        assert.ok(performance.now() - started < 3_000);
      });

    it("is counted anew for every call", () => {
      for (let i = 0; i < 5; i++) assert.ok(run("next", { max_execution_time_ms: 1_000 }).ok);
    });
  });

  describe("memory", () => {
    for (const name of ["memory", "strings", "values"])
      it(`ends ${name}`, () => {
        const outcome = run(name, { max_heap_bytes: 20_000_000 });
        assert.equal(failure(outcome), "Exception thrown while executing.");
        assert.ok(!outcome.ok);
        assert.match(outcome.exception?.reason ?? "", /InternalError: (out of memory|string too long)/);
      });

    it("gives an error that the guest can catch", () => {
      assert.equal(text(run("caughtMemory", { max_heap_bytes: 20_000_000 })), "InternalError: out of memory");
    });
  });

  describe("stack", () => {
    it("gives an error that the guest can catch", () => {
      assert.equal(text(run("caughtRecursion")), "InternalError: stack overflow");
      const outcome = run("recursion");
      assert.ok(!outcome.ok);
      assert.equal(outcome.exception?.reason, "InternalError: stack overflow");
    });

    it("is enough for a thousand calls, and less if the members want less", () => {
      const depth = (calls: number, options = {}) =>
        guest.call("app.js#depth", { body: String(calls), options });
      assert.equal(json(depth(1000)), 1000);
      assert.equal(failure(depth(1000, { max_stack_bytes: 32 * 1024 })), "Exception thrown while executing.");
    });

    it("counts calls from tables back into the guest", () => {
      assert.equal(text(run("nestedCallbacks")), "InternalError: stack overflow");
    });

    for (const name of ["parser", "deepValue"])
      it(`survives ${name}, whose recursion is in the engine itself`, () => {
        assert.equal(run(name).ok, false);
      });

    it("refuses JSON that is nested too deep, wherever it comes from", () => {
      for (const body of ["[".repeat(1e6), '{"a":'.repeat(2e5), "[".repeat(5e4) + "]".repeat(5e4)])
        assert.equal(text(guest.call("app.js#json", { body })), "SyntaxError: stack overflow");
      assert.equal(text(run("buffer")), "SyntaxError: stack overflow");
      const fine = "[".repeat(900) + "]".repeat(900);
      assert.equal(text(guest.call("app.js#json", { body: fine })), "object");
      assert.equal(text(guest.call("app.js#json", { body: JSON.stringify("[".repeat(5000)) })), "string");
    });
  });

  it("survives modules and constitutions that no parser gets through", async () => {
    const deep = "(".repeat(500_000);
    const own = await Guest.with({ "deep.js": deep, "fine.js": "export const f = () => ({ body: 'fine' })" });
    assert.equal(own.call("deep.js#f").ok, false);
    assert.match(String(own.evaluate(`ccf.gov.validateConstitution("(".repeat(500000))`)), /^threw /);
    const outcome = own.govern({
      run: "apply",
      source: "export const apply = () => ccf.refreshAppBytecodeCache()",
    });
    assert.ok(!outcome.ok);
    assert.match(outcome.reason, /Unable to serialize bytecode for JS module '\/deep.js'/);
    assert.equal(own.govern({ run: "vote", source: deep }).ok, false);
    assert.equal(text(own.call("fine.js#f")), "fine");
  });

  it("survives being broken again and again", async () => {
    for (let i = 0; i < 4; i++) {
      assert.equal(run("parser").ok, false);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.ok(run("next").ok);
    }
  });
});
