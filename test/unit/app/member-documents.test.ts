import assert from "node:assert/strict";
import {
  getMemberDocument,
  listMemberDocuments,
  putMemberDocument,
  releaseMemberDocument,
} from "../../../src/endpoints/memberdocuments.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  asToken,
  asUser,
  bob,
  type Caller,
  invited,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const drafts = "public:documents";
const accepted = "public:ccf.gov.accepted_member_documents";

describe("documents of members", () => {
  let service: Service;
  const caller = asMember(alice);
  beforeEach(() => {
    service = new Service();
    for (const contractId of ["c1", "c2"]) service.ccf.put("public:contracts", contractId, { data: "draft" });
  });

  const put = (body: unknown, { documentId = "d1", who = caller, contractId = "c1" } = {}) =>
    service.call(putMemberDocument, { caller: who, params: { contractId, documentId }, body });
  const read = ({ documentId = "d1", contractId = "c1" } = {}) =>
    service.call(getMemberDocument, { caller, params: { contractId, documentId } });
  const text = (data: unknown, version?: unknown) => ({ contractId: "c1", data, version });
  const setDocument = (document: object, documentId = "d1") => ({
    name: "set_member_document",
    args: { documentId, document },
  });
  const accept = (documentId = "d1", contractId = "c1") => {
    service.ccf.version++;
    const finalVotes = { [alice]: true, [bob]: false };
    service.ccf.put(accepted, documentId, { data: { agreed: 1 }, contractId, proposalId: "p1", finalVotes });
  };

  it("are drafted by a member for a contract, and read back with their version", () => {
    assert.equal(put(text({ rows: [1] })).status, 200);
    const { body } = read();
    const version = `2.${service.ccf.version - 1}`;
    const draft = {
      id: "d1",
      state: "Draft",
      version,
      contractId: "c1",
      data: { rows: [1] },
      proposalId: "",
    };
    assert.equal(JSON.stringify(body), JSON.stringify(draft));
  });

  it("are read and written on the older paths, which name no contract", () => {
    const params = { documentId: "d1" };
    assert.equal(service.call(putMemberDocument, { caller, params, body: text("old") }).status, 200);
    assert.equal(service.call(getMemberDocument, { caller, params }).body.data, "old");
    assert.deepEqual(service.call(listMemberDocuments, { caller }).body, [{ id: "d1" }]);
  });

  it("belong to a contract that is drafted or accepted", () => {
    assertRefused(put({ data: 1 }), 400, "ContractIdMissing");
    assertRefused(put({ contractId: "", data: 1 }), 400, "ContractIdMissing");
    assertRefused(put({ contractId: null, data: 1 }), 400, "ContractIdMissing");
    assertRefused(put({ contractId: 7, data: 1 }), 400, "InvalidBody");
    assertRefused(put({ contractId: "c3", data: 1 }, { contractId: "c3" }), 404, "ContractNotFound");
    service.acceptContract("c3");
    assert.equal(put({ contractId: "c3", data: 1 }, { contractId: "c3" }).status, 200);
  });

  it("are found under the path of their own contract only", () => {
    assertRefused(put(text(1), { contractId: "c2" }), 400, "ContractIdMismatch");
    put(text(1));
    put({ contractId: "c2", data: 2 }, { documentId: "d2", contractId: "c2" });
    assertRefused(read({ contractId: "c2" }), 400, "ContractIdMismatch");
    const list = (contractId: string) =>
      service.call(listMemberDocuments, { caller, params: { contractId } }).body;
    assert.deepEqual([list("c1"), list("c2"), list("c3")], [[{ id: "d1" }], [{ id: "d2" }], []]);
  });

  it("take any JSON that says something and has a canonical form, else 400 with a code (improvement 24)", () => {
    for (const data of ["text", 1, true, ["list"], { object: {} }])
      assert.equal(put(text(data), { documentId: `d${JSON.stringify(data).length}` }).status, 200);
    for (const data of [undefined, null, "", 0, false]) assertRefused(put(text(data)), 400, "DataMissing");
    assertRefused(put("{"), 400, "InvalidJson");
    assertRefused(put([]), 400, "InvalidBody");
    assertRefused(put(text("text", 7)), 400, "InvalidBody");
    assertRefused(put('{"contractId": "c1", "data": 1e999}'), 400, "NotCanonical");
  });

  it("are replaced only by who has read the newest draft", () => {
    put(text("first", "9.9"));
    const { version } = read().body;
    assertRefused(put(text("second")), 409, "DocumentAlreadyExists");
    assertRefused(put(text("second", "")), 409, "DocumentAlreadyExists");
    assertRefused(put(text("second", null)), 409, "DocumentAlreadyExists");
    assertRefused(put(text("second", "2.1")), 412, "PreconditionFailed");
    assert.equal(put(text("second", version)).status, 200);
    assertRefused(put(text("third", version)), 412, "PreconditionFailed");
    assert.equal(read().body.data, "second");
  });

  it("are proposed as the proposal says, which says so when the draft differs", () => {
    put(text({ a: 1, b: 2 }));
    const { version } = read().body;
    service.propose("p0", setDocument(text("other"), "d0"));
    service.propose("p1", setDocument({ ...text({ b: 2, a: 1 }, version), state: "Draft" }));
    const proposed = {
      id: "d1",
      state: "Proposed",
      contractId: "c1",
      data: { b: 2, a: 1 },
      version,
      proposalId: "p1",
    };
    assert.equal(JSON.stringify(read().body), JSON.stringify(proposed));
    assert.equal(put(text("changed", version)).status, 200);
    assert.deepEqual(read().body, { ...proposed, draftDiffers: true });
  });

  it("can be proposed without a draft, and are then in no list", () => {
    service.propose("p1", setDocument(text("text")));
    assert.deepEqual(read().body, {
      id: "d1",
      state: "Proposed",
      contractId: "c1",
      data: "text",
      proposalId: "p1",
    });
    assert.deepEqual(service.call(listMemberDocuments, { caller }).body, []);
  });

  it("come back with the votes once accepted, and can no longer be drafted", () => {
    put(text("draft"));
    accept();
    assert.equal(
      JSON.stringify(read().body),
      JSON.stringify({
        ...{ id: "d1", version: `2.${service.ccf.version - 1}`, state: "Accepted", contractId: "c1" },
        ...{ data: { agreed: 1 }, proposalId: "p1" },
        finalVotes: [
          { memberId: alice, vote: true },
          { memberId: bob, vote: false },
        ],
      }),
    );
    assertRefused(put({}), 405, "DocumentAlreadyAccepted");
    assertRefused(read({ contractId: "c2" }), 400, "ContractIdMismatch");
  });

  it("are listed page by page, in a bare array with the next page in a header (improvement 23)", () => {
    for (const documentId of ["d3", "d1", "d2"]) put(text(1), { documentId });
    accept("d4");
    service.ccf.put(drafts, "d5", { contractId: "c2", data: 1 });
    const page = (query: string, params = {}) => service.call(listMemberDocuments, { caller, params, query });
    assert.deepEqual(
      page("").body,
      ["d1", "d2", "d3", "d4", "d5"].map((id) => ({ id })),
    );
    assert.deepEqual(page("").headers, {});
    const first = page("limit=2");
    assert.deepEqual(first.body, [{ id: "d1" }, { id: "d2" }]);
    assert.equal(first.headers.link, '</app/memberdocuments?limit=2&after=d2>; rel="next"');
    const second = page("limit=2&after=d2", { contractId: "c1" });
    assert.deepEqual([second.body, second.headers], [[{ id: "d3" }, { id: "d4" }], {}]);
    assert.equal(
      page("limit=1", { contractId: "c1" }).headers.link,
      '</app/contracts/c1/memberdocuments?limit=1&after=d1>; rel="next"',
    );
    assertRefused(page("limit=0"), 400, "InvalidParameter");
  });

  it("have ids of the documented alphabet (improvement 20)", () => {
    for (const documentId of ["", "a b", "a/b", "ä", "x".repeat(129)]) {
      assertRefused(put(text(1), { documentId }), 400, "InvalidPath");
      assertRefused(read({ documentId }), 400, "InvalidPath");
    }
    assertRefused(read({ documentId: "constructor" }), 404, "DocumentNotFound");
    assertRefused(read({ contractId: "a b" }), 400, "InvalidPath");
  });

  it("are read by members, users and registered tokens, and written by active members", () => {
    put(text("text"));
    service.ccf.put("public:ccf.gov.user_identities", "u1", {
      accountType: "microsoft",
      data: { tenantId: "t1" },
    });
    const as = (who: Caller) =>
      service.call(getMemberDocument, { caller: who, params: { documentId: "d1" } });
    for (const who of [asMember(invited), asUser("e".repeat(64)), asToken({ oid: "u1", tid: "t1" })])
      assert.equal(as(who).status, 200);
    assertRefused(as(asToken({ oid: "u2", tid: "t1" })), 403, "CallerNotAuthorized");
    assertRefused(as({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
    assertRefused(service.call(listMemberDocuments, {}), 400, "UnknownAuthenticationPolicy");
    for (const who of [asUser(alice), asToken({ oid: "u1", tid: "t1" })])
      assertRefused(put(text("more"), { who }), 403, "CallerNotAuthorized");
    assertRefused(put(text("more"), { who: asMember(invited) }), 403, "MemberNotActive");
  });

  describe("of a contract that names its parties (improvement 12)", () => {
    const stranger = asMember(bob);
    const open = (data: object = {}) => service.ccf.put("public:contracts", "c1", { data });
    const close = () => open({ governance: { parties: [alice] } });
    const list = (who: Caller, params = {}) => service.call(listMemberDocuments, { caller: who, params });
    const readAs = (who: Caller) =>
      service.call(getMemberDocument, { caller: who, params: { documentId: "d1" } });

    it("are read and listed by its parties only", () => {
      put(text(1));
      put({ contractId: "c2", data: 1 }, { documentId: "d2", contractId: "c2" });
      close();
      assertRefused(readAs(stranger), 403, "NotContractParty");
      assertRefused(list(stranger, { contractId: "c1" }), 403, "NotContractParty");
      assert.deepEqual(list(stranger).body, [{ id: "d2" }]);
      assert.deepEqual(list(caller).body, [{ id: "d1" }, { id: "d2" }]);
      assert.equal(readAs(caller).status, 200);
      accept();
      assertRefused(readAs(stranger), 403, "NotContractParty");
    });

    it("are read by every member while they are proposed, since all vote on them", () => {
      put(text(1));
      close();
      service.propose("p1", setDocument(text(1)));
      assert.equal(readAs(stranger).body.state, "Proposed");
      assertRefused(readAs(asUser("e".repeat(64))), 403, "NotContractParty");
    });

    it("are drafted, replaced and taken to another contract by its parties only", () => {
      put(text(1));
      const { version } = read().body;
      close();
      assertRefused(put(text(2), { who: stranger, documentId: "d2" }), 403, "NotContractParty");
      assertRefused(put(text(2, version), { who: stranger }), 403, "NotContractParty");
      const elsewhere = { contractId: "c2", data: 2, version };
      assertRefused(put(elsewhere, { who: stranger, contractId: "c2" }), 403, "NotContractParty");
      assert.equal(put(elsewhere, { contractId: "c2" }).status, 200);
    });
  });

  describe("once accepted", () => {
    const machine = new VirtualMachine();
    const ask = (body: unknown, params = {}) =>
      service.call(releaseMemberDocument, {
        params: { contractId: "c1", documentId: "d1", ...params },
        body,
      });
    beforeEach(() => {
      service.acceptContract("c1");
      service.setPolicy("c1", virtualPolicy);
      machine.registerWith(service);
      put(text("draft"));
      accept();
    });

    it("are released to attested code, just as members read them, and recorded (improvement 27)", () => {
      const answer = ask(asking(machine.evidence(room)));
      assert.equal(unwrapped(answer), JSON.stringify(read().body));
      const [{ record } = { record: undefined }] = service.call(listReleases, {
        caller,
        params: { contractId: "c1" },
      }).body.value;
      assert.deepEqual((record as unknown as { item: object }).item, {
        kind: "document",
        id: "memberdocuments/d1",
      });
    });

    it("are not released to others, nor drafts, nor under another contract", () => {
      const good = asking(machine.evidence(room));
      assertRefused(ask({ ...good, attestation: undefined }), 400, "AttestationMissing");
      assertRefused(ask({ ...good, encrypt: undefined }), 400, "EncryptionMissing");
      const wrong = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
      assertRefused(ask(asking(wrong)), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      put(text("draft"), { documentId: "d2" });
      for (const documentId of ["d2", "d3"])
        assertRefused(ask(good, { documentId }), 404, "DocumentNotFound");
      service.acceptContract("c2");
      service.setPolicy("c2", virtualPolicy);
      assertRefused(ask(good, { contractId: "c2" }), 400, "ContractIdMismatch");
      assertRefused(ask(good, { contractId: "c3" }), 403, "ContractNotAccepted");
    });
  });
});
