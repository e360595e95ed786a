import assert from "node:assert/strict";
import { getUserDocument, listUserDocuments, putUserDocument } from "../../../src/endpoints/userdocuments.js";
import { alice, asMember, assertRefused, asToken, bob, type Caller, invited } from "./service.js";
import { asDora, asErik, dora, erik, member, user, UserDocuments } from "./user-documents.js";

describe("documents of users", () => {
  let documents: UserDocuments;
  beforeEach(() => {
    documents = new UserDocuments();
  });

  const text = (data: unknown, more: object = {}) => ({ contractId: "c1", data, ...more });
  const versionRead = () => `2.${documents.ccf.version - 1}`;

  it("are drafted by any known caller, and read back with their version, labels and approvers", () => {
    const [labels, approvers] = [{ kind: "query" }, [member(alice), user(erik)]];
    assert.equal(documents.put(text({ rows: [1] }, { labels, approvers })).status, 200);
    const body = documents.read();
    const draft = { id: "d1", state: "Draft", version: versionRead(), contractId: "c1", data: { rows: [1] } };
    assert.equal(
      JSON.stringify(body),
      JSON.stringify({ ...draft, labels, approvers, proposalId: "", proposerId: "" }),
    );
    for (const [index, caller] of [asMember(alice), asErik].entries())
      assert.equal(documents.put(text(1), { caller, documentId: `d${index + 2}` }).status, 200);
  });

  it("keep absent, null and empty labels and approvers as they were sent", () => {
    for (const [index, value] of [null, undefined, []].entries()) {
      const documentId = `d${index}`;
      const labels = index === 2 ? {} : value;
      documents.put(text(1, { approvers: value, labels }), { documentId });
      const { id, state, version, contractId, data, ...rest } = documents.read(documentId);
      assert.deepEqual(
        [id, state, typeof version, contractId, data],
        [documentId, "Draft", "string", "c1", 1],
      );
      const sent = value === undefined ? {} : { labels, approvers: value };
      assert.deepEqual(rest, { ...sent, proposalId: "", proposerId: "" });
    }
  });

  it("are read and written on the older paths, which name no contract", () => {
    const call = { caller: asDora, params: { documentId: "d1" } };
    assert.equal(documents.service.call(putUserDocument, { ...call, body: text("old") }).status, 200);
    assert.equal(documents.service.call(getUserDocument, call).body.data, "old");
    const { body } = documents.service.call(listUserDocuments, { caller: asErik });
    assert.deepEqual(body, { value: [{ id: "d1" }] });
  });

  it("belong to a contract that is drafted or accepted", () => {
    for (const contractId of [undefined, null, ""])
      assertRefused(documents.put({ contractId, data: 1 }), 400, "ContractIdMissing");
    const body = { contractId: "c3", data: 1 };
    assertRefused(documents.put(body, { contractId: "c3" }), 404, "ContractNotFound");
    documents.service.acceptContract("c3");
    assert.equal(documents.put(body, { contractId: "c3" }).status, 200);
  });

  it("are found under the path of their own contract only", () => {
    assertRefused(documents.put(text(1), { contractId: "c2" }), 400, "ContractIdMismatch");
    documents.put(text(1));
    const params = { contractId: "c2", documentId: "d1" };
    const read = documents.service.call(getUserDocument, { caller: asDora, params });
    assertRefused(read, 400, "ContractIdMismatch");
    const list = (contractId: string) =>
      documents.service.call(listUserDocuments, { caller: asDora, params: { contractId } }).body.value.length;
    assert.deepEqual([list("c1"), list("c2")], [1, 0]);
  });

  it("take any JSON that says something and has a canonical form, else 400 with a code (improvement 24)", () => {
    for (const data of [undefined, null, "", 0, false])
      assertRefused(documents.put(text(data)), 400, "DataMissing");
    assertRefused(documents.put("{"), 400, "InvalidJson");
    assertRefused(documents.put([]), 400, "InvalidBody");
    assertRefused(documents.put('{"contractId": "c1", "data": "\\ud800"}'), 400, "NotCanonical");
    assertRefused(
      documents.put('{"contractId": "c1", "data": 1, "labels": {"a": "\\ud800"}}'),
      400,
      "NotCanonical",
    );
  });

  it("have labels of text, and approvers of a known kind, each named once", () => {
    for (const labels of [["a"], "a", { a: 1 }, { a: null }])
      assertRefused(documents.put(text(1, { labels })), 400, "InvalidBody");
    const wrong: readonly unknown[] = [
      "alice",
      [alice],
      [{ approverId: alice }],
      [{ approverIdType: "member" }],
      [{ approverId: "", approverIdType: "user" }],
      [{ approverId: "x".repeat(258), approverIdType: "user" }],
      [{ approverId: alice, approverIdType: "operator" }],
      [member(alice), user(erik), member(alice)],
      Array.from({ length: 1001 }, (_, index) => user(`u${index}`)),
    ];
    for (const approvers of wrong)
      assertRefused(documents.put(text(1, { approvers })), 400, "InvalidApprovers");
    const approvers = [{ ...member(alice), name: "Alice" }, user(alice)];
    assert.equal(documents.put(text(1, { approvers })).status, 200);
    assert.deepEqual((documents.read() as { approvers?: unknown }).approvers, [member(alice), user(alice)]);
  });

  it("are replaced only by who has read the newest draft, whoever that is", () => {
    documents.put(text("first", { version: "9.9" }));
    const { version } = documents.read();
    assertRefused(documents.put(text("second")), 409, "UserDocumentAlreadyExists");
    assertRefused(documents.put(text("second", { version: "2.1" })), 412, "PreconditionFailed");
    assert.equal(documents.put(text("second", { version }), { caller: asErik }).status, 200);
    assertRefused(documents.put(text("third", { version })), 412, "PreconditionFailed");
  });

  it("are read as proposed while a proposal is open, which says so when the draft differs", () => {
    const labels = { kind: "query" };
    documents.put(text("text", { labels }));
    const { version } = documents.read();
    const document = { id: "d1", state: "Draft", version, contractId: "c1", data: "text", labels };
    documents.propose([member(alice)], { document });
    const proposed = { id: "d1", state: "Proposed", contractId: "c1", data: "text", labels, version };
    const expected = { ...proposed, approvers: [member(alice)], proposalId: "p1", proposerId: dora };
    assert.equal(JSON.stringify(documents.read()), JSON.stringify(expected));

    for (const change of [{ labels: { kind: "other" } }, { labels: {} }, { data: "changed" }]) {
      assert.equal(
        documents.put(text("text", { labels, ...change, version: `2.${writtenAt()}` })).status,
        200,
      );
      assert.deepEqual(documents.read(), { ...expected, draftDiffers: true });
    }
    assert.equal(documents.put(text("text", { labels, version: `2.${writtenAt()}` })).status, 200);
    assert.deepEqual(documents.read(), expected);
  });

  const writtenAt = (): number =>
    documents.ccf.run("application", () =>
      Number(ccf.kv["public:user_documents"]?.getVersionOfPreviousWrite(ccf.strToBuf("d1"))),
    );

  it("come back with the ballots once accepted, and can no longer be drafted or proposed", () => {
    const labels = { kind: "query" };
    documents.propose([user(erik), member(alice)], {
      document: text({ rows: 1 }, { labels, version: "1.1" }),
    });
    documents.vote(asMember(alice));
    documents.vote(asErik);
    const version = `2.${documents.ccf.version}`;
    const accepted = {
      ...{ id: "d1", version, state: "Accepted", contractId: "c1", approvers: [user(erik), member(alice)] },
      ...{ data: { rows: 1 }, labels, proposalId: "p1", proposerId: dora },
      finalVotes: [
        { approverId: alice, ballot: "accepted" },
        { approverId: erik, ballot: "accepted" },
      ],
    };
    assert.equal(JSON.stringify(documents.read()), JSON.stringify(accepted));
    assertRefused(documents.put({}), 405, "UserDocumentAlreadyAccepted");
    assertRefused(
      documents.propose([member(alice)], { proposalId: "p2" }),
      405,
      "UserDocumentAlreadyAccepted",
    );
  });

  it("are written by active members and registered users only, and read by members of any status", () => {
    assertRefused(documents.put(text(1), { caller: asMember(invited) }), 403, "MemberNotActive");
    assertRefused(documents.put(text(1), { caller: asToken({ oid: "x" }) }), 403, "CallerNotAuthorized");
    documents.put(text(1));
    const as = (caller: Caller) =>
      documents.service.call(getUserDocument, { caller, params: { documentId: "d1" } });
    for (const caller of [asMember(invited), asDora, asErik]) assert.equal(as(caller).status, 200);
    const otherTenant = asToken({ oid: erik, tid: "t2" });
    assertRefused(as(otherTenant), 403, "CallerTenantNotAuthorized");
    assertRefused(as({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
    const anonymous = documents.service.call(listUserDocuments);
    assertRefused(anonymous, 400, "UnknownAuthenticationPolicy");
  });

  it("have ids of the documented alphabet (improvement 20)", () => {
    for (const documentId of ["", "a b", "a/b", "x".repeat(129)])
      assertRefused(documents.put(text(1), { documentId }), 400, "InvalidPath");
    const params = { documentId: "constructor" };
    const read = documents.service.call(getUserDocument, { caller: asDora, params });
    assertRefused(read, 404, "UserDocumentNotFound");
  });

  describe("of a contract that names its parties (improvement 12)", () => {
    const close = () =>
      documents.ccf.put("public:contracts", "c1", { data: { governance: { parties: [dora, alice] } } });
    const readAs = (caller: Caller) =>
      documents.service.call(getUserDocument, { caller, params: { documentId: "d1" } });
    const list = (caller: Caller, params = {}) =>
      documents.service.call(listUserDocuments, { caller, params });

    it("are read and listed by its parties only", () => {
      documents.put(text(1));
      documents.put({ contractId: "c2", data: 1 }, { documentId: "d2", contractId: "c2" });
      close();
      for (const caller of [asMember(bob), asErik]) {
        assertRefused(readAs(caller), 403, "NotContractParty");
        assertRefused(list(caller, { contractId: "c1" }), 403, "NotContractParty");
        assert.deepEqual(list(caller).body.value, [{ id: "d2" }]);
      }
      assert.equal(list(asDora).body.value.length, 2);
      assert.equal(readAs(asDora).status, 200);
    });

    it("are read by those who are asked to approve them, too", () => {
      documents.put(text(1, { approvers: [user(erik), member(alice)] }));
      close();
      assert.equal(readAs(asErik).body.state, "Draft");
      documents.propose([user(erik), member(alice)]);
      assert.equal(readAs(asErik).body.state, "Proposed");
      assertRefused(readAs(asMember(bob)), 403, "NotContractParty");
      for (const caller of [asErik, asMember(alice)]) documents.vote(caller);
      assert.equal(readAs(asErik).body.state, "Accepted");
    });

    it("are drafted and replaced by its parties only", () => {
      documents.put(text(1));
      const { version } = documents.read();
      close();
      const caller = asErik;
      assertRefused(documents.put(text(2), { caller, documentId: "d2" }), 403, "NotContractParty");
      assertRefused(documents.put(text(2, { version }), { caller }), 403, "NotContractParty");
      const elsewhere = { contractId: "c2", data: 2, version };
      assertRefused(documents.put(elsewhere, { caller, contractId: "c2" }), 403, "NotContractParty");
    });
  });
});
