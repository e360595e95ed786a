import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { putDelegate } from "../../../src/endpoints/delegates.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import {
  deleteContractSecret,
  listSecrets,
  putContractSecret,
  releaseSecret,
} from "../../../src/endpoints/secrets.js";
import { signedRequest } from "../../../sdk/attested.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  assertRefused,
  bob,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const contractId = "c1";
const machine = new VirtualMachine();
const secretId = `${alice}_key`;

/** Of the code that the contract trusts, newer code only; the machine's says 3. */
const newer = (atLeast: number) => ({
  policyType: "virtual",
  alternatives: [{ "virtual-svn": [{ atLeast }] }],
});

describe("the policy of a secret (improvement 22)", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
    service.acceptContract(contractId);
    service.setPolicy(contractId, virtualPolicy);
    machine.registerWith(service);
  });

  const put = (policy: unknown, value: unknown = "swordfish", caller = asMember(alice)): Answer =>
    service.call(putContractSecret, {
      caller,
      params: { contractId, secretName: "key" },
      body: { value, policy },
    });
  const ask = (claims = {}, id = secretId, query = ""): Answer =>
    service.call(releaseSecret, {
      params: { contractId, secretName: id },
      query,
      body: asking(machine.evidence(room, claims)),
    });
  const listed = () =>
    service.call(listSecrets, { caller: asMember(bob), params: { contractId } }).body.value as unknown;

  it("narrows which of the code that the contract trusts gets it", () => {
    put(newer(4));
    const refused = ask();
    assertRefused(refused, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.match(refused.body.error.message, new RegExp(`policy of the secret ${secretId}`));
    assert.deepEqual(refused.body.error.details?.[0], {
      code: "ClaimMismatch",
      message: 'The claim virtual-svn is 3; accepted: {"atLeast":4}.',
      alternative: 0,
      claim: "virtual-svn",
      presented: 3,
      accepted: [{ atLeast: 4 }],
    });
    assert.equal(unwrapped(ask({ "virtual-svn": 4 })), "swordfish");
  });

  it("widens nothing: the contract has to trust the code as well", () => {
    put({ policyType: "virtual", alternatives: [{ "virtual-svn": 3 }] });
    assertRefused(
      ask({ "virtual-hostdata": "cd".repeat(32) }),
      400,
      "VerifySnpAttestationFailed",
      "ClaimMismatch",
    );
  });

  it("holds for code to which a clean room has delegated the secret, too", () => {
    const worker = { "virtual-hostdata": "cd".repeat(32) };
    const claims = { "virtual-hostdata": ["cd".repeat(32)] };
    const params = { contractId, delegateType: "secrets", delegateId: secretId };
    const content = { type: "add", policyType: "virtual", claims };
    service.call(putDelegate, { params, body: signedRequest(room, machine.evidence(room), content) });
    put(newer(4));
    assertRefused(ask(worker), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.equal(ask({ ...worker, "virtual-svn": 4 }).status, 200);
  });

  it("may be about one platform only of those that the contract trusts", () => {
    put({ alternatives: [{ "x-ms-sevsnpvm-hostdata": "ab" }] });
    assert.deepEqual(listed(), [
      { secretId, policy: { policyType: "snp-caci", alternatives: [{ "x-ms-sevsnpvm-hostdata": ["ab"] }] } },
    ]);
    assertRefused(ask(), 400, "VerifySnpAttestationFailed", "PolicyTypeMismatch");
  });

  it("is one for all versions, stays unless its owner says otherwise, and is shown", () => {
    put(newer(4), "first");
    put(undefined, "second");
    assert.deepEqual(listed(), [{ secretId, policy: newer(4) }]);
    for (const query of ["", "version=1", "version=2"])
      assertRefused(ask({}, secretId, query), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    put(newer(3), "third");
    assert.equal(unwrapped(ask({}, secretId, "version=1")), "first");
    put(null, "fourth");
    assert.deepEqual(listed(), [{ secretId }]);
    assert.equal(unwrapped(ask({ "virtual-svn": 0 })), "fourth");
  });

  it("is gone with its secret", () => {
    put(newer(4));
    service.call(deleteContractSecret, {
      caller: asMember(alice),
      params: { contractId, secretName: "key" },
    });
    put(undefined);
    assert.deepEqual(listed(), [{ secretId }]);
  });

  it("is part of the record of a release", () => {
    put(undefined);
    ask();
    put(newer(3));
    ask();
    const { value } = service.call(listReleases, { caller: asMember(bob), params: { contractId } }).body;
    const items = value.map(({ record }) => (record as unknown as { item: object }).item);
    const policyDigest = createHash("sha256")
      .update(canonicalize(newer(3)) ?? "")
      .digest("hex");
    assert.deepEqual(items, [
      { kind: "secret", id: secretId, version: 1 },
      { kind: "secret", id: secretId, version: 2, policyDigest },
    ]);
  });

  it("is refused when no code could ever satisfy it, and then nothing is stored", () => {
    for (const policy of [
      7,
      "x",
      [],
      {},
      { alternatives: {} },
      { alternatives: [] },
      { alternatives: [{}] },
      { policyType: "virtual", alternatives: [{}] },
      { policyType: "virtual", alternatives: [{ "virtual-svn": 1 }, {}] },
      { policyType: "virtual", alternatives: [{ "virtual-svn": "1" }] },
      { policyType: "virtual", alternatives: [{ "virtual-svn": [] }] },
      { policyType: "virtual", alternatives: [{ "x-ms-sevsnpvm-hostdata": "ab" }] },
      { policyType: "virtual", alternatives: [{ constructor: "x" }] },
      { policyType: "sgx", alternatives: [{ "virtual-svn": 1 }] },
      { policyType: "jwt", alternatives: [{ oid: "o", tid: "t" }] },
    ])
      assertRefused(put(policy), 400, "InvalidPolicy");
    assert.deepEqual(listed(), []);
  });

  describe("of clean rooms", () => {
    const write = (claims: object, content: object): Answer =>
      service.call(putContractSecret, {
        caller: { policy: "no_auth" },
        params: { contractId, secretName: "model" },
        body: signedRequest(room, machine.evidence(room, claims), content),
      });

    it("is theirs to set, and only code that gets the secret changes it", () => {
      const newest = { "virtual-svn": 5 };
      assert.equal(write(newest, { value: "weights", policy: newer(5) }).status, 200);
      assertRefused(ask({}, "cleanroom_model"), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      for (const content of [{ value: "x", policy: null }, { value: "x" }])
        assertRefused(write({}, content), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      assert.equal(write(newest, { value: "weights", policy: null }).status, 200);
      assert.equal(unwrapped(ask({}, "cleanroom_model")), "weights");
    });
  });
});
