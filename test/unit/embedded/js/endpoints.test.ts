import assert from "node:assert/strict";
import { failure, Guest, json, text } from "./guest.js";

const app = `
export const describe = ({ body, ...request }) => ({ body: { ...request, fields: Object.keys(request), body: Object.keys(body) } });
export const echo = (request) => ({ body: request.body.arrayBuffer() });
export const parse = (request) => ({ body: { parsed: request.body.json() } });
export const read = (request) => ({ body: [request.body.text(), request.body.text.length] });
export const content = (request) => ({ body: ccf.bufToStr(request.caller.cose.content) });
export const answer = (request) => (0, eval)("(" + request.body.text() + ")");
export const throws = (request) => { throw (0, eval)("(" + request.body.text() + ")"); };
export const wishes = (request) => { (0, eval)(request.body.text()); throw new Error("and then failed"); };
export const later = async () => ({ body: "later" });
export const notAFunction = 5;
`;

describe("serving a request", () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.with({ "app.js": app });
  });
  const answer = (expression: string) => guest.call("app.js#answer", { body: expression });

  describe("what the handler is given", () => {
    it("is the request, as CCF describes it", () => {
      const outcome = guest.call("app.js#describe", {
        query: "a=1&b",
        headers: { host: "example.com", accept: "*/*" },
        params: { id: "é/1" },
        caller: { policy: "no_auth" },
      });
      assert.deepEqual(json(outcome), {
        headers: { host: "example.com", accept: "*/*" },
        query: "a=1&b",
        path: "/app/called",
        method: "POST",
        hostname: "example.com",
        route: "/app/called",
        url: "/app/called?a=1&b",
        params: { id: "é/1" },
        caller: { policy: "no_auth" },
        fields: ["headers", "query", "path", "method", "hostname", "route", "url", "params", "caller"],
        body: ["text", "json", "arrayBuffer"],
      });
    });

    it("has no host without a header that names it, and no caller without one", () => {
      const described = json(guest.call("app.js#describe")) as Record<string, unknown>;
      assert.equal(described.hostname, null);
      assert.equal(described.caller, null);
      assert.equal(described.url, "/app/called");
    });

    it("names all identities of a caller who satisfied several policies", () => {
      const caller = {
        policy: "all_of",
        identities: [
          [
            "jwt",
            {
              policy: "jwt",
              jwt: { keyIssuer: "https://issuer", header: { alg: "RS256" }, payload: { sub: "x" } },
            },
          ],
          ["user_cert", { policy: "user_cert", id: "abc", data: { role: "owner" }, cert: "PEM" }],
        ],
      } as const;
      const described = json(guest.call("app.js#describe", { caller })) as Record<string, unknown>;
      assert.deepEqual(described.caller, {
        jwt: caller.identities[0][1],
        user_cert: caller.identities[1][1],
        policy: ["jwt", "user_cert"],
      });
    });

    it("has the signed content of a COSE message as bytes", () => {
      const caller = {
        policy: "user_cose_sign1",
        id: "a",
        data: null,
        cert: "PEM",
        cose: { content: Buffer.from("signed") },
      } as const;
      assert.equal(text(guest.call("app.js#content", { caller })), "signed");
    });

    it("has the body as bytes, text and JSON, as often as it is asked for", () => {
      const bytes = Uint8Array.from([0, 255, 128, 10]);
      const echoed = guest.call("app.js#echo", { body: bytes });
      assert.deepEqual(echoed.ok && Uint8Array.from(echoed.response.body ?? []), bytes);
      assert.deepEqual(json(guest.call("app.js#parse", { body: '{"é":[1,null]}' })), {
        parsed: { é: [1, null] },
      });
      assert.deepEqual(json(guest.call("app.js#read", { body: "a\u0000b" })), ["a\u0000b", 0]);
      const empty = guest.call("app.js#echo");
      assert.equal(empty.ok && empty.response.body?.length, 0);
    });
  });

  describe("a response", () => {
    const cases: [expression: string, type: string | undefined, body: string | undefined][] = [
      ["{ body: 'text' }", "text/plain", "text"],
      ["{ body: 'before\\u0000after' }", "text/plain", "before"],
      ["{ body: { a: [1, 'é'] } }", "application/json", '{"a":[1,"é"]}'],
      ["{ body: null }", "application/json", "null"],
      ["{ body: 0 }", "application/json", "0"],
      ["{ body: () => 1 }", "application/json", "undefined"],
      ["{ body: new Uint8Array([104, 105, 33]).subarray(0, 2) }", "application/octet-stream", "hi"],
      ["{ body: ccf.strToBuf('bytes') }", "application/octet-stream", "bytes"],
      ["{ body: '' }", "text/plain", ""],
      ["{}", undefined, undefined],
      ["[1, 2]", undefined, undefined],
      ["Object.create({ body: 'inherited' })", "text/plain", "inherited"],
    ];
    for (const [expression, type, body] of cases)
      it(`${expression} is ${type ?? "empty"}`, () => {
        const outcome = answer(expression);
        assert.ok(outcome.ok);
        assert.deepEqual(
          outcome.response.headers.map(([, value]) => value),
          type === undefined ? [] : [type],
        );
        assert.equal(outcome.response.body && Buffer.from(outcome.response.body).toString(), body);
        assert.equal(outcome.response.status, 200);
      });

    it("has the status and headers that the handler says, everything as text", () => {
      const outcome = answer(
        "{ statusCode: 404, headers: { 'x-number': 5, 'X-List': [1, 2], 'x-null': null } }",
      );
      assert.ok(outcome.ok);
      assert.equal(outcome.response.status, 404);
      assert.deepEqual(outcome.response.headers, [
        ["x-number", "5"],
        ["X-List", "1,2"],
        ["x-null", "null"],
      ]);
    });

    it("of an asynchronous handler is empty: nothing waits for it", () => {
      const outcome = guest.call("app.js#later");
      assert.ok(outcome.ok && outcome.response.body === undefined);
    });
  });

  describe("what is no response", () => {
    const cases: [expression: string, message: string][] = [
      ["'text'", "Invalid endpoint function return value (not an object)."],
      ["undefined", "Invalid endpoint function return value (not an object)."],
      ["{ body: 1n }", "Invalid endpoint function return value (error during JSON conversion of body)."],
      [
        "{ body: { toJSON() { throw new Error('x') } } }",
        "Invalid endpoint function return value (error during JSON conversion of body).",
      ],
      [
        "{ get body() { throw new Error('x') } }",
        "Invalid endpoint function return value (error during JSON conversion of body).",
      ],
      ["{ headers: { a: Symbol('s') } }", "Invalid endpoint function return value (header value type)."],
      ["{ statusCode: '200' }", "Invalid endpoint function return value (status code type)."],
      ["{ statusCode: 200.5 }", "Invalid endpoint function return value (status code type)."],
      ["{ statusCode: NaN }", "Invalid endpoint function return value (status code type)."],
    ];
    for (const [expression, message] of cases)
      it(expression, () => {
        assert.equal(failure(answer(expression)), message);
      });
  });

  describe("a handler that throws", () => {
    const cases: [expression: string, reason: string, hasTrace: boolean][] = [
      ["new TypeError('a type error')", "TypeError: a type error", true],
      ["new Error()", "Error", true],
      ["'only a string'", "only a string", false],
      ["null", "null", false],
      ["{ code: 1 }", '{"code":1}', false],
      ["Symbol('s')", "", false],
    ];
    for (const [expression, reason, hasTrace] of cases)
      it(`${expression} is reported as "${reason}"`, () => {
        const outcome = guest.call("app.js#throws", { body: expression });
        assert.equal(failure(outcome), "Exception thrown while executing.");
        assert.ok(!outcome.ok);
        assert.equal(outcome.exception?.reason, reason);
        assert.equal(outcome.exception.trace !== undefined, hasTrace);
      });

    it("shows no frame of the host in its trace", () => {
      const outcome = guest.call("app.js#answer", {
        body: "{ body: { toJSON() { throw new Error('inside') } } }",
      });
      assert.ok(!outcome.ok);
      assert.match(outcome.exception?.trace ?? "", /toJSON/);
      assert.doesNotMatch(outcome.exception?.trace ?? "", /prelude|\.ts/);
    });
  });

  describe("what becomes of the transaction", () => {
    it("is what the handler asked for, also if it then failed", () => {
      const outcome = guest.call("app.js#wishes", {
        body: "ccf.rpc.setApplyWrites(true); ccf.rpc.setClaimsDigest(ccf.crypto.digest('SHA-256', ccf.strToBuf('x')))",
      });
      assert.ok(!outcome.ok);
      assert.equal(outcome.applyWrites, true);
      assert.equal(outcome.claimsDigest?.length, 32);
    });

    it("is left to the status if the handler asks for nothing", () => {
      const outcome = answer("{}");
      assert.equal(outcome.applyWrites, undefined);
      assert.equal(outcome.claimsDigest, undefined);
    });

    it("takes digests of 32 bytes only", () => {
      assert.equal(
        guest.evaluate("ccf.rpc.setClaimsDigest(new ArrayBuffer(31))"),
        "threw TypeError: Argument must be an ArrayBuffer of the right size: 32",
      );
      assert.equal(
        guest.evaluate("ccf.rpc.setApplyWrites()"),
        "threw TypeError: Passed 0 arguments but expected 1",
      );
    });
  });

  describe("what the node knows", () => {
    it("is asked of it", () => {
      const node = {
        lastCommitted: { view: 3, seqno: 42 },
        status: () => "Committed" as const,
        viewOf: (seqno: number) => (seqno === 42 ? 3 : undefined),
      };
      assert.deepEqual(
        guest.evaluate(
          "[ccf.consensus.getLastCommittedTxId(), ccf.consensus.getStatusForTxId(3, 42), ccf.consensus.getViewForSeqno(42), ccf.consensus.getViewForSeqno(43)]",
          { node },
        ),
        [{ view: 3, seqno: 42 }, "Committed", 3, null],
      );
      assert.equal(
        guest.evaluate("ccf.consensus.getStatusForTxId(-1, 1)", { node }),
        "threw RangeError: Invalid view or seqno: cannot be negative",
      );
    });
  });
});
