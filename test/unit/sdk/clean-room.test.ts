import assert from "node:assert/strict";
import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from "node:crypto";
import { decode } from "cbor2";
import { makeIdentity } from "../../../sandbox/member.js";
import { Answer } from "../../../sdk/answer.js";
import { makeCleanRoomKey, virtualEvidence } from "../../../sdk/attested.js";
import { serviceIdentityOf } from "../../../sdk/bound-request.js";
import { CleanRoom } from "../../../sdk/clean-room.js";
import { Client, type RequestOptions } from "../../../sdk/client.js";
import { decodeCoseSign1, verifyCoseSign1 } from "../../../sdk/cose.js";
import { ServiceError } from "../../../sdk/errors.js";

const key = makeCleanRoomKey();
const machine = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const evidence = virtualEvidence(machine, { "virtual-is-debuggable": false }, key.publicKeyPem);

/** One request, as the service would read it. */
interface Seen {
  readonly call: string;
  /** The id of the session, or `evidence`. */
  readonly as: string;
  readonly content: unknown;
}

/** A service that opens sessions, and answers everything else with one body. */
class Service extends Client {
  readonly seen: Seen[] = [];
  /** Milliseconds until sessions end. */
  lifetime = 900_000;
  #sessions = 0;
  #ended = 0;
  readonly #body: unknown;

  constructor(serviceCertificatePem: string, body: unknown = {}) {
    super({ url: "https://127.0.0.1:1", serviceCertificatePem });
    this.#body = body;
  }

  endSessions(): void {
    this.#ended = this.#sessions;
  }

  override async request(
    method: string,
    path: string,
    { body, contentType }: RequestOptions = {},
  ): Promise<Answer> {
    assert.equal(contentType, "application/cose");
    const message = decodeCoseSign1(body as Uint8Array);
    const { protectedHeaders: headers, payload } = message;
    assert.ok(verifyCoseSign1(message, key.privateKey));
    assert.deepEqual(
      [headers.get("@method"), headers.get("@request-target")],
      [method, decodeURIComponent(path)],
    );
    const service = Buffer.from(headers.get("service") as Uint8Array).toString("hex");
    assert.equal(service, serviceIdentityOf(this.serviceCertificatePem));
    const session = headers.get("session") as string | undefined;
    const content: unknown = payload?.length ? decode(payload) : undefined;
    this.seen.push({ call: `${method} ${path}`, as: session ?? "evidence", content });
    await Promise.resolve();
    if (path === "/app/attestation/sessions") {
      assert.ok(headers.has("attestation"));
      const expiresAt = new Date(Date.now() + this.lifetime).toISOString();
      return answer({ session: `session ${++this.#sessions}`, expiresAt });
    }
    if (session !== undefined && Number(session.split(" ")[1]) <= this.#ended)
      throw new ServiceError(403, "SessionNotFound", "There is no such session");
    return answer(this.#body);
  }
}

const answer = (body: unknown): Answer =>
  new Answer(200, { "x-ms-ccf-transaction-id": "2.7" }, Buffer.from(JSON.stringify(body)));

describe("a clean room", () => {
  let certificate: string;
  before(async () => void (certificate = (await makeIdentity("service")).certificatePem));

  const calls = ({ seen }: Service): string[] => seen.map(({ call, as }) => `${call} by ${as}`);

  it("presents its evidence once, for a session, and asks in the session", async () => {
    const service = new Service(certificate, { secretId: "cleanroom_n" });
    const room = new CleanRoom(service, "c1", key, evidence);
    assert.equal(await room.putSecret("n", "weights"), "cleanroom_n");
    assert.equal(await room.logEvent({ step: 1 }, { id: "a", scope: "b" }), "2.7");
    await room.logEvent("second");
    assert.deepEqual(calls(service), [
      "POST /app/attestation/sessions by evidence",
      "PUT /app/contracts/c1/secrets/n by session 1",
      "PUT /app/contracts/c1/events?id=a&scope=b by session 1",
      "PUT /app/contracts/c1/events by session 1",
    ]);
    const [opening, secret, event] = service.seen;
    assert.equal(opening?.content, undefined);
    assert.deepEqual(secret?.content, { value: "weights" });
    const { data, timestamp } = event?.content as { data: unknown; timestamp: string };
    assert.deepEqual(data, { step: 1 });
    assert.match(timestamp, /^[0-9]{13}$/);
  });

  it("asks for a secret by its name, and opens what is wrapped to its key", async () => {
    const aesKey = randomBytes(32);
    const oaep = { key: key.publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const cipher = createCipheriv("id-aes256-wrap-pad", aesKey, Buffer.from("a65959a6", "hex"));
    const wrapped = Buffer.concat([publicEncrypt(oaep, aesKey), cipher.update("swordfish"), cipher.final()]);
    const service = new Service(certificate, { value: wrapped.toString("base64"), release: 3, version: 1 });
    const secret = await new CleanRoom(service, "c1", key, evidence).secret("alice_key");
    assert.deepEqual([secret.value.toString(), secret.release, secret.txId], ["swordfish", 3, "2.7"]);
    assert.deepEqual(service.seen[1], {
      call: "POST /app/attestation/secrets",
      as: "session 1",
      content: { contractId: "c1", secretId: "alice_key" },
    });
  });

  it("opens one session for all requests that are made at the same time", async () => {
    const service = new Service(certificate);
    const room = new CleanRoom(service, "c1", key, evidence);
    await Promise.all([1, 2, 3].map((data) => room.logEvent(data)));
    assert.equal(calls(service).filter((call) => call.endsWith("by evidence")).length, 1);
    service.endSessions();
    await Promise.all([4, 5, 6].map((data) => room.logEvent(data)));
    assert.equal(calls(service).filter((call) => call.endsWith("by evidence")).length, 2);
    assert.equal(calls(service).filter((call) => call.endsWith("by session 2")).length, 3);
  });

  it("opens another session when the present one is gone or nearly so, and makes the request again", async () => {
    const service = new Service(certificate);
    const room = new CleanRoom(service, "c1", key, evidence);
    await room.logEvent(1);
    service.endSessions();
    service.lifetime = 10_000;
    await room.logEvent(2);
    await room.logEvent(3);
    const event = "PUT /app/contracts/c1/events by";
    const opening = "POST /app/attestation/sessions by evidence";
    assert.deepEqual(calls(service), [
      opening,
      `${event} session 1`,
      `${event} session 1`,
      opening,
      `${event} session 2`,
      opening,
      `${event} session 3`,
    ]);
  });

  it("makes a request again once at most, and only for the session", async () => {
    class Refusing extends Service {
      code = "SessionNotFound";
      override async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
        const answer = await super.request(method, path, options);
        if (path === "/app/attestation/sessions") return answer;
        throw new ServiceError(403, this.code, "no");
      }
    }
    const service = new Refusing(certificate);
    const room = new CleanRoom(service, "c1", key, evidence);
    const refused = (code: string) => (error: unknown) =>
      error instanceof ServiceError && error.code === code;
    await assert.rejects(room.logEvent(1), refused("SessionNotFound"));
    assert.equal(service.seen.length, 4);
    service.code = "ExecutionDisabled";
    await assert.rejects(room.logEvent(2), refused("ExecutionDisabled"));
    assert.equal(service.seen.length, 5);
  });

  it("tries to open a session again after that has failed", async () => {
    class Failing extends Service {
      failing = true;
      override async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
        if (this.failing) throw new ServiceError(400, "VerifySnpAttestationFailed", "no");
        return super.request(method, path, options);
      }
    }
    const service = new Failing(certificate);
    const room = new CleanRoom(service, "c1", key, evidence);
    await assert.rejects(room.logEvent(1), ServiceError);
    service.failing = false;
    await room.logEvent(2);
    assert.equal(service.seen.length, 2);
  });

  it("may present its evidence every time instead", async () => {
    const service = new Service(certificate);
    const room = new CleanRoom(service, "c1", key, evidence, { evidenceEveryTime: true });
    await room.logEvent(1);
    await room.logEvent(2);
    assert.deepEqual(calls(service), Array(2).fill("PUT /app/contracts/c1/events by evidence"));
  });
});
