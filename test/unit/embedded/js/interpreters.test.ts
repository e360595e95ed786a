import assert from "node:assert/strict";
import { Guest, json } from "./guest.js";

const app = `
let count = 0;
export const next = () => ({ body: ++count });
export const failing = () => { count += 100; throw new Error("after counting"); };
export const shared = () => ({ body: (globalThis.shared = (globalThis.shared ?? 0) + 1) });
`;

describe("interpreters", () => {
  let guest: Guest;
  beforeEach(async () => {
    guest = await Guest.with({
      "app.js": app,
      "other.js": "export const shared = () => ({ body: globalThis.shared ?? 0 });",
    });
  });
  const next = (reuse?: string, more = {}) =>
    json(guest.call("app.js#next", { ...(reuse === undefined ? {} : { reuse }), ...more }));

  it("start anew for each request, unless the endpoint asks for reuse", () => {
    assert.deepEqual([next(), next(), next()], [1, 1, 1]);
    assert.deepEqual([next("a"), next("a"), next("a")], [1, 2, 3]);
    assert.equal(next(), 1);
  });

  it("are shared by key, and apart for endpoints that write and those that do not", () => {
    assert.deepEqual([next("a"), next("b"), next("a"), next("b")], [1, 1, 2, 2]);
    assert.equal(next("a", { mode: "readonly" }), 1);
    assert.equal(next("a", { mode: "readonly" }), 2);
    assert.equal(next("a"), 3);
  });

  it("keep the global object as well, for all modules", () => {
    guest.call("app.js#shared", { reuse: "a" });
    guest.call("app.js#shared", { reuse: "a" });
    assert.equal(json(guest.call("other.js#shared", { reuse: "a" })), 2);
    assert.equal(json(guest.call("other.js#shared")), 0);
  });

  it("are dropped when the application is installed again", () => {
    assert.deepEqual([next("a"), next("a")], [1, 2]);
    guest.install({ "app.js": app.replace("++count", "(count += 10)") });
    assert.deepEqual([next("a"), next("a")], [10, 20]);
  });

  it("are kept after an ordinary error", () => {
    next("a");
    assert.equal(guest.call("app.js#failing", { reuse: "a" }).ok, false);
    assert.equal(next("a"), 102);
  });

  it("are kept as many as the members allow, the one used last for longest", () => {
    const options = { max_cached_interpreters: 2 };
    for (const key of ["a", "b", "a", "c"]) next(key, { options });
    assert.equal(next("a", { options }), 3);
    assert.equal(next("b", { options }), 1);
    const none = { max_cached_interpreters: 0 };
    assert.deepEqual([next("d", { options: none }), next("d", { options: none })], [1, 1]);
  });
});
