import assert from "node:assert/strict";
import { deleteContractSecret, listSecrets, putContractSecret } from "../../../src/endpoints/secrets.js";
import { signedRequest } from "../../../sdk/attested.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  asToken,
  asUser,
  bob,
  invited,
  otherRoom,
  room,
  Service,
} from "./service.js";
import { ask, contractId, inForce, machine, put } from "./secrets.js";

describe("storing secrets", () => {
  it("works for members, users and registered tokens, each under a name of its own", () => {
    const service = inForce();
    service.ccf.put("public:ccf.gov.user_identities", "u1", {
      accountType: "microsoft",
      data: { tenantId: "t" },
    });
    assert.deepEqual(put(service, "n", "v").body, { secretId: `${alice}_n`, version: 1 });
    assert.deepEqual(put(service, "n", "v", asUser(bob)).body, { secretId: `${bob}_n`, version: 1 });
    assert.deepEqual(put(service, "n", "v", asToken({ oid: "u1", tid: "t" })).body, {
      secretId: "u1_n",
      version: 1,
    });
    const listed = service.call(listSecrets, { caller: asUser(bob), params: { contractId } });
    const ids = [`${alice}_key`, `${alice}_n`, `${bob}_n`, "u1_n"];
    assert.deepEqual(listed.body, { value: ids.map((secretId) => ({ secretId })) });
  });

  it("needs a contract, drafted or accepted (improvement 22)", () => {
    const service = new Service();
    assertRefused(put(service, "n", "v"), 404, "ContractNotFound");
    service.ccf.put("public:contracts", contractId, { data: "draft" });
    assert.equal(put(service, "n", "v").status, 200);
  });

  it("takes a non-empty string of at most 25,600 characters", () => {
    const service = inForce();
    assert.equal(put(service, "n", "x".repeat(25_600)).status, 200);
    assertRefused(put(service, "n", "x".repeat(25_601)), 400, "ValueTooLarge");
    for (const value of [undefined, null, "", 7, ["v"], { v: 1 }])
      assertRefused(put(service, "n", value), 400, "ValueMissing");
    const send = (body: string) =>
      service.call(putContractSecret, {
        caller: asMember(alice),
        params: { contractId, secretName: "n" },
        body,
      });
    for (const body of ["", "v", "{", "\0"]) assertRefused(send(body), 400, "InvalidJson");
    for (const body of ["[]", "null", '"v"']) assertRefused(send(body), 400, "InvalidBody");
  });

  it("refuses names that a path or a key could not carry", () => {
    const service = inForce();
    for (const name of ["a/b", "a b", "ä", "", "x".repeat(129), "x".repeat(10_000)]) {
      assertRefused(put(service, name, "v"), 400, "InvalidPath");
    }
  });

  it("keeps owners apart whose joined ids read the same (improvement 20)", () => {
    const service = inForce();
    for (const oid of ["u", "u_x", "cleanroom"]) {
      service.ccf.put("public:ccf.gov.user_identities", oid, {
        accountType: "microsoft",
        data: { tenantId: "t" },
      });
    }
    const [u, ux, cleanroom] = ["u", "u_x", "cleanroom"].map((oid) => asToken({ oid, tid: "t" }));
    assert.equal(put(service, "x_n", "first", u).status, 200);
    assertRefused(put(service, "n", "second", ux), 403, "SecretNotOwned");
    assert.equal(put(service, "n", "first", cleanroom).status, 200);
    const body = signedRequest(room, machine.evidence(room), { value: "second" });
    const params = { contractId, secretName: "n" };
    assertRefused(service.call(putContractSecret, { params, body }), 403, "SecretNotOwned");
  });

  it("is refused to members that are not active", () => {
    assertRefused(put(inForce(), "n", "v", asMember(invited)), 403, "MemberNotActive");
  });

  it("works for clean rooms with evidence and a signature by the key that the evidence binds", () => {
    const service = inForce();
    const params = { contractId, secretName: "model" };
    const send = (body: object) =>
      service.call(putContractSecret, { caller: { policy: "no_auth" }, params, body });
    const evidence = machine.evidence(room);
    const good = signedRequest(room, evidence, { value: "weights" });
    assert.deepEqual(send(good).body, { secretId: "cleanroom_model", version: 1 });

    assertRefused(send({ ...good, attestation: undefined }), 400, "AttestationMissing");
    assertRefused(send({ ...good, encrypt: undefined }), 400, "ReportDataMismatch");
    // somebody else's evidence, own signing key
    const theirs = signedRequest(otherRoom, evidence, { value: "planted" });
    assertRefused(send({ ...theirs, encrypt: good.encrypt }), 400, "ReportDataMismatch");
    assertRefused(
      send({ ...theirs, sign: { ...theirs.sign, publicKey: good.sign.publicKey }, encrypt: good.encrypt }),
      400,
      "SignatureMismatch",
    );
    assertRefused(send({ ...good, sign: undefined }), 400, "SignatureMismatch");
    const other = Buffer.from(JSON.stringify({ value: "other" })).toString("base64");
    assertRefused(send({ ...good, data: other }), 400, "SignatureMismatch");
    assertRefused(send({ ...good, data: undefined }), 400, "DataMissing");
    assertRefused(send(signedRequest(room, evidence, "no object")), 400, "ValueMissing");
    // what is not signed never stands in for what is
    const beside = { ...signedRequest(room, evidence, null), value: "planted" };
    assertRefused(send(beside), 400, "ValueMissing");
    assertRefused(send(signedRequest(room, evidence, { value: "x".repeat(25_601) })), 400, "ValueTooLarge");
  });
});

describe("deleting secrets", () => {
  const remove = (service: Service, secretName: string, caller = asMember(alice)) =>
    service.call(deleteContractSecret, { caller, params: { contractId, secretName } });

  it("is for the owner, and takes all versions away (improvement 22)", () => {
    const service = inForce();
    put(service, "key", "second");
    assertRefused(remove(service, "key", asMember(bob)), 404, "SecretNotFound");
    assert.equal(remove(service, "key").status, 200);
    assertRefused(remove(service, "key"), 404, "SecretNotFound");
    for (const query of ["", "version=1", "version=2"]) {
      assertRefused(
        ask(service, asking(machine.evidence(room)), `${alice}_key`, query),
        404,
        "SecretNotFound",
      );
    }
    assert.deepEqual(service.ccf.keys("secret_versions"), []);
  });

  it("costs no more where others were deleted before", () => {
    const service = inForce();
    const costOfDeleting = (): number => {
      const before = service.ccf.operations;
      remove(service, "key");
      return service.ccf.operations - before;
    };
    const once = costOfDeleting();
    for (let times = 0; times < 50; times++) {
      put(service, "key", "again");
      assert.equal(costOfDeleting(), once);
    }
  });

  it("is not for somebody else whose id and name join to the same (improvement 20)", () => {
    const service = inForce();
    for (const oid of ["u", "u_x"]) service.addIdentity(oid);
    const [owner, other] = ["u", "u_x"].map((oid) => asToken({ oid, tid: "t1" }));
    put(service, "x_n", "theirs", owner);
    assertRefused(remove(service, "n", other), 403, "SecretNotOwned");
    assert.equal(remove(service, "x_n", owner).status, 200);
  });

  it("is refused to callers whose id no secret can have", () => {
    const service = inForce();
    service.addIdentity("a b");
    const caller = asToken({ oid: "a b", tid: "t1" });
    assertRefused(put(service, "n", "v", caller), 400, "InvalidParameter");
    assertRefused(remove(service, "n", caller), 400, "InvalidParameter");
  });

  it("never lets a version number mean two values (improvement 22)", () => {
    const service = inForce();
    remove(service, "key");
    assert.equal(put(service, "key", "again").body.version, 2);
    assertRefused(
      ask(service, asking(machine.evidence(room)), `${alice}_key`, "version=1"),
      404,
      "SecretNotFound",
    );
  });
});
