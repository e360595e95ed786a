import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Application } from "./application.js";

const source = `
export const echo = ({ method, path, query, route, url, params, headers, body, caller }) =>
  ({ body: { method, path, query, route, url, params, headers, text: body.text(), caller } });
const table = ccf.kv["public:records"];
const key = (text) => ccf.strToBuf(text);
export const put = (request) => {
  const { id, value, status, apply, claims } = request.body.json();
  ccf.kv["public:records"].set(key(id), key(value));
  if (apply !== undefined) ccf.rpc.setApplyWrites(apply);
  if (claims !== undefined) ccf.rpc.setClaimsDigest(ccf.crypto.digest("SHA-256", key(claims)));
  return { statusCode: status ?? 200 };
};
export const get = ({ params }) => {
  const value = ccf.kv["public:records"].get(key(params.id));
  return value ? { body: ccf.bufToStr(value) } : { statusCode: 404, body: { gone: true } };
};
export const past = ({ params }) =>
  ({ body: ccf.bufToStr(ccf.historicalState.kv["public:records"].get(key(params.id))) });
export const bytes = () => ({ body: new Uint8Array([1, 2]), headers: { "X-Kind": "bytes" } });
export const answer = ({ body }) => body.json();
export const fail = () => { throw new Error("secret reason"); };
export const nothing = () => ({});
`;

const endpoints = {
  "GET /echo/{name}": { f: "echo", mode: "readonly" },
  "POST /records": { f: "put" },
  "POST /readonly": { f: "put", mode: "readonly" },
  "GET /records/{id}": { f: "get", mode: "readonly" },
  "GET /past/{id}": { f: "past", mode: "historical" },
  "GET /bytes": { f: "bytes" },
  "POST /answer": { f: "answer" },
  "GET /fail": { f: "fail" },
  "GET /nothing": { f: "nothing" },
  "GET /nobody": { f: "nothing", authn_policies: ["user_cert"] },
  "GET /wrong/mode": { f: "nothing", mode: "sometimes" },
  "GET /wrong/policy": { f: "nothing", authn_policies: ["none"] },
  "GET /hidden": { f: "nothing", openapi_hidden: true },
  "GET /told": { f: "nothing", openapi: { summary: "Told" } },
};

describe("an application", () => {
  let app: Application;
  before(async () => {
    app = await Application.start(endpoints, source);
  });
  after(() => app.stop());

  const json = (body: object) => ({ body: Buffer.from(JSON.stringify(body)) });
  const put = (record: object) => app.request("POST /app/records", json(record));
  const errorOf = (response: { body?: unknown }) =>
    (response.body as { error: { code: string; message: string } }).error;

  it("sees the request as it was sent, but for the query, which is decoded", () => {
    const { text } = app.request("GET /app/echo/a%20b?x=%26+1", {
      headers: { host: "h" },
      body: Buffer.from("é"),
    });
    assert.deepEqual(JSON.parse(text), {
      method: "GET",
      path: "/app/echo/a%20b",
      query: "x=& 1",
      route: "/app/echo/{name}",
      url: "/app/echo/a%20b?x=& 1",
      params: { name: "a%20b" },
      headers: { host: "h" },
      text: "é",
      caller: { policy: "no_auth" },
    });
  });

  it("is reached without the prefix too", () => {
    assert.equal(app.request("GET /nothing").status, 200);
  });

  it("reads what it has written before, each write in a transaction of its own", () => {
    const first = put({ id: "a", value: "one" });
    const second = put({ id: "a", value: "two" });
    assert.ok(first.txId !== undefined && first.txId !== second.txId);
    const { text, txId, headers } = app.request("GET /app/records/a");
    assert.deepEqual([text, txId, headers?.["content-type"]], ["two", second.txId, "text/plain"]);
  });

  it("loses what it wrote if it does not answer with a success, unless it insists", () => {
    for (const [id, status, apply, kept] of [
      ["ok", 201, undefined, true],
      ["redirect", 302, undefined, false],
      ["refused", 400, undefined, false],
      ["refused-but-kept", 400, true, true],
      ["given-up", 200, false, false],
    ] as const) {
      const { txId } = put({ id, value: "v", status, apply });
      assert.equal(txId !== undefined, kept, id);
      assert.equal(app.request(`GET /app/records/${id}`).status, kept ? 200 : 404, id);
    }
  });

  it("cannot write where it said that it would not", () => {
    assert.equal(app.request("POST /app/readonly", json({ id: "x", value: "v" })).status, 500);
    assert.equal(app.request("GET /app/records/x").status, 404);
  });

  it("puts the digest of its claims into the receipt", async () => {
    const { txId = "" } = put({ id: "c", value: "v", claims: "what is claimed" });
    await app.node.ledger.flush();
    app.request(`GET /app/receipt?transaction_id=${txId}`);
    const { status, body } = app.request(`GET /app/receipt?transaction_id=${txId}`);
    assert.equal(status, 200);
    const { leaf_components: leaf } = body as { leaf_components: { claims_digest: string } };
    assert.equal(leaf.claims_digest, createHash("sha256").update("what is claimed").digest("hex"));
  });

  it("sees a past transaction where it asks for it", async () => {
    const { txId = "" } = put({ id: "h", value: "then" });
    put({ id: "h", value: "now" });
    await app.node.ledger.flush();
    const past = () => app.request("GET /app/past/h", { headers: { "x-ms-ccf-transaction-id": txId } });
    assert.equal(past().status, 202);
    assert.deepEqual([past().status, past().text], [200, "then"]);
    assert.equal(errorOf(app.request("GET /app/past/h")).code, "TransactionInvalid");
  });

  it("answers with bytes and headers of its own", () => {
    const { body, headers } = app.request("GET /app/bytes");
    assert.deepEqual(Buffer.from(body as Uint8Array), Buffer.from([1, 2]));
    assert.equal(headers?.["content-type"], "application/octet-stream");
    assert.equal(headers["X-Kind"], "bytes");
  });

  it("cannot answer with a status that HTTP does not know", () => {
    for (const statusCode of [0, 99, 600, 1000])
      assert.equal(app.request("POST /app/answer", json({ statusCode })).status, 500);
    assert.equal(app.request("POST /app/answer", json({ statusCode: 418 })).status, 418);
  });

  it("keeps what it threw to itself, unless the members allow to tell", () => {
    const quiet = app.request("GET /app/fail");
    assert.deepEqual(
      [quiet.status, quiet.text.includes("secret reason"), app.logged.join().includes("secret")],
      [500, false, false],
    );
    app.setOptions({ return_exception_details: true, log_exception_details: true });
    const told = app.request("GET /app/fail");
    assert.match(told.text, /"code":"JSException","message":"Error: secret reason"/);
    assert.match(app.logged.join(), /secret reason/);
    app.setOptions({});
  });

  it("is not called by callers whom its policies refuse", () => {
    assert.equal(errorOf(app.request("GET /app/nobody")).code, "InvalidAuthenticationInfo");
  });

  it("fails where its endpoints are described wrongly, and ends the connection", () => {
    const mode = app.request("GET /app/wrong/mode");
    assert.deepEqual(
      [mode.status, mode.closes, errorOf(mode).message],
      [500, true, 'Exception: "sometimes" is not convertible to Mode'],
    );
    assert.equal(
      errorOf(app.request("GET /app/wrong/policy")).message,
      "Exception: Unknown auth policy: none",
    );
  });

  it("is described by what its endpoints say of themselves", () => {
    const { paths } = app.request("GET /app/api").body as { paths: Record<string, unknown> };
    assert.deepEqual(paths["/app/told"], { get: { summary: "Told" } });
    assert.equal(paths["/app/hidden"], undefined);
    assert.ok(paths["/app/commit"]);
  });

  it("can be replaced at any time", () => {
    app.change((tx) => {
      const table = tx.table("public:ccf.gov.endpoints");
      const told = table.get(Buffer.from("GET /told"));
      assert.ok(told);
      table.set(Buffer.from("GET /moved"), told);
      table.delete(Buffer.from("GET /told"));
    });
    assert.deepEqual([app.request("GET /app/told").status, app.request("GET /app/moved").status], [404, 200]);
  });
});
