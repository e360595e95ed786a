import assert from "node:assert/strict";
import { getDelegate, listDelegates, putDelegate } from "../../../src/endpoints/delegates.js";
import { putContractEvent } from "../../../src/endpoints/events.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { putContractSecret, releaseSecret } from "../../../src/endpoints/secrets.js";
import { signedRequest } from "../../../sdk/attested.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  asToken,
  assertRefused,
  hostData,
  otherRoom,
  room,
  Service,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const contractId = "c1";
const caller = asMember(alice);
const workerData = "cd".repeat(32);
const secretId = `${alice}_key`;

describe("what a clean room delegates", () => {
  const machine = new VirtualMachine();
  let service: Service;

  beforeEach(() => {
    service = new Service();
    service.acceptContract(contractId);
    service.setPolicy(contractId, virtualPolicy);
    machine.registerWith(service);
    const params = { contractId, secretName: "key" };
    service.call(putContractSecret, { caller, params, body: { value: "s3cret" } });
  });

  const front = () => machine.evidence(room);
  /** Code that the contract's own policy does not accept. */
  const worker = (key = room) => machine.evidence(key, { "virtual-hostdata": workerData });
  const claims = { "virtual-hostdata": [workerData] };

  const delegate = (
    content: object,
    delegateType = "secrets",
    delegateId = secretId,
    evidence = front(),
  ): Answer =>
    service.call(putDelegate, {
      params: { contractId, delegateType, delegateId },
      body: signedRequest(room, evidence, content),
    });
  const add = (...purpose: string[]): Answer =>
    delegate({ type: "add", policyType: "virtual", claims }, ...purpose);
  const askAs = (evidence: ReturnType<typeof front>, id = secretId): Answer =>
    service.call(releaseSecret, { params: { contractId, secretName: id }, body: asking(evidence) });
  const read = (delegateType = "secrets", delegateId = secretId): unknown =>
    service.call(getDelegate, { caller, params: { contractId, delegateType, delegateId } }).body;

  it("lets other code do that one thing, and the release says that it was delegated", () => {
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.equal(add().status, 200);
    assert.equal(askAs(worker()).status, 200);
    const { value } = service.call(listReleases, { caller, params: { contractId } }).body;
    const { delegate: purpose, policyDigest } = value[0]?.record as unknown as Record<string, unknown>;
    assert.deepEqual(purpose, { type: "secrets", id: secretId });
    assert.match(String(policyDigest), /^[0-9a-f]{64}$/);
    // what the contract's own policy accepts is not delegated
    assert.equal(askAs(front()).status, 200);
    const second = service.call(listReleases, { caller, params: { contractId } }).body.value[1];
    assert.equal("delegate" in (second?.record ?? {}), false);
  });

  it("is for no other secret, no other purpose, and no other contract", () => {
    add();
    service.call(putContractSecret, {
      caller,
      params: { contractId, secretName: "other" },
      body: { value: "x" },
    });
    assertRefused(askAs(worker(), `${alice}_other`), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    const event = { params: { contractId }, body: signedRequest(room, worker(), {}) };
    assertRefused(service.call(putContractEvent, event), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    service.acceptContract("c2");
    service.setPolicy("c2", virtualPolicy);
    const elsewhere = { params: { contractId: "c2", secretName: secretId }, body: asking(worker()) };
    assertRefused(service.call(releaseSecret, elsewhere), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
  });

  it("lets other code write events, by evidence or by token", () => {
    add("events", "writer");
    const byCode = { params: { contractId }, body: signedRequest(room, worker(), { n: 1 }) };
    assert.equal(service.call(putContractEvent, byCode).status, 204);

    const token = asToken({ oid: "o1", iss: "https://issuer", tid: "t1" });
    const byHolder = () => ({
      caller: token,
      params: { contractId },
      body: signedRequest(otherRoom, worker(otherRoom), { n: 2 }),
    });
    assertRefused(service.call(putContractEvent, byHolder()), 400, "VerifyJwtAttestationFailed");
    delegate({ type: "remove", policyType: "virtual", claims }, "events", "writer");
    delegate({ type: "add", policyType: "jwt", claims: { oid: ["o1"], tid: ["t1"] } }, "events", "writer");
    assert.equal(service.call(putContractEvent, byHolder()).status, 204);
  });

  it("does nothing once the contract has no policy of its own", () => {
    add();
    service.ccf.put("public:ccf.gov.clean_room_policies", "other", virtualPolicy);
    service.ccf.run("governance", () => ccf.kv["public:ccf.gov.clean_room_policies"]?.clear());
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "NoPolicy");
  });

  it("does nothing while the contract does not trust the code that delegated it, nor is added to then", () => {
    const others = (...accepted: string[]) => ({
      ...virtualPolicy,
      alternatives: [{ "virtual-hostdata": accepted }],
    });
    assert.equal(add().status, 200);
    const next = machine.evidence(room, { "virtual-hostdata": "ef".repeat(32) });
    service.setPolicy(contractId, others("ef".repeat(32)));
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.deepEqual(read(), { claims: {} });
    // trusted again; and with a policy that demands more, as it proved that too
    service.setPolicy(contractId, others(hostData, "ef".repeat(32)));
    assert.equal(askAs(worker()).status, 200);
    const more = { "virtual-hostdata": [hostData], "virtual-svn": [{ atLeast: 3 }] };
    service.setPolicy(contractId, { ...virtualPolicy, alternatives: [more] });
    assert.equal(askAs(worker()).status, 200);
    service.setPolicy(contractId, { policyType: "jwt", alternatives: [{ iss: ["x"] }] });
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "PolicyTypeMismatch");
    // other code starts anew
    service.setPolicy(contractId, others("ef".repeat(32)));
    const content = { type: "add", policyType: "virtual", claims: { "virtual-svn": [7] } };
    assert.equal(delegate(content, "secrets", secretId, next).status, 200);
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.deepEqual(read(), {
      claims: { "virtual-svn": [7] },
      policyType: "virtual",
      alternatives: [{ "virtual-svn": [7] }],
    });
  });

  it("is added to and taken from, claim by claim, and read by known callers", () => {
    assert.deepEqual(read(), { claims: {} });
    add();
    delegate({ type: "add", policyType: "virtual", claims: { "virtual-svn": { atLeast: 3 } } });
    const both = { ...claims, "virtual-svn": [{ atLeast: 3 }] };
    assert.deepEqual(read(), { claims: both, policyType: "virtual", alternatives: [both] });
    delegate({ type: "remove", policyType: "virtual", claims: both });
    assert.deepEqual(read(), { claims: {} });
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    // the purpose is remembered, as existing clients expect
    const list = service.call(listDelegates, { caller, params: { contractId } }).body;
    assert.deepEqual(list.value, [{ delegateType: "secrets", delegateId: secretId }]);
  });

  it("is listed page by page (improvement 23)", () => {
    for (const id of ["s3", "s1", "s2"]) add("secrets", id);
    const ids = service
      .pages(listDelegates, { caller, params: { contractId }, query: "limit=2" })
      .map((page) => page.map((entry) => (entry as unknown as { delegateId: string }).delegateId));
    assert.deepEqual(ids, [["s1", "s2"], ["s3"]]);
  });

  it("may be about another platform than the contract's own policy", () => {
    service.setPolicy(contractId, {
      policyType: "snp-caci",
      alternatives: [{ "x-ms-sevsnpvm-hostdata": [hostData] }],
    });
    assertRefused(askAs(worker()), 400, "VerifySnpAttestationFailed", "PolicyTypeMismatch");
    const by = {
      platform: "snp-caci",
      claims: { "x-ms-sevsnpvm-hostdata": hostData, "uvm_endorsements-did": "did" },
    };
    const row = { policy: { policyType: "virtual", alternatives: [claims] }, by };
    service.ccf.put(`public:policies.cleanroom-delegates/${contractId}`, `secrets/${secretId}`, row);
    assert.equal(askAs(worker()).status, 200);
  });

  it("is said by code that the contract's own policy accepts, signed with its attested key, and once", () => {
    add();
    assertRefused(
      delegate({ type: "add", policyType: "virtual", claims }, "secrets", secretId, worker()),
      400,
      "VerifySnpAttestationFailed",
      "ClaimMismatch",
    );
    const params = { contractId, delegateType: "secrets", delegateId: secretId };
    const body = signedRequest(room, front(), { type: "add", policyType: "virtual", claims });
    const other = signedRequest(otherRoom, front(), {});
    assertRefused(
      service.call(putDelegate, { params, body: { ...body, sign: other.sign } }),
      400,
      "ReportDataMismatch",
    );
    assertRefused(
      service.call(putDelegate, { params, body: { ...body, data: other.data } }),
      400,
      "SignatureMismatch",
    );
    assertRefused(service.call(putDelegate, { params, body: asking(front()) }), 400, "DataMissing");
    assert.equal(service.call(putDelegate, { params, body }).status, 200);
    assertRefused(service.call(putDelegate, { params, body }), 409, "RequestReplayed");
  });

  it("is refused when it could never match, or is not there to be removed", () => {
    for (const content of [
      {},
      { type: "set", alternatives: [] },
      { type: "add" },
      { type: "add", claims: [] },
      { type: "add", policyType: "sgx", claims },
      { type: "add", policyType: "virtual", claims: { pcr0: ["x"] } },
      { type: "add", policyType: "virtual", claims: { constructor: ["x"] } },
      { type: "add", policyType: "virtual", claims: { "virtual-svn": "three" } },
      { type: "remove", policyType: "virtual", claims },
    ]) {
      assertRefused(delegate(content), 400, "InvalidPolicy");
    }
  });
});
