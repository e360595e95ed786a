import assert from "node:assert/strict";
import { singleKey } from "../../support/ccf.js";
import { Consortium, bob } from "./consortium.js";

const properties = {
  js_module: "a.js",
  js_function: "read",
  mode: "readonly",
  forwarding_required: "sometimes",
  authn_policies: ["member_cert", { all_of: ["user_cert", "jwt"] }, "no_auth"],
};
const modules = [
  { name: "a.js", module: "export const read = 1" },
  { name: "deep/b.js", module: "" },
];
const bundleOf = (endpoints: object) => ({ metadata: { endpoints }, modules });
const bundle = bundleOf({ "/items/{id}": { get: properties } });
const set = (args: object) => ({ name: "set_js_app", args });
const names = [
  "modules",
  "endpoints",
  "modules_quickjs_bytecode",
  "modules_quickjs_version",
  "interpreter.flush",
];

describe("set_js_app", () => {
  it("replaces the whole application and has it compiled", () => {
    const consortium = new Consortium();
    for (const name of names) consortium.ccf.put(`public:ccf.gov.${name}`, "old", 1);
    const open = consortium.open(bob, { name: "trigger_snapshot" });
    consortium.accept(set({ bundle }));
    assert.deepEqual(consortium.ccf.keys("public:ccf.gov.modules"), ["/a.js", "/deep/b.js"]);
    assert.equal(consortium.ccf.getText("public:ccf.gov.modules", "/a.js"), "export const read = 1");
    assert.deepEqual(consortium.ccf.keys("public:ccf.gov.endpoints"), ["GET /items/{id}"]);
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.endpoints", "GET /items/{id}"), {
      ...properties,
      js_module: "/a.js",
    });
    assert.equal(consortium.ccf.get("public:ccf.gov.interpreter.flush", singleKey), true);
    assert.deepEqual(consortium.ccf.effects, [["refreshAppBytecodeCache"]]);
    assert.equal(consortium.stateOf(open), "Open");
  });

  it("can do without compiled code", () => {
    const consortium = new Consortium();
    consortium.accept(set({ bundle, disable_bytecode_cache: true }));
    assert.deepEqual(consortium.ccf.effects, []);
  });

  it("takes all that CCF reads about an endpoint", () => {
    const all = {
      ...properties,
      redirection_strategy: "to_backup",
      interpreter_reuse: { key: "k" },
      openapi: { summary: "Items" },
      openapi_hidden: true,
    };
    assert.equal(new Consortium().problem(set({ bundle: bundleOf({ "/a": { POST: all, put: all } }) })), "");
    const nothing = { ...properties, openapi: null, openapi_hidden: null };
    assert.equal(new Consortium().problem(set({ bundle: bundleOf({ "/a": { get: nothing } }) })), "");
  });

  const refused: readonly (readonly [what: string, bundle: unknown, reason: RegExp])[] = [
    ["nothing", undefined, /must have "bundle"/],
    ["a text", JSON.stringify(bundle), /"bundle" must be object/],
    ["no modules", { metadata: bundle.metadata }, /"bundle" must have "modules"/],
    ["no metadata", { modules }, /"bundle" must have "metadata"/],
    [
      "a module without a name",
      { ...bundle, modules: [{ module: "" }] },
      /"bundle.modules.0" must have "name"/,
    ],
    ["two modules of one name", { ...bundle, modules: [...modules, ...modules] }, /two modules "a.js"/],
    [
      "a module that is not there",
      { ...bundle, modules: [] },
      /the endpoint "get \/items\/\{id\}" names the module "a.js", which is not in the bundle/,
    ],
    [
      "a path without a slash",
      bundleOf({ items: { get: properties } }),
      /must have a path that starts with "\/"/,
    ],
    [
      "a method nobody serves",
      bundleOf({ "/a": { fetch: properties } }),
      /has a method that CCF does not serve/,
    ],
    ["an endpoint twice", bundleOf({ "/a": { get: properties, GET: properties } }), /is there twice/],
    [
      "another mode",
      bundleOf({ "/a": { get: { ...properties, mode: "rw" } } }),
      /mode" must be one of: readwrite/,
    ],
    [
      "an authentication policy CCF does not have",
      bundleOf({ "/a": { get: { ...properties, authn_policies: ["password"] } } }),
      /authn_policies.0" must be one of: user_cert, .*, or must be object/,
    ],
    [
      "a misspelt field of an endpoint",
      bundleOf({ "/a": { get: { ...properties, interpeter_reuse: { key: "k" } } } }),
      /must not have "interpeter_reuse"/,
    ],
    [
      "no function",
      bundleOf({ "/a": { get: { ...properties, js_function: "" } } }),
      /js_function" must not be empty/,
    ],
  ];
  for (const [what, wrong, reason] of refused)
    it(`is refused with ${what}`, () =>
      assert.match(new Consortium().problem(set({ bundle: wrong })), reason));
});

describe("remove_js_app", () => {
  it("removes all there is of the application", () => {
    const consortium = new Consortium();
    consortium.accept(set({ bundle }));
    consortium.accept({ name: "remove_js_app" });
    for (const name of names) assert.deepEqual(consortium.ccf.keys(`public:ccf.gov.${name}`), [], name);
  });
});

describe("refresh_js_app_bytecode_cache", () => {
  it("has the application compiled again", () => {
    const consortium = new Consortium();
    consortium.accept({ name: "refresh_js_app_bytecode_cache" });
    assert.deepEqual(consortium.ccf.effects, [["refreshAppBytecodeCache"]]);
  });
});

describe("set_js_runtime_options", () => {
  const least = { max_heap_bytes: 104_857_600, max_stack_bytes: 1_048_576, max_execution_time_ms: 1000 };
  const options = (args: object) => ({ name: "set_js_runtime_options", args });

  it("sets the limits of the application", () => {
    const consortium = new Consortium();
    const all = {
      ...least,
      max_cached_interpreters: 10,
      log_exception_details: true,
      return_exception_details: false,
    };
    for (const args of [least, all]) {
      consortium.accept(options(args));
      assert.deepEqual(consortium.ccf.get("public:ccf.gov.js_runtime_options", singleKey), args);
    }
  });

  it("is refused with limits that are no numbers, or that no node could bear", () => {
    const problem = (args: object): string => new Consortium().problem(options({ ...least, ...args }));
    assert.match(problem({ max_heap_bytes: "much" }), /"max_heap_bytes" must be integer/);
    assert.match(problem({ max_heap_bytes: 1e300 }), /"max_heap_bytes" must be at most/);
    assert.match(problem({ max_stack_bytes: 0 }), /"max_stack_bytes" must be at least 1/);
    assert.match(problem({ max_execution_time_ms: 1.5 }), /must be integer/);
    assert.match(problem({ return_exception_details: "no" }), /must be boolean/);
    assert.match(problem({ max_execution_time_ms: null }), /must have "max_execution_time_ms"/);
  });
});
