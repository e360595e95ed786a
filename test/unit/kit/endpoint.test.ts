import assert from "node:assert/strict";
import type { Request } from "@microsoft/ccf-app";
import { endpoint, Reply } from "../../../src/kit/endpoint.js";
import { integer, optional } from "../../../src/kit/readers.js";
import { Refusal } from "../../../src/kit/refusal.js";
import { shape } from "../../../src/schemas/shape.js";

const request = ({ body = "", query = "", params = {} } = {}): Request =>
  ({ params, query, body: { text: () => body } }) as unknown as Request;

const note = shape("note", {
  type: "object",
  required: ["text"],
  additionalProperties: false,
  properties: { text: { type: "string" }, kind: { enum: ["short", "long"] } },
});

const codeOf = ({ body }: { body?: unknown }): string => (body as { error: { code: string } }).error.code;
const messageOf = ({ body }: { body?: unknown }): string =>
  (body as { error: { message: string } }).error.message;

describe("endpoint()", () => {
  it("answers what the handler returns: JSON, nothing, or a reply of its own", () => {
    assert.deepEqual(endpoint({}, () => ({ a: 1 }))(request()), { statusCode: 200, body: { a: 1 } });
    assert.deepEqual(endpoint({}, () => undefined)(request()), { statusCode: 200 });
    const reply = new Reply(202, undefined, { "retry-after": "1" });
    assert.deepEqual(endpoint({}, () => reply)(request()), {
      statusCode: 202,
      headers: { "retry-after": "1" },
    });
  });

  it("gives the handler a body of the declared shape, and path and query as they were read", () => {
    const handler = endpoint(
      { body: note, path: { id: (value) => value }, query: { limit: optional(integer(1)) } },
      ({ body, path, query }) => ({ body, path, query }),
    );
    const response = handler(request({ body: '{"text":"t"}', query: "limit=3", params: { id: "x" } }));
    assert.deepEqual(response.body, { body: { text: "t" }, path: { id: "x" }, query: { limit: 3 } });
  });

  it("refuses a body that is not JSON", () => {
    for (const body of ["", "{", "nonsense", '{"text":']) {
      const response = endpoint({ body: note }, () => undefined)(request({ body }));
      assert.equal(response.statusCode, 400);
      assert.equal(codeOf(response), "InvalidJson");
    }
  });

  it("refuses a body of another shape, and says where and what is expected there", () => {
    const refused = (body: unknown) =>
      endpoint({ body: note }, () => undefined)(request({ body: JSON.stringify(body) }));
    for (const body of [
      null,
      [],
      "text",
      {},
      { text: 1 },
      { text: "t", more: 1 },
      { text: "t", kind: "x" },
    ]) {
      assert.equal(refused(body).statusCode, 400);
      assert.equal(codeOf(refused(body)), "InvalidBody");
    }
    assert.match(messageOf(refused({ text: 1 })), /"text" must be string/);
    assert.match(messageOf(refused({ text: "t", more: 1 })), /"more"/);
    assert.match(messageOf(refused({ text: "t", kind: "x" })), /short, long/);
  });

  it("refuses with the code that clients know for a field, when that field is missing or of another type", () => {
    const handler = endpoint({ body: note, codes: { text: "DataMissing" } }, () => undefined);
    for (const body of ["{}", '{"text":null}'])
      assert.equal(codeOf(handler(request({ body }))), "DataMissing");
    assert.equal(codeOf(handler(request({ body: '{"text":"t","more":1}' }))), "InvalidBody");
  });

  it("answers a refusal with its status, code, message and details", () => {
    const details = [{ code: "Why", message: "because" }];
    const handler = endpoint({}, () => {
      throw new Refusal("ContractNotFound", "There is none.", details);
    });
    const error = { code: "ContractNotFound", message: "There is none.", details };
    assert.deepEqual(handler(request()), { statusCode: 404, body: { error } });
  });

  it("asks who calls before it looks at anything else", () => {
    const handler = endpoint(
      {
        caller: (): string => {
          throw new Refusal("CallerNotAuthorized", "Not you.");
        },
        body: note,
      },
      () => undefined,
    );
    assert.equal(codeOf(handler(request({ body: "nonsense" }))), "CallerNotAuthorized");
  });

  it("answers a defect with a plain 500, and neither answer nor log repeats what was in the request", () => {
    const logged: string[] = [];
    const { error: original } = console;
    console.error = (...values: unknown[]) => void logged.push(values.join(" "));
    try {
      const response = endpoint({}, () => {
        throw new Error("the secret is 42");
      })(request());
      assert.equal(response.statusCode, 500);
      assert.equal(codeOf(response), "InternalError");
      assert.doesNotMatch(JSON.stringify(response), /42/);
    } finally {
      console.error = original;
    }
    assert.equal(logged.length, 1);
    assert.doesNotMatch(logged.join(""), /secret is 42/);
  });
});
