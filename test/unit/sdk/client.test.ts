import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { TLSSocket } from "node:tls";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { makeIdentity } from "../../../sandbox/member.js";
import { transactionStatus } from "../../../sdk/answers.js";
import { Client } from "../../../sdk/client.js";
import { ServiceError, UsageError } from "../../../sdk/errors.js";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A service of one node, with certificates like CCF's, that answers as each test says. */
function makeService() {
  const key = () => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const [serviceKey, nodeKey] = [key(), key()];
  const validity = { validFrom: new Date(Date.now() - 1000), validityDays: 1 };
  const certificate = makeCertificate({
    subject: "CCF Network",
    publicKey: createPublicKey(serviceKey),
    issuer: serviceKey,
    authority: true,
    ...validity,
  });
  const nodeCertificate = makeCertificate({
    subject: "CCF Node",
    publicKey: createPublicKey(nodeKey),
    issuer: { certificate, privateKey: serviceKey },
    alternativeNames: ["127.0.0.1", "localhost"],
    ...validity,
  });
  const pem = nodeKey.export({ type: "pkcs8", format: "pem" });
  const node = { key: pem, cert: nodeCertificate };
  const service = { certificate, node, handler: (() => undefined) as Handler, requests: 0 };
  const server = createServer(tlsOf(service), (request, response) => {
    service.requests++;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => service.handler(request, response, Buffer.concat(chunks).toString()));
  });
  return { service, server };
}

/** How a node of a service presents itself, and takes certificates of clients. */
function tlsOf({ node }: { node: { key: string | Buffer; cert: string } }) {
  return { ...node, requestCert: true, rejectUnauthorized: false };
}

const json = (response: ServerResponse, status: number, value: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));

async function failsWith(code: string, promise: Promise<unknown>): Promise<ServiceError> {
  let found: ServiceError | undefined;
  await assert.rejects(promise, (error) => {
    if (error instanceof ServiceError) found = error;
    return found?.code === code;
  });
  assert.ok(found);
  return found;
}

describe("Client", () => {
  const { service, server } = makeService();
  let client: Client;
  let url: string;

  before((done) => {
    server.listen(0, "127.0.0.1", () => {
      url = `https://127.0.0.1:${portOf(server)}`;
      client = new Client({ url, serviceCertificatePem: service.certificate, timeoutMs: 2000 });
      done();
    });
  });

  beforeEach(() => {
    service.requests = 0;
  });

  after((done) => {
    client.close();
    server.close(done);
    server.closeAllConnections();
  });

  it("sends objects as JSON, bytes as they are, and gives back JSON and the transaction", async () => {
    service.handler = (request, response, body) =>
      json(
        response,
        200,
        { type: request.headers["content-type"], body },
        { "x-ms-ccf-transaction-id": "2.15" },
      );
    const answer = await client.post("/app/x", { a: 1 });
    assert.deepEqual(answer.json(), { type: "application/json", body: '{"a":1}' });
    assert.equal(answer.txId, "2.15");
    const bytes = await client.post("/gov/x", new TextEncoder().encode("raw"), "application/cose");
    assert.deepEqual(bytes.json(), { type: "application/cose", body: "raw" });
  });

  it("throws a refusal with the status, code, message and details of the service", async () => {
    const details = [{ code: "ClaimMismatch", message: "no" }];
    service.handler = (_request, response) =>
      json(response, 400, { error: { code: "VerifySnpAttestationFailed", message: "refused", details } });
    const error = await failsWith("VerifySnpAttestationFailed", client.get("/app/x"));
    assert.deepEqual([error.status, error.message, error.details], [400, "refused", details]);
  });

  it("a refusal that is not the service's own keeps its status", async () => {
    service.handler = (_request, response) => response.writeHead(502).end("<html>");
    assert.equal((await failsWith("Unknown", client.get("/app/x"))).status, 502);
  });

  it("an answer that is not JSON, has another shape, or names no transaction is no answer", async () => {
    service.handler = (_request, response) => response.writeHead(200).end("not json");
    const answer = await client.get("/app/x");
    assert.throws(() => answer.json(), { code: "UnexpectedAnswer" });
    assert.throws(() => answer.writtenTxId, { code: "UnexpectedAnswer" });
    service.handler = (_request, response) => json(response, 200, { status: "Fine" });
    const other = await client.get("/app/x");
    assert.throws(() => other.as(transactionStatus), { code: "UnexpectedAnswer" });
  });

  it("presents the certificate of a member, or the token of a user", async () => {
    service.handler = ({ socket, headers }, response) => {
      assert.ok(socket instanceof TLSSocket);
      const subject = socket.getPeerCertificate().subject as object | undefined;
      json(response, 200, { subject, authorization: headers.authorization });
    };
    const member = client.as({ identity: await makeIdentity("alice") });
    const user = client.as({ token: "abc" });
    assert.deepEqual((await member.get("/app/x")).json(), { subject: { CN: "alice" } });
    assert.deepEqual((await user.get("/app/x")).json(), { authorization: "Bearer abc" });
    member.close();
    user.close();
  });

  it("trusts nothing but the service's certificate: Untrusted, at once", async () => {
    const stranger = new Client({ url, serviceCertificatePem: makeService().service.certificate });
    await failsWith("Untrusted", stranger.get("/app/x"));
    assert.equal(service.requests, 0);
  });

  it("repeats a GET that was answered with 503, but no POST", async () => {
    service.handler = (_request, response) => json(response, service.requests < 3 ? 503 : 200, {});
    assert.equal((await client.get("/app/x")).status, 200);
    assert.equal(service.requests, 3);
    service.requests = 0;
    service.handler = (_request, response) =>
      json(response, 503, { error: { code: "Busy", message: "busy" } });
    await failsWith("Busy", client.post("/app/x", {}));
    assert.equal(service.requests, 1);
  });

  it("does not repeat a POST that may have arrived, and says so: Unanswered", async () => {
    service.handler = (request) => request.socket.destroy();
    const error = await failsWith("Unanswered", client.post("/app/x", {}));
    assert.match(error.message, /may have been carried out/);
    assert.equal(service.requests, 1);
  });

  it("repeats a GET whose answer was lost", async () => {
    service.handler = (request, response) =>
      service.requests < 3 ? request.socket.destroy() : json(response, 200, {});
    assert.equal((await client.get("/app/x")).status, 200);
    assert.equal(service.requests, 3);
  });

  it("repeats a GET that a node passed on in vain, but no POST: Unanswered", async () => {
    service.handler = (_request, response) =>
      response.writeHead(service.requests < 2 ? 504 : 200).end("Request was forwarded to node n[1]");
    assert.equal((await client.get("/app/x")).status, 200);
    assert.equal(service.requests, 2);
    service.requests = 0;
    const error = await failsWith("Unanswered", client.post("/app/x", {}));
    assert.deepEqual([error.status, service.requests], [504, 1]);
    assert.match(error.message, /POST \/app\/x.* may have been carried out/);
  });

  it("repeats what a node did not carry out because the primary has changed, also a POST", async () => {
    service.handler = (_request, response) =>
      service.requests < 2
        ? json(response, 500, { error: { code: "SessionConsistencyLost", message: "Closing session." } })
        : json(response, 200, {});
    assert.equal((await client.post("/app/x", {})).status, 200);
    assert.equal(service.requests, 2);
    service.requests = 0;
    service.handler = (_request, response) =>
      json(response, 500, { error: { code: "InternalError", message: "a defect" } });
    await failsWith("InternalError", client.post("/app/x", {}));
    assert.equal(service.requests, 1);
  });

  it("does not go through all its connections when the primary has changed: they began before", async () => {
    const waiting: ServerResponse[] = [];
    const before = new Set<unknown>();
    service.handler = ({ socket }, response) => {
      before.add(socket);
      if (waiting.push(response) === 8) for (const one of waiting) json(one, 200, {});
    };
    await Promise.all(Array.from({ length: 8 }, () => client.post("/app/x", {})));
    service.requests = 0;
    service.handler = ({ socket }, response) => {
      if (!before.has(socket)) return json(response, 200, {});
      json(response, 500, { error: { code: "SessionConsistencyLost", message: "Closing session." } });
      return socket.end();
    };
    await client.post("/app/x", {});
    await client.post("/app/x", {});
    assert.equal(service.requests, 3);
  });

  it("gives up on an answer that does not come: Timeout", async () => {
    service.handler = () => undefined;
    const hasty = new Client({ url, serviceCertificatePem: service.certificate, timeoutMs: 100 });
    await failsWith("Timeout", hasty.post("/app/x", {}));
    await failsWith("Timeout", hasty.get("/app/x"));
    assert.equal(service.requests, 2);
    hasty.close();
  });

  it("committed() waits for a pending transaction, and says when it is lost or takes too long", async () => {
    const statuses = ["Unknown", "Pending", "Committed"];
    service.handler = (request, response) => {
      assert.equal(request.url, "/node/tx?transaction_id=2.15");
      json(response, 200, { status: statuses[service.requests - 1] });
    };
    await client.committed("2.15");
    assert.equal(service.requests, 3);
    service.handler = (_request, response) => json(response, 200, { status: "Invalid" });
    await failsWith("TransactionInvalid", client.committed("2.15"));
    service.handler = (_request, response) => json(response, 200, { status: "Pending" });
    await failsWith("CommitTimeout", client.committed("2.15", 50));
  });

  describe("of several nodes", () => {
    const other = createServer(tlsOf(service), (request, response) => {
      answered.push(`${request.method} ${request.url}`);
      json(response, 200, {});
    });
    const answered: string[] = [];
    let otherUrl: string;
    let dead: string;
    /** Takes connections and says nothing, as a machine that was cut off seems to. */
    const silent = createTcpServer((socket) => socket.on("error", () => socket.destroy()));
    let silentUrl: string;

    before(async () => {
      await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
      silentUrl = `https://127.0.0.1:${portOf(silent)}`;
      await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
      otherUrl = `https://127.0.0.1:${portOf(other)}`;
      const ended = createServer();
      await new Promise<void>((listening) => ended.listen(0, "127.0.0.1", listening));
      dead = `https://127.0.0.1:${portOf(ended)}`;
      await new Promise((closed) => ended.close(closed));
    });

    beforeEach(() => answered.splice(0));

    after((done) => {
      silent.close();
      other.close(done);
      other.closeAllConnections();
    });

    const clientOf = (...urls: string[]) =>
      new Client({
        url: urls,
        serviceCertificatePem: service.certificate,
        timeoutMs: 2000,
        connectTimeoutMs: 200,
      });

    it("goes on with the next one when one cannot be reached, also with a POST, and stays there", async () => {
      const both = clientOf(dead, otherUrl);
      await both.post("/app/x", {});
      assert.equal(both.url, otherUrl);
      await both.get("/app/y");
      assert.deepEqual(answered, ["POST /app/x", "GET /app/y"]);
      both.close();
    });

    it("asks the next one when one is not able to answer a GET", async () => {
      service.handler = (_request, response) => json(response, 503, {});
      const both = clientOf(url, otherUrl);
      assert.equal((await both.get("/app/x")).status, 200);
      assert.equal(service.requests, 1);
      both.close();
    });

    it("does not ask another one again what may have been carried out", async () => {
      service.handler = (request) => request.socket.destroy();
      const both = clientOf(url, otherUrl);
      await failsWith("Unanswered", both.post("/app/x", {}));
      assert.deepEqual(answered, []);
      both.close();
    });

    it("goes on with the next one when no connection comes about, or what answers is not the service", async () => {
      const stranger = createServer(tlsOf(makeService().service), () => assert.fail("it was asked"));
      await new Promise<void>((listening) => stranger.listen(0, "127.0.0.1", listening));
      const strangerUrl = `https://127.0.0.1:${portOf(stranger)}`;
      for (const url of [silentUrl, strangerUrl]) {
        const both = clientOf(url).at([url, otherUrl]);
        await both.post("/app/x", {});
        both.close();
      }
      assert.deepEqual(answered, ["POST /app/x", "POST /app/x"]);
      for (const [url, code] of [
        [silentUrl, "Unreachable"],
        [strangerUrl, "Untrusted"],
      ] as const) {
        const alone = clientOf(url);
        await failsWith(code, alone.post("/app/x", {}));
        alone.close();
      }
      await new Promise((closed) => stranger.close(closed));
    });

    it("says that nothing was sent when no node can be reached: Unreachable", async () => {
      const none = clientOf(dead, dead);
      await failsWith("Unreachable", none.post("/app/x", {}));
      none.close();
    });

    it("asks another one when it is sent to a primary that is dead", async () => {
      service.handler = (_request, response) => response.writeHead(307, { location: `${dead}/app/x` }).end();
      const both = clientOf(url, otherUrl);
      await both.post("/app/x", {});
      assert.deepEqual(answered, ["POST /app/x"]);
      both.close();
    });

    it("follows a node that sends it to the primary, with the whole request", async () => {
      service.handler = (_request, response) =>
        response.writeHead(307, { location: `${otherUrl}/app/x?a=b` }).end();
      const one = clientOf(url);
      assert.equal((await one.post("/app/x?a=b", {})).status, 200);
      assert.deepEqual(answered, ["POST /app/x?a=b"]);
      one.close();
    });

    it("follows nobody to another path, nor to what is not this service", async () => {
      const one = clientOf(url);
      service.handler = (_request, response) =>
        response.writeHead(307, { location: `${otherUrl}/app/z` }).end();
      await failsWith("Unknown", one.post("/app/x", {}));
      const stranger = createServer(tlsOf(makeService().service), () => assert.fail("it was asked"));
      await new Promise<void>((listening) => stranger.listen(0, "127.0.0.1", listening));
      const location = `https://127.0.0.1:${portOf(stranger)}/app/x`;
      service.handler = (_request, response) => response.writeHead(307, { location }).end();
      await failsWith("Untrusted", one.post("/app/x", {}));
      assert.deepEqual(answered, []);
      one.close();
      await new Promise((closed) => stranger.close(closed));
    });

    it("does not send a request round for ever", async () => {
      service.handler = (_request, response) => response.writeHead(308, { location: `${url}/app/x` }).end();
      const one = clientOf(url);
      await failsWith("Unknown", one.get("/app/x"));
      assert.equal(service.requests, 4);
      one.close();
    });
  });

  it("refuses an address that is none, or not HTTPS, before anything is sent", () => {
    for (const bad of ["", "127.0.0.1:8443", "http://127.0.0.1:8443"])
      assert.throws(() => new Client({ url: bad, serviceCertificatePem: service.certificate }), UsageError);
  });
});

function portOf(server: Server | TcpServer): number {
  return (server.address() as AddressInfo).port;
}
