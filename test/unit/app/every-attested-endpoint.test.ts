import assert from "node:assert/strict";
import { refusalsOf } from "../../../scripts/build/terms.js";
import type { RefusalCode } from "../../../src/kit/refusals.js";
import { attestedRequest, boundRequest } from "../../../src/schemas/requests.js";
import { appEndpoints } from "../../support/app-endpoints.js";
import { attested, AttestedEndpoint, ecRoom, evidenceOf, inFullForce } from "./attested-endpoints.js";
import { bob, type Answer, assertRefused, otherRoom, room, type Service, VirtualMachine } from "./service.js";

type Refused = (endpoint: AttestedEndpoint, service: Service) => Answer;

/** As JSON, with a change. */
const json =
  (change: object): Refused =>
  (endpoint, service) =>
    endpoint.send(service, { ...endpoint.json(), ...change });
/** As a bound request, with a change. */
const bound =
  (change: () => Parameters<AttestedEndpoint["bound"]>[0]): Refused =>
  (endpoint, service) =>
    endpoint.send(service, endpoint.bound(change()));
/** As it is right, once something has happened. */
const once =
  (happened: (service: Service) => void): Refused =>
  (endpoint, service) => {
    happened(service);
    return endpoint.send(service, endpoint.json());
  };

const stranger = new VirtualMachine();

/** What refuses a request that is right otherwise, for each code that these endpoints have in common. */
const refused: Partial<Record<RefusalCode, Refused>> = {
  AttestationMissing: json({ attestation: undefined }),
  EncryptionMissing: json({ encrypt: { publicKey: 7 } }),
  SignatureMissing: json({ sign: { signature: 7 } }),
  DataMissing: json({ data: 7 }),
  UnsupportedPlatform: bound(() => ({ as: { evidence: { ...evidenceOf(room), platform: "sgx" as never } } })),
  InvalidJson: (endpoint, service) => endpoint.send(service, "{"),
  InvalidBody: (endpoint, service) => endpoint.send(service, []),
  BoundRequestRequired: once(({ ccf: node }) =>
    node.put("public:ccf.gov.cgs_runtime_options", "require-bound-requests", { status: "enabled" }),
  ),
  InvalidBoundRequest: (endpoint, service) => endpoint.send(service, endpoint.bound().subarray(1)),
  RequestTargetMismatch: bound(() => ({ target: "/app/contracts/c2" })),
  ServiceMismatch: bound(() => ({ service: "00".repeat(32) })),
  RequestExpired: bound(() => ({ at: new Date(Date.now() - 400_000) })),
  SessionNotFound: bound(() => ({ as: { session: "00".repeat(16) } })),
  SignatureMismatch: bound(() => ({ key: { ...room, privateKey: otherRoom.privateKey } })),
  RequestReplayed: (endpoint, service) => {
    const body = endpoint.bound();
    assert.ok(endpoint.send(service, body).status < 300, endpoint.name);
    return endpoint.send(service, body);
  },
  ReportDataMismatch: bound(() => ({ as: { evidence: evidenceOf(otherRoom) } })),
  VerifySnpAttestationFailed: bound(() => ({ as: { evidence: stranger.evidence(room) } })),
  EncryptionKeyUnsupported: bound(() => ({ key: ecRoom })),
  ContractNotAccepted: once(({ ccf: node }) =>
    node.run("governance", () => ccf.kv["public:ccf.gov.contract_standings"]?.delete(ccf.strToBuf("c1"))),
  ),
  ContractEnded: once((service) => service.endContract("c1", "p2")),
  ContractExpired: once((service) => service.acceptContract("c1", 1, { expires: "2020-01-01T00:00:00Z" })),
  ExecutionDisabled: once(({ ccf: node }) =>
    node.put("public:contracts_execution_status", "c1", { [bob]: "disabled" }),
  ),
  ViewNotKnown: once((service) => {
    const { version } = service.ccf;
    service.ccf.version = version + 100;
    service.acceptContract("c1");
    service.ccf.version = version;
  }),
};

describe("every endpoint that attested code calls", () => {
  let service: Service;
  let endpoints: readonly AttestedEndpoint[];
  let sessions: AttestedEndpoint | undefined;
  before(async () => {
    const all = await appEndpoints();
    const named = all.filter(({ name }) => name in attested);
    const taking = all.filter(({ handler }) =>
      handler.terms.bodies?.some((one) => one === attestedRequest || one === boundRequest),
    );
    assert.deepEqual(named, taking);
    assert.equal(named.length, Object.keys(attested).length);
    endpoints = named.map((endpoint) => new AttestedEndpoint(endpoint));
    sessions = endpoints.find(({ name }) => name === "POST /attestation/sessions");
    service = inFullForce();
  });
  beforeEach(() => service.ccf.install());

  /** Has whatever was written forgotten. */
  function undone(run: () => void): void {
    class Undone extends Error {}
    assert.throws(
      () =>
        service.ccf.run("application", () => {
          run();
          throw new Undone();
        }),
      Undone,
    );
  }

  it("takes what sidecars send as JSON, but for the one that opens sessions", () => {
    for (const endpoint of endpoints)
      undone(() => {
        const answer = endpoint.send(service, endpoint.json());
        if (endpoint === sessions) assertRefused(answer, 400, "BoundRequestRequired");
        else assert.ok(answer.status < 300, `${endpoint.name}: ${JSON.stringify(answer.body)}`);
      });
  });

  it("takes bound requests with evidence, and in a session (improvements 2 and 7)", () => {
    for (const endpoint of endpoints)
      undone(() => {
        assert.ok(endpoint.send(service, endpoint.bound()).status < 300, endpoint.name);
        if (endpoint === sessions) return;
        const opened = sessions?.send(service, sessions.bound()).body as unknown as { session: string };
        const answer = endpoint.send(service, endpoint.bound({ as: opened }));
        assert.ok(answer.status < 300, `${endpoint.name}: ${JSON.stringify(answer.body)}`);
      });
  });

  it("takes signed JSON only if the key that its evidence binds has signed it (improvement 1)", () => {
    const signing = endpoints.filter((endpoint) => "sign" in endpoint.json());
    assert.equal(signing.length, 4);
    for (const endpoint of signing) {
      const { sign, data } = endpoint.json(evidenceOf(otherRoom), otherRoom) as Record<string, unknown>;
      assertRefused(endpoint.send(service, { ...endpoint.json(), sign, data }), 400, "ReportDataMismatch");
    }
  });

  it("takes signed JSON once, whatever is changed beside what is signed (improvement 2)", () => {
    for (const endpoint of endpoints.filter((one) => "sign" in one.json()))
      undone(() => {
        const body = endpoint.json();
        assert.ok(endpoint.send(service, body).status < 300, endpoint.name);
        assertRefused(endpoint.send(service, { ...body, timestamp: "7" }), 409, "RequestReplayed");
      });
  });

  for (const [code, refuse] of Object.entries(refused) as [RefusalCode, Refused][])
    it(`refuses with ${code}, if it says so`, () => {
      const saying = endpoints.filter(({ terms }) => refusalsOf(terms).includes(code));
      assert.ok(saying.length > 0);
      for (const endpoint of saying)
        undone(() => {
          const { status, body } = refuse(endpoint, service);
          const { error } = body as Partial<typeof body>;
          assert.deepEqual([error?.code, status >= 400], [code, true], endpoint.name);
        });
    });
});
