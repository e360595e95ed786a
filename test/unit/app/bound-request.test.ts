import type { Request } from "@microsoft/ccf-app";
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { cleanRoomKey } from "../../../sdk/attested.js";
import { boundRequest, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { Refusal } from "../../../src/kit/refusal.js";
import {
  isBound,
  readBoundRequest,
  requireBoundSignature,
  requireFirstUse,
} from "../../../src/policy/bound-request.js";
import { singleKey } from "../../support/ccf.js";
import {
  at,
  evidence,
  makeServiceCertificate,
  refuses,
  request,
  seconds,
  sent,
  service,
  start,
  target,
  withHeaders,
} from "./bound.js";
import { room } from "./service.js";

const ec = cleanRoomKey(generateKeyPairSync("ec", { namedCurve: "P-256" }));

/** Reads and carries out, as an endpoint does. */
function accept(body: Uint8Array, key = room.publicKeyPem): void {
  const bound = readBoundRequest(request(body));
  requireBoundSignature(bound, key);
  requireFirstUse(bound);
}

describe("a bound request", () => {
  beforeEach(() => void start());

  it("says who asks, when and what", () => {
    const bound = readBoundRequest(request(sent()));
    assert.deepEqual([bound.algorithm, bound.issuedAt], ["PS256", seconds]);
    assert.match(bound.id, /^[0-9a-f]{32}$/);
    assert.deepEqual(bound.content, { value: "weights" });
    assert.equal(bound.session, undefined);
    assert.equal(bound.attestation.platform, "virtual");
    assert.equal(bound.attestation.key, room.publicKeyPem);
    const { statement, signature, keyId } = bound.attestation.evidence;
    const { attestation } = evidence;
    assert.deepEqual(
      [
        Buffer.from(statement as ArrayBuffer).toString("base64"),
        Buffer.from(signature as ArrayBuffer).toString("base64"),
        keyId,
      ],
      [attestation.statement, attestation.signature, attestation.keyId],
    );
    requireBoundSignature(bound, room.publicKeyPem);
  });

  it("may be signed with a key on P-256, name a session, and have no content", () => {
    const body = boundRequest({ method: "PUT", target, service, key: ec, as: { session: "5e55" }, at });
    const bound = readBoundRequest(request(body));
    assert.deepEqual(
      [bound.algorithm, bound.session, bound.attestation, bound.content],
      ["ES256", "5e55", undefined, undefined],
    );
    requireBoundSignature(bound, ec.publicKeyPem);
  });

  it("is known by its content type, with or without a parameter", () => {
    const typed = (type?: string) =>
      ({ headers: type === undefined ? {} : { "content-type": type } }) as unknown as Request;
    for (const type of [
      "application/cose",
      "Application/COSE",
      'application/cose; cose-type="cose-sign1"',
      "application/cose ;x",
    ])
      assert.ok(isBound(typed(type)), type);
    for (const type of [
      undefined,
      "",
      "application/json",
      "application/cose-key",
      "text/plain; application/cose",
    ])
      assert.ok(!isBound(typed(type)), type);
  });

  it("is for one method, path and decoded query", () => {
    const query = "?id=a%20b&scope=c+d%26e";
    const url = `${target}?id=a b&scope=c d&e`;
    readBoundRequest(request(sent({ target: target + query }), { url }));
    readBoundRequest(request(sent({ method: "POST" }), { method: "POST" }));
    for (const [body, seen] of [
      [sent(), { method: "POST" }],
      [sent({ method: "put" }), {}],
      [sent(), { url: `${target}?` }],
      [sent(), { url: `${target}?version=1` }],
      [sent(), { url: target.replace("c1", "c2") }],
      [sent(), { url: target.replace("/app", "") }],
      [sent({ target: target + query }), {}],
      [sent({ target: "" }), {}],
    ] as const)
      refuses("RequestTargetMismatch", () => readBoundRequest(request(body, seen)));
  });

  it("is for one service", () => {
    const other = serviceIdentityOf(makeServiceCertificate());
    refuses("ServiceMismatch", () => readBoundRequest(request(sent({ service: other }))));
    // recovered after a disaster
    const tables = start();
    tables.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert: makeServiceCertificate() });
    refuses("ServiceMismatch", () => readBoundRequest(request(sent())));
  });

  it("is accepted within five minutes of the node's clock, either way", () => {
    for (const [apart, accepted] of [
      [0, true],
      [299, true],
      [300, true],
      [-300, true],
      [301, false],
      [-301, false],
      [86_400, false],
    ] as const) {
      start((seconds + apart) * 1000);
      const read = () => readBoundRequest(request(sent()));
      if (accepted) assert.doesNotThrow(read, String(apart));
      else refuses("RequestExpired", read, new RegExp(`${seconds};.*${seconds + apart}`));
    }
  });

  it("is signed with the key that its evidence is about, and no other", () => {
    const bound = readBoundRequest(request(sent()));
    for (const key of [ec.publicKeyPem, "", "no key", room.publicKeyPem.replace("PUBLIC", "PRIVATE")])
      refuses("SignatureMismatch", () => requireBoundSignature(bound, key), /PS256/);
    const byOther = readBoundRequest(request(sent({ key: ec })));
    refuses("SignatureMismatch", () => requireBoundSignature(byOther, room.publicKeyPem), /ES256/);
  });

  it("is carried out once", () => {
    const body = sent();
    accept(body);
    refuses("RequestReplayed", () => accept(body));
    accept(sent()); // the same, signed anew
    // with the id of another
    const id = readBoundRequest(request(body)).id;
    const taken = withHeaders((headers) =>
      (headers.get(15) as Map<number, unknown>).set(7, Buffer.from(id, "hex")),
    );
    refuses("RequestReplayed", () => accept(taken));
  });

  it("is not carried out twice by clocks that are set back", () => {
    const tables = start();
    const body = withHeaders((headers) =>
      (headers.get(15) as Map<number, unknown>).set(7, Buffer.alloc(16, 0xab)),
    );
    accept(body);
    for (const minutes of [4, 12, 13, 30]) {
      tables.clock = at.getTime() + minutes * 60_000;
      // a request that has the first one forgotten, if time says so
      const id = Buffer.alloc(16, 0xa0 + (minutes % 16));
      accept(
        withHeaders(
          (headers) => (headers.get(15) as Map<number, unknown>).set(7, id),
          sent({ at: new Date(tables.clock) }),
        ),
      );
      tables.clock = at.getTime();
      refuses("RequestReplayed", () => accept(body));
    }
    assert.ok(tables.keys("public:bound_request_ids").length <= 2);
  });

  it("is remembered only as long as it could be accepted again, at a cost that stays the same", () => {
    const tables = start();
    const costs = new Set<number>();
    // one request a second, for more than an hour; random ids fall into sixteen queues
    for (let number = 0; number < 4000; number++) {
      const now = seconds + number;
      tables.clock = now * 1000;
      const id = createHash("sha256").update(String(number)).digest("hex").slice(0, 32);
      const before = tables.operations;
      requireFirstUse({ id, issuedAt: now - (number % 7) } as never);
      costs.add(tables.operations - before);
    }
    assert.ok(Math.max(...costs) <= 11, [...costs].join());
    const remembered = tables.keys("public:bound_request_ids").length;
    assert.ok(remembered < 400, String(remembered));
    assert.equal(tables.keys("public:bound_request_ids.queues").length, 16);
  });

  it("does not hold once a single byte of it is changed, wherever", () => {
    for (const [key, step] of [
      [ec, 1],
      [room, 5],
    ] as const) {
      const body = sent({ key });
      accept(body, key.publicKeyPem);
      for (let place = 0; place < body.length; place += step) {
        const changed = Uint8Array.from(body);
        changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
        assert.throws(() => accept(changed, key.publicKeyPem), Refusal, `byte ${place}`);
      }
    }
  });

  it("is refused, and nothing else happens, when it is cut off, or goes on", () => {
    const body = sent();
    for (let length = 0; length < body.length; length++)
      refuses("InvalidBoundRequest", () => readBoundRequest(request(body.subarray(0, length))));
    refuses(
      "InvalidBoundRequest",
      () => readBoundRequest(request(Buffer.concat([body, Buffer.of(0)]))),
      /after the end/,
    );
  });
});
