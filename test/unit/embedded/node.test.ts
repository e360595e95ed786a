import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type { NodeConfig } from "../../../sandbox/embedded/config.js";
import { EmbeddedNode } from "../../../sandbox/embedded/node.js";
import { makeIdentity } from "../../../sandbox/member.js";

const constitution = "export function validate() {} export function resolve() {} export function apply() {}";

describe("EmbeddedNode", () => {
  const directory = mkdtempSync(join(tmpdir(), "node-"));
  let node: EmbeddedNode;
  let config: NodeConfig;

  before(async () => {
    const { certificatePem } = await makeIdentity("member");
    config = { directory, members: [{ certificate: certificatePem }], constitution };
    node = await EmbeddedNode.start(config);
  });
  after(async () => {
    await node.stop();
    rmSync(directory, { recursive: true });
  });

  const inProcess = (path: string, method = "GET", query = "") =>
    node.handle({ method, path, query, headers: {}, body: new Uint8Array() });

  interface Answer {
    status: number;
    headers: Record<string, unknown>;
    body: unknown;
  }
  const overTls = (path: string, options: { method?: string; body?: Buffer; headers?: object } = {}) =>
    new Promise<Answer>((done, failed) => {
      const { method = "GET", body, headers = {} } = options;
      const length = body ? { "content-length": body.length } : {};
      const sent = httpsRequest(node.url + path, {
        method,
        headers: { ...headers, ...length },
        ca: node.serviceCertificate,
        agent: false,
      });
      sent.on("error", failed);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const json = response.headers["content-type"] === "application/json";
          const status = response.statusCode ?? 0;
          done({ status, headers: response.headers, body: json ? JSON.parse(text) : text });
        });
      });
      sent.end(body);
    });

  /** Sends bytes as they are. @returns what comes back until the node closes, or `until` has come */
  const raw = (bytes: Buffer | string, until?: string) =>
    new Promise<string>((done, failed) => {
      let text = "";
      const socket = connect({ port: Number(new URL(node.url).port), ca: node.serviceCertificate });
      socket.on("secureConnect", () => socket.write(bytes));
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (until !== undefined && text.includes(until)) socket.destroy();
      });
      socket.on("close", () => done(text));
      socket.on("error", (error: Error) => (text === "" ? failed(error) : done(text)));
    });

  it("serves TLS with a certificate issued by the service, for the names it is reached under", async () => {
    const service = new X509Certificate(readFileSync(join(directory, "service_cert.pem")));
    const own = new X509Certificate(readFileSync(join(directory, "node_cert.pem")));
    assert.ok(own.verify(service.publicKey) && own.checkIP("127.0.0.1") && own.checkHost("localhost"));
    assert.equal((await overTls("/node/network")).status, 200);
  });

  it("answers the same in process as over the network", async () => {
    const { status, body } = await overTls("/node/network");
    assert.deepEqual({ status, body }, { status: 200, body: inProcess("/node/network").body });
  });

  it("keeps private files to its user", () => {
    for (const file of ["service_privk.pem", "node_privk.pem", "ledger_secrets"])
      assert.equal(statSync(join(directory, "node", file)).mode & 0o077, 0);
  });

  it("names the transaction that an answer belongs to, and none where no state was looked at", () => {
    assert.match(inProcess("/node/network").headers?.["x-ms-ccf-transaction-id"] ?? "", /^2\.\d+$/);
    assert.equal(inProcess("/node/version").headers?.["x-ms-ccf-transaction-id"], undefined);
    assert.equal(inProcess("/node/none").headers?.["x-ms-ccf-transaction-id"], undefined);
  });

  it("keeps the application closed until the service is open", () => {
    for (const path of ["/app/commit", "/anything", "/"])
      assert.deepEqual(
        [inProcess(path).status, inProcess(path).body],
        [404, { error: { code: "FrontendNotOpen", message: "Frontend is not open." } }],
      );
    assert.equal(inProcess("/node/ready/app").status, 503);
    assert.equal(inProcess("/node/ready/gov").status, 204);
  });

  it("tells unknown paths and methods apart", () => {
    assert.equal(inProcess("/node/nothing").status, 404);
    const wrongMethod = inProcess("/node/state", "DELETE");
    assert.deepEqual([wrongMethod.status, wrongMethod.headers?.allow], [405, "OPTIONS, GET"]);
    assert.deepEqual(inProcess("/node/state", "OPTIONS"), {
      status: 204,
      headers: { allow: "OPTIONS, GET" },
    });
  });

  it("gives the receipt of a transaction after having fetched it", () => {
    const receipt = () => inProcess("/node/receipt", "GET", "transaction_id=2.1");
    const first = receipt();
    assert.deepEqual([first.status, first.headers?.["retry-after"]], [202, "3"]);
    assert.equal(receipt().status, 200);
    assert.ok("leaf_components" in (receipt().body as object));
  });

  it("tells which transactions can have no receipt", () => {
    const refusal = (id: string) => {
      const { status, body } = inProcess("/node/receipt", "GET", `transaction_id=${id}`);
      return [status, (body as { error: { code: string } }).error.code];
    };
    assert.deepEqual(refusal("2.99999"), [404, "TransactionPendingOrUnknown"]);
    assert.deepEqual(refusal("1.1"), [404, "TransactionInvalid"]);
    for (const id of ["", "nonsense", "0.1", "2.0", "2.1x"])
      assert.deepEqual(refusal(id), [404, "TransactionInvalid"]);
  });

  describe("whatever a client sends", () => {
    afterEach(async () => {
      assert.equal((await overTls("/node/state")).status, 200, "the node still answers");
    });

    it("refuses bodies of 10 MB, and lets the client know", async () => {
      const { status, body } = await overTls("/gov/members/proposals:create?api-version=2024-07-01", {
        method: "POST",
        body: Buffer.alloc(10_000_000),
      });
      assert.deepEqual(
        [status, (body as { error: { code: string } }).error.code],
        [413, "RequestBodyTooLarge"],
      );
    });

    it("refuses huge headers", async () => {
      const answer = await raw(`GET / HTTP/1.1\r\nx: ${"v".repeat(20_000)}\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 431 /);
      assert.match(answer, /RequestHeaderTooLarge/);
    });

    it("refuses bytes that are no request, and repeats them", async () => {
      const answer = await raw("hello there\r\n\r\n");
      assert.match(answer, /^HTTP\/1\.1 400 BAD_REQUEST\r\n/);
      assert.match(answer, /HPE_INVALID_METHOD.*\nError occurred while parsing fragment:\nhello there/);
    });

    it("refuses signed requests that are none", async () => {
      const path = "/gov/members/proposals:create?api-version=2024-07-01";
      const headers = { "content-type": "application/cose" };
      for (const body of [Buffer.from("{}"), Buffer.from([0xd2, 0x84, 0xff, 0xff]), Buffer.alloc(0)])
        assert.ok((await overTls(path, { method: "POST", headers, body })).status >= 400);
    });

    it("survives invalid UTF-8 and control characters", async () => {
      const path = Buffer.from([0x2f, 0xff, 0xfe, 0xc3, 0x28]);
      const request = Buffer.concat([Buffer.from("GET "), path, Buffer.from(" HTTP/1.1\r\nx: \xff\r\n\r\n")]);
      assert.match(await raw(request, "}}"), /^HTTP\/1\.1 404 /);
      assert.match(await raw("GET /\u0000 HTTP/1.1\r\n\r\n"), /^HTTP\/1\.1 400 /);
    });

    it("survives clients that go away in the middle", async () => {
      await new Promise<void>((done) => {
        const socket = connect({ port: Number(new URL(node.url).port), ca: node.serviceCertificate }, () => {
          socket.write("POST /node/state HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf", () =>
            socket.destroy(),
          );
        });
        socket.on("close", () => done());
      });
    });

    it("answers requests over one connection in order, also to clients that ask to close", async () => {
      const one = "GET /node/version HTTP/1.1\r\nconnection: close\r\n\r\n";
      const two = "GET /node/nothing HTTP/1.0\r\n\r\n";
      const answer = await raw(one + two, "Unknown path");
      assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 404"]);
    });
  });

  it("goes on from its ledger after a stop", async () => {
    const before = inProcess("/node/network").body as Record<string, unknown>;
    await node.stop();
    node = await EmbeddedNode.start(config);
    const after = inProcess("/node/network").body as Record<string, unknown>;
    assert.equal(after.service_certificate, before.service_certificate);
    assert.ok(Number(after.current_view) > Number(before.current_view));
    const status = inProcess("/node/tx", "GET", "transaction_id=2.1").body;
    assert.deepEqual(status, { status: "Committed", transaction_id: "2.1" });
  });

  it("refuses to begin a new service over the keys of one whose ledger is gone", async () => {
    await node.stop();
    rmSync(join(directory, "ledger"), { recursive: true });
    await assert.rejects(EmbeddedNode.start(config), /has the keys of a service but no ledger/);
    rmSync(join(directory, "node"), { recursive: true });
    node = await EmbeddedNode.start(config);
    assert.ok(existsSync(join(directory, "ledger")));
  });

  it("leaves nothing open when its port is taken", async () => {
    const other = mkdtempSync(join(tmpdir(), "node-"));
    const port = Number(new URL(node.url).port);
    await assert.rejects(EmbeddedNode.start({ ...config, directory: other, port }), { code: "EADDRINUSE" });
    rmSync(other, { recursive: true });
  });
});
