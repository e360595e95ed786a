import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import canonicalize from "canonicalize";
import { verifyWith } from "../../../sandbox/embedded/js/crypto/signatures.js";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { listEvents, putContractEvent } from "../../../src/endpoints/events.js";
import { signedRequest } from "../../../sdk/attested.js";
import { boundRequest, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { eventClaim } from "../../../sdk/contract.js";
import { singleKey } from "../../support/ccf.js";
import { makeServiceCertificate, request } from "./bound.js";
import {
  alice,
  asMember,
  assertRefused,
  asToken,
  otherRoom,
  room,
  Service,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const contractId = "c1";
const machine = new VirtualMachine();

describe("events", () => {
  let service: Service;
  const evidence = machine.evidence(room);
  beforeEach(() => {
    service = new Service();
    service.acceptContract(contractId);
    service.setPolicy(contractId, virtualPolicy);
    machine.registerWith(service);
  });

  const send = (body: unknown, query = "") =>
    service.call(putContractEvent, { params: { contractId }, query, body });
  const log = (data: unknown, query = "", timestamp = "1700000000123") =>
    send({ ...signedRequest(room, evidence, data), timestamp }, query);
  const read = (query = "") =>
    service.call(listEvents, { caller: asMember(alice), params: { contractId }, query });
  /** Logs an event in the transaction with this sequence number. */
  const logAt = (seqno: number, data: unknown, query = "") => {
    service.ccf.version = seqno - 1;
    assert.equal(log(data, query).status, 204);
  };

  it("are appended by attested code, and the newest is read with both spellings of its time (improvement 21)", () => {
    const { status, body } = log({ step: 1 });
    assert.deepEqual([status, body], [204, undefined]);
    const seqno = service.ccf.version;
    const time = "2023-11-14T22:13:20.123Z";
    assert.deepEqual(read().body, {
      value: [
        {
          contractId,
          scope: "",
          id: contractId,
          seqno,
          timestamp: "1700000000123",
          timestamp_iso: time,
          timestampIso: time,
          data: { step: 1 },
        },
      ],
    });
  });

  it("are the claim of their transaction", () => {
    log({ b: 1, a: [true, null, "ü"] }, "id=e&scope=s", "7");
    const claim = Buffer.from(service.ccf.claimsDigest ?? new ArrayBuffer(0)).toString("hex");
    const [event] = read("id=e&scope=s").body.value;
    assert.ok(event);
    assert.equal(event.timestamp, "0000000000007");
    const canonical = canonicalize(eventClaim({ ...event })) ?? "";
    assert.equal(claim, createHash("sha256").update(canonical).digest("hex"));
  });

  it("are kept apart by contract, scope and id, an empty id included (improvement 20)", () => {
    log("default");
    log("empty id", "id=");
    log("id", "id=x");
    log("scope", "id=x&scope=s");
    const data = (query: string): unknown[] => read(query).body.value.map(({ data }) => data);
    assert.deepEqual(data(""), ["default"]);
    assert.deepEqual(data(`id=${contractId}`), ["default"]);
    assert.deepEqual(data("id="), ["empty id"]);
    assert.deepEqual(data("id=x"), ["id"]);
    assert.deepEqual(data("id=x&scope=s"), ["scope"]);
    assert.deepEqual(data("id=s&scope=x"), []);
    for (const query of ["id=a/b", "id=a b", "scope=ä", `id=${"x".repeat(129)}`, "scope=s/x"]) {
      assertRefused(log(1, query), 400, "InvalidQuery");
      assertRefused(read(query), 400, "InvalidQuery");
    }
  });

  it("are read in ranges of the ledger, both ends included", () => {
    for (const seqno of [10, 20, 30, 40, 50]) logAt(seqno, seqno);
    for (let from = 1; from <= 55; from++) {
      for (let to = from; to <= 55; to += 7) {
        const expected = [10, 20, 30, 40, 50].filter((seqno) => seqno >= from && seqno <= to);
        const { value, nextLink } = read(`from_seqno=${from}&to_seqno=${to}`).body;
        assert.deepEqual(
          value.map(({ data }) => data),
          expected,
        );
        assert.deepEqual(
          value.map(({ seqno }) => seqno),
          expected,
        );
        assert.equal(nextLink, undefined);
      }
    }
    assert.equal(read("from_seqno=25").body.value.length, 3);
    assert.equal(read("to_seqno=25").body.value.length, 2);
    assert.deepEqual(read("from_seqno=51").body, { value: [] });
    assert.deepEqual(read("from_seqno=1&id=never").body, { value: [] });
  });

  it("are read page by page, each once, with the page size kept and no page empty (improvements 21 and 23)", () => {
    const seqnos = [3, 4, 5, 100, 5000, 5001, 90_000];
    for (const seqno of seqnos) logAt(seqno, seqno, "id=e&scope=s");
    for (const [perPage, pages] of [
      [undefined, 3],
      [0, 7],
      [1, 5],
      [2, 4],
      [97, 3],
      [1_000_000, 3],
    ] as const) {
      const size = perPage === undefined ? "" : `&max_seqno_per_page=${perPage}`;
      const query = `id=e&scope=s&from_seqno=1${size}`;
      const found = service.pages(listEvents, { caller: asMember(alice), params: { contractId }, query });
      assert.deepEqual(
        found.flatMap((page) => page.map(({ data }) => data)),
        seqnos,
      );
      assert.equal(found.length, pages, `${perPage} per page`);
      assert.ok(found.every((page) => page.length > 0));
    }
  });

  it("are found without reading the whole ledger (improvement 21)", () => {
    for (let seqno = 10; seqno < 10 + 2 ** 7; seqno++) logAt(seqno, 0);
    let reads = 0;
    const { kv } = ccf;
    ccf.kv = new Proxy(kv, {
      get: (target, name: string) =>
        new Proxy(target[name] as object, {
          get: (map, method: string) => (reads++, Reflect.get(map, method) as unknown),
        }),
    });
    assert.equal(read("from_seqno=100&to_seqno=101").body.value.length, 2);
    assert.ok(reads < 60, `${reads} reads`);
  });

  for (const query of [
    "from_seqno=0",
    "from_seqno=-1",
    "from_seqno=x",
    "from_seqno=",
    "from_seqno=1.5",
    "from_seqno=1e3",
    "to_seqno=0",
    "from_seqno=5&to_seqno=4",
    "from_seqno=1&max_seqno_per_page=-1",
    "from_seqno=99999999999999999",
  ]) {
    it(`refuse the range ${query} (improvement 21)`, () =>
      assertRefused(read(query), 400, "InvalidParameter"));
  }

  it("need a timestamp of at most 13 digits (improvement 21)", () => {
    const good = signedRequest(room, evidence, {});
    for (const [timestamp, code] of [
      [undefined, "TimestampMissing"],
      [null, "TimestampMissing"],
      ["", "TimestampMissing"],
      ["10000000000000", "TimestampTooLarge"],
      ["1e14", "TimestampTooLarge"],
      [1e14, "TimestampTooLarge"],
      ["abc", "TimestampInvalid"],
      ["-1", "TimestampInvalid"],
      ["1.5", "TimestampInvalid"],
      [" 1", "TimestampInvalid"],
      ["1e3", "TimestampInvalid"],
      ["00000000000001", "TimestampInvalid"],
      [1700000000123, "TimestampInvalid"],
      [{}, "TimestampInvalid"],
      [{ toString: 1, valueOf: 1 }, "TimestampInvalid"],
    ] satisfies [unknown, string][]) {
      assertRefused(send({ ...good, timestamp }), 400, code);
    }
    assert.equal(log(1, "", "9999999999999").status, 204);
    assert.equal(read().body.value[0]?.timestampIso, "2286-11-20T17:46:39.999Z");
  });

  it("need evidence, and a signature by the key that the evidence binds", () => {
    const good = signedRequest(room, evidence, { step: 1 });
    assertRefused(send({ ...good, attestation: undefined }), 400, "AttestationMissing");
    assertRefused(send({ ...good, sign: undefined }), 400, "SignatureMissing");
    assertRefused(send({ ...good, sign: { publicKey: good.sign.publicKey } }), 400, "SignatureMissing");
    assertRefused(send({ ...good, data: undefined }), 400, "DataMissing");
    assertRefused(send({ ...good, data: Buffer.from("{").toString("base64") }), 400, "SignatureMismatch");
    assertRefused(send(signedRequest(otherRoom, evidence, { step: 1 })), 400, "ReportDataMismatch");
    assertRefused(send({ ...good, sign: { ...good.sign, signature: "AAAA" } }), 400, "SignatureMismatch");
    assertRefused(send({ ...good, platform: "sgx" }), 400, "UnsupportedPlatform");
    const wrong = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
    assertRefused(send(signedRequest(room, wrong, {})), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.deepEqual(read().body, { value: [] });
  });

  it("need data, also in a bound request", () => {
    const cert = makeServiceCertificate();
    service.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert });
    const url = `/app/contracts/${contractId}/events`;
    const said = {
      method: "PUT",
      target: url,
      service: serviceIdentityOf(cert),
      key: room,
      as: { evidence },
    };
    const codeOf = (content?: Readonly<Record<string, unknown>>) => {
      const body = boundRequest({ ...said, ...(content && { content }) });
      const answer = putContractEvent({ ...request(body, { url }), params: { contractId }, query: "" });
      return (answer.body as unknown as { error: { code: string } } | undefined)?.error.code;
    };
    assert.equal(codeOf(), "DataMissing");
    assert.equal(codeOf({ timestamp: "1" }), "DataMissing");
    assert.equal(codeOf({ data: null }), "TimestampMissing");
    assert.equal(codeOf({ data: null, timestamp: "1" }), undefined);
  });

  it("are signed with RSA, also where the key is in a certificate: other signatures could be turned into new ones", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const name = { subject: "room", validFrom: new Date(), validityDays: 1 };
    const publicKeyPem = makeCertificate({ ...name, publicKey, issuer: privateKey });
    const body = signedRequest(room, machine.evidence({ privateKey, publicKeyPem }), { step: 1 });
    const data = Buffer.from(body.data, "base64");
    const signature = sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" });
    // as a node does
    const { crypto } = ccf;
    const verifySignature: typeof crypto.verifySignature = ({ name }, key, signed, content) =>
      verifyWith(
        { name: name as "ECDSA" | "RSA-PSS", hash: "sha256", saltLength: 32 },
        key,
        new Uint8Array(signed),
        new Uint8Array(content),
      );
    ccf.crypto = { ...crypto, verifySignature };
    const by = {
      publicKey: Buffer.from(publicKeyPem).toString("base64"),
      signature: signature.toString("base64"),
    };
    try {
      assertRefused(send({ ...body, sign: by }), 400, "SignatureMismatch");
      assert.equal(log({ step: 1 }).status, 204);
    } finally {
      ccf.crypto = crypto;
    }
  });

  it("hold any JSON, and nothing that could not be proven later", () => {
    for (const data of [null, false, 0, "", [], {}]) {
      assert.equal(log(data).status, 204);
      assert.deepEqual(read().body.value[0]?.data, data);
    }
    assertRefused(log("half a pair: \ud800"), 400, "NotCanonical");
  });

  it("are appended by whoever has a token that the contract's policy is about", () => {
    service.setPolicy(contractId, { policyType: "jwt", alternatives: [{ oid: ["o1"], tid: ["t1"] }] });
    const { sign, data } = signedRequest(room, evidence, { by: "token" });
    const body = { sign, data, timestamp: "1" };
    const append = (payload: object, changed: object = {}) =>
      service.call(putContractEvent, {
        caller: asToken(payload),
        params: { contractId },
        body: { ...body, ...changed },
      });
    assert.equal(append({ oid: "o1", tid: "t1", extra: [1] }).status, 204);
    assert.deepEqual(read().body.value[0]?.data, { by: "token" });
    assertRefused(append({ oid: "o1", tid: "t2" }), 400, "VerifyJwtAttestationFailed", "ClaimMismatch");
    assertRefused(append({ oid: "o1" }), 400, "VerifyJwtAttestationFailed", "ClaimMissing");
    assertRefused(append({ oid: ["o1"], tid: "t1" }), 400, "VerifyJwtAttestationFailed");
    const otherKey = signedRequest(otherRoom, evidence, {}).sign.publicKey;
    const foreign = { sign: { ...sign, publicKey: otherKey } };
    assertRefused(append({ oid: "o1", tid: "t1" }, foreign), 400, "SignatureMismatch");
    service.setPolicy(contractId, virtualPolicy);
    assertRefused(append({ oid: "o1", tid: "t1" }), 400, "VerifyJwtAttestationFailed");
  });
});
