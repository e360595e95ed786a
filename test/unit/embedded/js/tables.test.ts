import assert from "node:assert/strict";
import { failure, Guest, json, text } from "./guest.js";

const app = `
export const set = (request) => { const [table, key, value] = request.body.json(); ccf.kv[table].set(ccf.strToBuf(key), ccf.strToBuf(value)); return {}; };
export const run = (request) => ({ body: [(0, eval)(request.body.text())] });
`;

const URL = "See https://microsoft.github.io/CCF/main/audit/read_write_restrictions.html for more detail.";

describe("ccf.kv", () => {
  let guest: Guest;
  beforeEach(async () => {
    guest = await Guest.with({ "app.js": app });
  });
  const run = (expression: string, commit = false) =>
    (json(guest.call("app.js#run", { body: expression, commit })) as unknown[])[0];

  describe("a table", () => {
    it("keeps bytes under bytes, and reads its own writes", () => {
      const steps = `(() => {
        const table = ccf.kv["t"], key = ccf.strToBuf("k"), text = (value) => value === undefined ? "nothing" : ccf.bufToStr(value);
        const seen = [table.has(key), text(table.get(key)), table.size];
        table.set(key, ccf.strToBuf("v")).set(ccf.strToBuf("other"), new ArrayBuffer(0));
        seen.push(table.has(key), text(table.get(key)), table.size, table.get(ccf.strToBuf("other")).byteLength);
        table.delete(key);
        seen.push(table.has(key), table.size);
        table.clear();
        seen.push(table.size);
        return seen;
      })()`;
      assert.deepEqual(run(steps), [false, "nothing", 0, true, "v", 2, 0, false, 1, 0]);
    });

    it("keeps what was written before, and says when", () => {
      run('ccf.kv["t"].set(ccf.strToBuf("k"), ccf.strToBuf("v")).size', true);
      assert.equal(run('ccf.bufToStr(ccf.kv["t"].get(ccf.strToBuf("k")))'), "v");
      assert.equal(run('ccf.kv["t"].getVersionOfPreviousWrite(ccf.strToBuf("k"))'), guest.store.version);
      assert.equal(run('ccf.kv["t"].getVersionOfPreviousWrite(ccf.strToBuf("other")) === undefined'), true);
    });

    it("does not change with a buffer that was stored", () => {
      const steps = `(() => {
        const value = ccf.strToBuf("before");
        ccf.kv["t"].set(ccf.strToBuf("k"), value);
        new Uint8Array(value)[0] = 0;
        return ccf.bufToStr(ccf.kv["t"].get(ccf.strToBuf("k")));
      })()`;
      assert.equal(run(steps), "before");
    });

    it("is visited as it was when the visit began, a thousand rows or one", () => {
      guest.write((tx) => {
        for (let i = 0; i < 1000; i++) tx.table("many").set(Buffer.from(`key-${i}`), Buffer.from(String(i)));
      });
      assert.deepEqual(
        run(`(() => {
          let sum = 0, rows = 0; const table = ccf.kv["many"];
          table.forEach((value, key, map) => { rows++; sum += Number(ccf.bufToStr(value)); if (map !== table) throw 1; table.delete(key); });
          return [rows, sum, table.size];
        })()`),
        [1000, 499500, 0],
      );
    });

    it("is visited on, whatever the callback returns, until it throws", () => {
      run(
        'ccf.kv["t"].set(ccf.strToBuf("a"), ccf.strToBuf("1")).set(ccf.strToBuf("b"), ccf.strToBuf("2")).size',
        true,
      );
      assert.equal(
        run('(() => { let n = 0; ccf.kv["t"].forEach(() => { n++; return false; }); return n; })()'),
        2,
      );
      assert.equal(
        guest.evaluate('ccf.kv["t"].forEach(() => { throw new RangeError("mine"); })'),
        "threw RangeError: mine",
      );
    });

    it("may have any name, which ends at a zero character", () => {
      for (const name of ["", "a b", "é", "toString", "__proto__", "constructor", "123", "x".repeat(300)]) {
        const quoted = JSON.stringify(name);
        assert.equal(run(`ccf.kv[${quoted}].set(ccf.strToBuf("k"), ccf.strToBuf("v")).size`), 1, name);
      }
      run('ccf.kv["cut\\u0000one"].set(ccf.strToBuf("k"), ccf.strToBuf("v")).size', true);
      assert.equal(run('ccf.kv["cut"].has(ccf.strToBuf("k"))'), true);
    });

    it("is a new handle each time, with its methods as its own", () => {
      assert.equal(run('ccf.kv["t"] === ccf.kv["t"]'), false);
      assert.deepEqual(run('Object.keys(ccf.kv["t"])'), [
        "_map_name",
        "has",
        "get",
        "getVersionOfPreviousWrite",
        "forEach",
        "set",
        "delete",
        "clear",
      ]);
    });

    it("is described like a property that cannot be changed", () => {
      for (const describe of ["Object.getOwnPropertyDescriptor", "Reflect.getOwnPropertyDescriptor"])
        assert.deepEqual(run(`(({ value, ...rest }) => [typeof value, rest])(${describe}(ccf.kv, "t"))`), [
          "object",
          { writable: false, enumerable: false, configurable: false },
        ]);
      assert.equal(run('Object.getOwnPropertyDescriptor({ t: 1 }, "t").configurable'), true);
      assert.deepEqual(run("Object.keys(ccf.kv)"), []);
    });

    it("outlives the request in an interpreter that is reused, for the new transaction", () => {
      guest.install({
        "kept.js": `let table; export const count = () => {
          table ??= ccf.kv["kept"];
          const key = ccf.strToBuf("n"), before = table.get(key);
          const n = (before === undefined ? 0 : ccf.bufToJsonCompatible(before)) + 1;
          table.set(key, ccf.jsonCompatibleToBuf(n));
          return { body: n };
        };`,
      });
      for (const n of [1, 2, 3])
        assert.equal(json(guest.call("kept.js#count", { reuse: "k", commit: true })), n);
    });
  });

  describe("what is refused", () => {
    const cases: [expression: string, message: string][] = [
      ['ccf.kv["t"].get()', "TypeError: Passed 0 arguments, but expected 1"],
      ['ccf.kv["t"].get("text")', "TypeError: Argument must be an ArrayBuffer"],
      ['ccf.kv["t"].get(new Uint8Array(1))', "TypeError: Argument must be an ArrayBuffer"],
      ['ccf.kv["t"].get(new DataView(new ArrayBuffer(1)))', "TypeError: Argument must be an ArrayBuffer"],
      ['ccf.kv["t"].get(() => 1)', "TypeError: Argument must be an ArrayBuffer"],
      ['ccf.kv["t"].get(Symbol("s"))', "TypeError: Argument must be an ArrayBuffer"],
      ['ccf.kv["t"].get(1n)', "TypeError: Argument must be an ArrayBuffer"],
      [
        '(() => { const cycle = {}; cycle.self = cycle; ccf.kv["t"].get(cycle); })()',
        "TypeError: Argument must be an ArrayBuffer",
      ],
      ['ccf.kv["t"].set(new ArrayBuffer(1))', "TypeError: Passed 1 arguments, but expected 2"],
      ['ccf.kv["t"].set(new ArrayBuffer(1), "v")', "TypeError: Arguments must be ArrayBuffers"],
      ['ccf.kv["t"].forEach(5)', "TypeError: Argument must be a function"],
      ['ccf.kv["t"].clear(1)', "TypeError: Passed 1 arguments, but expected 0"],
      [
        '(() => { const { get } = ccf.kv["t"]; get(new ArrayBuffer(1)); })()',
        "InternalError: Internal: Unable to access MapHandle",
      ],
      ['(() => { "use strict"; ccf.kv.mine = 1; })()', "TypeError: 'mine' is read-only"],
    ];
    for (const [expression, message] of cases)
      it(expression, () => {
        assert.equal(guest.evaluate(expression), `threw ${message}`);
      });

    it("ends the request over a reserved name, also if the handler catches it", () => {
      for (const name of ["ccf.mine", "public:ccf.mine"])
        assert.equal(
          failure(guest.call("app.js#run", { body: `(() => { try { ccf.kv["${name}"] } catch {} })()` })),
          "Map name 'ccf.mine' includes disallowed reserved prefix 'ccf.'",
        );
    });
  });

  describe("permissions", () => {
    const key = 'ccf.strToBuf("k")';
    const reads = ["has", "get", "getVersionOfPreviousWrite"].map((method) => `${method}(${key})`);
    const writes = [`set(${key}, ${key})`, `delete(${key})`, "clear()"];
    const attempt = (operations: string[], table: string, evaluate: (expression: string) => unknown) =>
      operations.map((operation) => evaluate(`ccf.kv["${table}"].${operation}, "allowed"`));

    const application: [
      table: string,
      mode: "readwrite" | "readonly",
      mayRead: boolean,
      mayWrite: boolean,
    ][] = [
      ["private", "readwrite", true, true],
      ["private", "readonly", true, false],
      ["public:mine", "readwrite", true, true],
      ["public:mine", "readonly", true, false],
      ["public:ccf.gov.members.info", "readwrite", true, false],
      ["public:ccf.internal.nodes", "readwrite", true, false],
      ["ccf.gov.secret", "readwrite", false, false],
      ["ccf.internal.secret", "readonly", false, false],
    ];
    for (const [table, mode, mayRead, mayWrite] of application)
      it(`of the application, ${mode}: ${mayRead ? "reads" : "does not read"} and ${mayWrite ? "writes" : "does not write"} ${table}`, () => {
        const evaluate = (expression: string) => guest.evaluate(expression, { mode });
        const allowed = (results: unknown[]) => results.every((result) => result === "allowed");
        const refused = (results: unknown[]) =>
          results.every((result) => String(result).startsWith('threw TypeError: Cannot call "'));
        assert.ok((mayRead ? allowed : refused)(attempt(reads, table, evaluate)));
        assert.ok((mayWrite ? allowed : refused)(attempt(writes, table, evaluate)));
      });

    it("say why in full", () => {
      assert.equal(
        guest.evaluate(`ccf.kv["public:ccf.gov.users.info"].set(${key}, ${key})`),
        `threw TypeError: Cannot call "set" on table named public:ccf.gov.users.info. This table is read-only in current (application) execution context. ${URL}`,
      );
      assert.equal(
        guest.evaluate('ccf.kv["ccf.gov.x"].size'),
        'threw TypeError: Cannot call "size" on table named ccf.gov.x. ',
      );
    });

    it("are not to be had from another table's handle", () => {
      const borrowed = `ccf.kv["mine"].set.call(ccf.kv["public:ccf.gov.users.info"], ${key}, ${key})`;
      assert.match(String(guest.evaluate(borrowed)), /read-only in current/);
      const forged = `ccf.kv["mine"].set.call({ _map_name: "public:ccf.gov.users.info" }, ${key}, ${key})`;
      assert.match(String(guest.evaluate(forged)), /read-only in current/);
    });

    const governance: [table: string, run: "validate" | "apply", mayRead: boolean, mayWrite: boolean][] = [
      ["public:ccf.gov.members.info", "validate", true, false],
      ["public:ccf.gov.members.info", "apply", true, true],
      ["public:mine", "validate", false, false],
      ["public:mine", "apply", false, true],
      ["private", "validate", false, false],
      ["private", "apply", false, false],
      ["public:ccf.internal.nodes", "apply", true, false],
    ];
    for (const [table, name, mayRead, mayWrite] of governance)
      it(`of ${name}: ${mayRead ? "reads" : "does not read"} and ${mayWrite ? "writes" : "does not write"} ${table}`, () => {
        const evaluate = (expression: string) => {
          const outcome = guest.govern({
            run: name,
            source: `export const ${name} = () => { ${expression}; };`,
          });
          return outcome.ok ? "allowed" : outcome.reason;
        };
        const expected = (may: boolean) =>
          may ? /^allowed$/ : /^TypeError: Cannot call ".*governance\) execution context/;
        for (const result of attempt(reads, table, evaluate)) assert.match(String(result), expected(mayRead));
        for (const result of attempt(writes, table, evaluate))
          assert.match(String(result), expected(mayWrite));
      });
  });

  it("large values pass through whole", () => {
    const size = 3_000_000;
    guest.write((tx) => {
      tx.table("t").set(Buffer.from("large"), Buffer.alloc(size, 0xab));
    });
    assert.deepEqual(
      run(
        '(() => { const v = ccf.kv["t"].get(ccf.strToBuf("large")); return [v.byteLength, new Uint8Array(v)[2999999]]; })()',
      ),
      [size, 0xab],
    );
    assert.equal(text(guest.call("app.js#run", { body: '"x".repeat(100000)' })).length, 100_004);
  });
});
