import assert from "node:assert/strict";
import type { GovernanceEffects } from "../../../../sandbox/embedded/js/types.js";
import { Guest } from "./guest.js";

describe("running governance", function () {
  this.timeout(20_000);
  let guest: Guest;
  before(async () => {
    guest = await Guest.with();
  });

  describe("validate", () => {
    const validate = (body: string) => {
      const outcome = guest.govern({
        run: "validate",
        source: `export function validate(input) { ${body} }`,
        arguments: ['{"a":1}'],
      });
      assert.ok(outcome.ok);
      return outcome.value;
    };
    it("says whether the proposal makes sense", () => {
      assert.deepEqual(validate("return { valid: true, description: input }"), {
        valid: true,
        description: '{"a":1}',
      });
      assert.deepEqual(validate("return { valid: 0, description: 5 }"), { valid: false, description: "" });
      assert.deepEqual(validate("return { valid: 'yes' }"), { valid: true, description: "" });
    });
    it("may fail to say it", () => {
      for (const nothing of ["", "return true", "return null", "return 'valid'"])
        assert.equal(validate(nothing), undefined);
    });
  });

  it("resolve answers with text, whatever it returns", () => {
    const resolve = (value: string) => {
      const outcome = guest.govern({
        run: "resolve",
        source: `export function resolve(proposal, proposerId, votes, proposalId) { return ${value} }`,
        arguments: ["{}", "proposer", [{ member_id: "m", vote: true }], "id"],
      });
      assert.ok(outcome.ok);
      return outcome.value;
    };
    assert.equal(resolve("'Accepted'"), "Accepted");
    assert.equal(
      resolve("JSON.stringify([proposal, proposerId, votes, proposalId])"),
      '["{}","proposer",[{"member_id":"m","vote":true}],"id"]',
    );
    assert.equal(resolve("undefined"), "undefined");
    assert.equal(resolve("{ toString: () => 'Open' }"), "Open");
    assert.equal(resolve("Symbol('s')"), "");
  });

  it("vote answers yes to whatever is true", () => {
    const vote = (value: string) => {
      const outcome = guest.govern({
        run: "vote",
        source: `export const vote = () => ${value}`,
        arguments: ["{}", "p"],
      });
      assert.ok(outcome.ok);
      return outcome.value;
    };
    for (const yes of ["true", "1", "({})", "'no'"]) assert.equal(vote(yes), true, yes);
    for (const no of ["false", "0", "''", "undefined", "null"]) assert.equal(vote(no), false, no);
  });

  describe("what goes wrong", () => {
    const run = (source: string, options = {}) => {
      const outcome = guest.govern({ run: "apply", source, ...options });
      assert.ok(!outcome.ok);
      return outcome;
    };
    it("in the function is reported with a trace", () => {
      const { stage, reason, trace } = run("export function apply() { throw new RangeError('mine') }");
      assert.deepEqual([stage, reason], ["call", "RangeError: mine"]);
      assert.match(trace ?? "", /at apply \(public:ccf\.gov\.constitution\[0\]/);
    });
    it("in the module is reported by itself", () => {
      const cases = [
        [
          "export const other = 1",
          "Failed to find export 'apply' in module 'public:ccf.gov.constitution[0]'",
        ],
        [
          "export const apply = 1",
          "Export 'apply' of module 'public:ccf.gov.constitution[0]' is not a function",
        ],
        ["export function apply( {", "Failed to compile public:ccf.gov.constitution[0]"],
        ["import 'x'; export function apply() {}", "Failed to compile public:ccf.gov.constitution[0]"],
      ] as const;
      for (const [source, reason] of cases) {
        const failed = run(source);
        assert.deepEqual([failed.stage, failed.reason], ["load", reason]);
      }
    });
    it("by taking too long is said plainly, and never before five seconds", () => {
      const started = performance.now();
      const options = { max_execution_time_ms: 1, max_heap_bytes: 1, max_stack_bytes: 1 };
      const ample = {
        ...options,
        log_exception_details: false,
        return_exception_details: false,
        max_cached_interpreters: 1,
      };
      const failed = run("export function apply() { for (;;); }", { options: ample });
      assert.deepEqual([failed.timedOut, failed.reason], [true, "Operation took too long to complete."]);
      assert.ok(performance.now() - started >= 4_900);
    });
    it("over a reserved table name ends everything, caught or not", () => {
      const failed = run("export function apply() { try { ccf.kv['ccf.x'] } catch {} }");
      assert.deepEqual(
        [failed.stage, failed.reason],
        ["load", "Map name 'ccf.x' includes disallowed reserved prefix 'ccf.'"],
      );
    });
  });

  it("shares nothing between two runs", () => {
    const source =
      "globalThis.count = (globalThis.count ?? 0) + 1; export const vote = () => globalThis.count === 1";
    for (let i = 0; i < 3; i++)
      assert.deepEqual(guest.govern({ run: "vote", source }), { ok: true, value: true });
  });

  describe("the node's functions", () => {
    const list =
      "[typeof ccf.node, typeof ccf.network, typeof ccf.refreshAppBytecodeCache, typeof ccf.rpc, typeof ccf.historical, typeof ccf.gov]";

    it("are there for apply alone", () => {
      const seen = (run: "resolve" | "apply") => {
        const outcome = guest.govern({ run, source: `export const ${run} = () => { throw ${list}.join() }` });
        return outcome.ok ? "" : outcome.reason;
      };
      assert.equal(seen("resolve"), "undefined,undefined,undefined,undefined,undefined,object");
      assert.equal(seen("apply"), "object,object,function,undefined,undefined,object");
    });

    const calls: unknown[][] = [];
    const record =
      <Result>(name: string, result: Result) =>
      (...args: unknown[]) => {
        calls.push([
          name,
          ...args.filter((arg) => typeof arg !== "object" || arg === null || !("touched" in arg)),
        ]);
        return result;
      };
    const effects: GovernanceEffects = {
      transitionServiceToOpen: record("open", undefined),
      triggerLedgerRekey: record("rekey", true),
      triggerRecoverySharesRefresh: record("refresh", undefined),
      triggerLedgerChunk: record("chunk", undefined),
      triggerSnapshot: () => {
        throw new Error("no snapshots here");
      },
      latestLedgerSecretSeqno: record("seqno", 7),
      generateEndorsedCertificate: record("endorse", "endorsed PEM"),
      generateNetworkCertificate: record("network", "network PEM"),
      setJwtPublicSigningKeys: record("set keys", false),
      removeJwtPublicSigningKeys: record("remove keys", undefined),
    };
    const apply = (body: string) => {
      calls.length = 0;
      const outcome = guest.govern({ run: "apply", effects, source: `export function apply() { ${body} }` });
      return outcome.ok ? "done" : outcome.reason;
    };

    it("reach the node with what they were given", () => {
      assert.equal(apply("ccf.node.transitionServiceToOpen(undefined, ccf.strToBuf('next'))"), "done");
      assert.deepEqual(calls, [["open", undefined, "next"]]);
      assert.equal(
        apply(
          "ccf.node.triggerLedgerRekey(); ccf.node.triggerLedgerChunk(); ccf.node.triggerRecoverySharesRefresh()",
        ),
        "done",
      );
      assert.deepEqual(calls, [["rekey"], ["chunk"], ["refresh"]]);
      const csr = "-----BEGIN CERTIFICATE REQUEST-----";
      assert.equal(
        apply(`throw ccf.network.generateEndorsedCertificate("${csr}", "20250101000000Z", 90)`),
        "endorsed PEM",
      );
      assert.deepEqual(calls, [["endorse", csr, "20250101000000Z", 90]]);
      assert.equal(
        apply("throw ccf.network.generateNetworkCertificate('20250101000000Z', '30')"),
        "network PEM",
      );
      assert.deepEqual(calls, [["network", "20250101000000Z", 30]]);
      assert.equal(apply("throw ccf.network.getLatestLedgerSecretSeqno()"), "7");
      assert.equal(apply("ccf.removeJwtPublicSigningKeys('issuer')"), "done");
      assert.deepEqual(calls, [["remove keys", "issuer"]]);
    });

    it("report what the node refuses, and wrong arguments", () => {
      const cases = [
        ["ccf.node.triggerSnapshot()", "InternalError: Unable to request snapshot: no snapshots here"],
        [
          "ccf.setJwtPublicSigningKeys('i', {}, { keys: [] })",
          "InternalError: set_jwt_public_signing_keys() failed",
        ],
        ["ccf.node.triggerLedgerRekey(1)", "TypeError: Passed 1 arguments but expected none"],
        ["ccf.node.transitionServiceToOpen(undefined)", "TypeError: Passed 1 arguments but expected two"],
        [
          "ccf.node.transitionServiceToOpen('text', undefined)",
          "TypeError: Previous service identity argument is not an array buffer",
        ],
        [
          "ccf.node.transitionServiceToOpen(undefined, undefined)",
          "InternalError: Proposal requires a service identity",
        ],
        ["ccf.network.generateEndorsedCertificate('x', 'y')", "TypeError: Passed 2 arguments but expected 3"],
      ] as const;
      for (const [call, reason] of cases) assert.equal(apply(call), reason);
    });
  });

  describe("ccf.gov.validateConstitution()", () => {
    const validate = (constitution: string) =>
      guest.evaluate(`ccf.gov.validateConstitution(${JSON.stringify(constitution)})`);
    const good =
      "export function validate(input) {} export function resolve(p, i, v) {} export function apply(p, i) {}";

    it("accepts one that exports the three functions", () => {
      assert.equal(validate(good), true);
      assert.equal(validate(good.replace("(p, i, v)", "(p, i, v, id)")), true);
    });
    it("says what is wrong with others", () => {
      const cases: [constitution: string, message: string][] = [
        ["", "constitution is empty"],
        [
          good.replace("(input)", "()"),
          "proposed constitution exports function validate with 0 args, expected 1 arg (input)",
        ],
        [
          good.replace("(p, i, v)", "(p)"),
          "proposed constitution exports function resolve with 1 arg, expected between 3 and 4 args (proposal, proposerId, votes[, proposalId])",
        ],
        [
          good.replace("apply", "other"),
          "proposed constitution does not export a function named apply: Failed to find export 'apply' in module 'proposed constitution'",
        ],
        [
          "export {",
          "proposed constitution does not export a function named apply: Failed to compile proposed constitution",
        ],
      ];
      for (const [constitution, message] of cases)
        assert.equal(validate(constitution), `threw TypeError: ${message}`);
      assert.equal(
        guest.evaluate("ccf.gov.validateConstitution(5)"),
        "threw TypeError: constitution is not a string",
      );
    });
    it("evaluates it where it can do no harm", () => {
      assert.equal(validate(`globalThis.leaked = 1; ${good}`), true);
      assert.equal(guest.evaluate("typeof leaked"), "undefined");
    });
  });
});
