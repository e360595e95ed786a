import assert from "node:assert/strict";
import {
  disableUserDocumentOption,
  enableUserDocumentOption,
  getUserDocumentOption,
} from "../../../src/endpoints/userdocumentoptions.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  asUser,
  bob,
  type Caller,
  carol,
  room,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";
import { asDora, asErik, dora, member, user, UserDocuments } from "./user-documents.js";

describe("options of documents of users", () => {
  let documents: UserDocuments;
  const params = { contractId: "c1", documentId: "d1", option: "execution" };
  const status = (changes: object = {}) =>
    documents.service.call(getUserDocumentOption, {
      caller: asMember(bob),
      params: { ...params, ...changes },
    });
  const disable = (caller: Caller, changes: object = {}) =>
    documents.service.call(disableUserDocumentOption, { caller, params: { ...params, ...changes } });
  const enable = (caller: Caller, changes: object = {}) =>
    documents.service.call(enableUserDocumentOption, { caller, params: { ...params, ...changes } });

  beforeEach(() => {
    documents = new UserDocuments();
    documents.service.acceptContract("c1");
    documents.propose([member(alice), user(dora)]);
  });
  const accept = () => {
    for (const caller of [asMember(alice), asDora]) documents.vote(caller);
  };

  it("are disabled before the document is accepted, and cannot be switched", () => {
    for (const documentId of ["d1", "d2", "constructor"]) {
      assert.deepEqual(
        [status({ documentId }).body.status, status({ documentId }).body.reason.code],
        ["disabled", "UserDocumentNotAccepted"],
      );
      assertRefused(enable(asMember(alice), { documentId }), 400, "UserDocumentNotAccepted");
      assertRefused(disable(asMember(alice), { documentId }), 400, "UserDocumentNotAccepted");
    }
  });

  it("are enabled by the acceptance, and switched by each approver for itself", () => {
    accept();
    assert.deepEqual(status().body, { status: "enabled" });
    for (const caller of [asMember(alice), asDora]) assert.equal(disable(caller).status, 200);
    const { reason } = status().body;
    assert.equal(reason.code, "UserDocumentRuntimeOptionDisabled");
    assert.ok(reason.message.includes(alice) && reason.message.includes(dora));
    enable(asMember(alice));
    assert.equal(status().body.status, "disabled");
    assert.ok(!status().body.reason.message.includes(alice));
    enable(asDora);
    assert.deepEqual(status().body, { status: "enabled" });
  });

  it("are each for themselves, and there are two", () => {
    accept();
    disable(asMember(alice), { option: "telemetry" });
    assert.deepEqual(status().body, { status: "enabled" });
    assert.equal(status({ option: "telemetry" }).body.status, "disabled");
    for (const option of ["logging", "Execution", "constructor", "x".repeat(10_000), ""])
      for (const act of [status({ option }), enable(asDora, { option }), disable(asDora, { option })])
        assertRefused(act, 400, "InvalidUserDocumentRuntimeOption");
  });

  it("are no matter of others than the document's approvers, by id and kind (improvement 11)", () => {
    accept();
    for (const caller of [asMember(bob), asErik, asUser(alice)])
      for (const act of [enable(caller), disable(caller)]) assertRefused(act, 403, "NotUserDocumentApprover");
    documents.ccf.put("public:ccf.gov.members.info", alice, { status: "Accepted" });
    assertRefused(disable(asMember(alice)), 403, "MemberNotActive");
    assertRefused(disable({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
  });

  it("are under the path of the document's contract only", () => {
    accept();
    const changes = { contractId: "c2" };
    for (const act of [status(changes), enable(asDora, changes), disable(asDora, changes)])
      assertRefused(act, 400, "ContractIdMismatch");
  });

  it("are told to the parties of a contract that names them, and to approvers (improvement 12)", () => {
    accept();
    documents.service.acceptContract("c1", { governance: { parties: [bob] } });
    const ask = (caller: Caller) => documents.service.call(getUserDocumentOption, { caller, params });
    for (const caller of [asMember(bob), asMember(alice), asDora]) assert.equal(ask(caller).status, 200);
    for (const caller of [asMember(carol), asErik]) assertRefused(ask(caller), 403, "NotContractParty");
  });

  it("are not held back by an approver who has left the consortium", () => {
    accept();
    disable(asMember(alice));
    documents.remove(member(alice));
    assert.deepEqual(status().body, { status: "enabled" });
    documents.restore(member(alice));
    assert.equal(status().body.status, "disabled");
  });

  it("are told to clean rooms that prove what they are", () => {
    accept();
    documents.service.setPolicy("c1", virtualPolicy);
    const machine = new VirtualMachine();
    machine.registerWith(documents.service);
    const ask = (body: unknown) =>
      documents.service.call(getUserDocumentOption, { caller: { policy: "no_auth" }, params, body });
    const evidence = machine.evidence(room);
    assert.deepEqual(ask(asking(evidence)).body, { status: "enabled" });
    const { platform, attestation } = asking(evidence);
    assert.deepEqual(ask({ platform, attestation }).body, { status: "enabled" });
    disable(asDora);
    assert.equal(ask(asking(evidence)).body.reason.code, "UserDocumentRuntimeOptionDisabled");
    const wrong = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
    assertRefused(ask(asking(wrong)), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assertRefused(ask({}), 400, "AttestationMissing");
  });
});
