import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import {
  getUserProposal,
  getUserProposalStatus,
  postUserBallot,
  postWithdrawal,
} from "../../../src/endpoints/userproposals.js";
import { alice, asMember, assertRefused, asToken, bob, invited } from "./service.js";
import { asDora, asErik, dora, erik, member, user, UserDocuments } from "./user-documents.js";

const stranger = "9".repeat(64);

describe("proposals of users", () => {
  let documents: UserDocuments;
  beforeEach(() => {
    documents = new UserDocuments();
  });

  const status = (state: string, ...ballots: [approverId: string, ballot: string][]) => ({
    proposerId: dora,
    state,
    ballots: ballots.map(([approverId, ballot]) => ({ approverId, ballot })),
  });
  const draft = (approvers: unknown) => documents.put({ contractId: "c1", data: "text", approvers });

  it("are made under an id of the proposer's choice, and read back as they were made", () => {
    const document = { id: "d1", version: "2.1", state: "Draft", contractId: "c1", data: { rows: 1 } };
    const answer = documents.propose([member(alice), user(dora)], { document });
    assert.deepEqual([answer.status, answer.body], [200, { proposalId: "p1" }]);
    const params = { proposalId: "p1" };
    const { body } = documents.service.call(getUserProposal, { caller: asErik, params });
    assert.equal(
      JSON.stringify(body),
      JSON.stringify({
        ...{ proposalId: "p1", name: "set_user_document", approvers: [member(alice), user(dora)] },
        args: { documentId: "d1", document },
      }),
    );
    assert.deepEqual(documents.status(), status("Open"));
  });

  it("accept the document exactly as it was proposed once all approvers agree", () => {
    draft([member(alice), user(dora), user(erik)]);
    documents.propose([user(erik), member(alice), user(dora)], {
      document: { contractId: "c1", data: "agreed" },
    });
    assert.deepEqual(documents.vote(asErik).body, status("Open", [erik, "accepted"]));
    assert.deepEqual(documents.vote(asDora).body, status("Open", [erik, "accepted"], [dora, "accepted"]));
    assert.equal(documents.read().state, "Proposed");
    const decided = status("Accepted", [erik, "accepted"], [dora, "accepted"], [alice, "accepted"]);
    assert.deepEqual(documents.vote(asMember(alice)).body, decided);
    assert.deepEqual(documents.status(), decided);
    assert.deepEqual([documents.read().state, documents.read().data], ["Accepted", "agreed"]);
  });

  it("make the accepted document the claim of the ballot that decided, but for its version", () => {
    documents.propose([member(alice)]);
    documents.vote(asMember(alice));
    const claimed = Buffer.from(documents.ccf.claimsDigest ?? new ArrayBuffer(0)).toString("hex");
    const { version, ...document } = documents.read();
    const digest = createHash("sha256").update(canonicalize(document) ?? "");
    assert.equal(claimed, digest.digest("hex"));
    assert.equal(typeof version, "string");
  });

  it("are rejected by one ballot against them, and the document can be proposed anew", () => {
    documents.propose([member(alice), user(dora)]);
    documents.vote(asDora);
    assert.deepEqual(
      documents.vote(asMember(alice), "rejected").body,
      status("Rejected", [dora, "accepted"], [alice, "rejected"]),
    );
    assert.equal(documents.propose([member(bob)], { proposalId: "p2" }).status, 200);
    assert.equal(documents.read().proposalId, "p2");
    assert.equal(documents.status("p1").state, "Rejected");
  });

  it("are withdrawn by their proposer while they are open, and the document can be proposed anew", () => {
    documents.propose([member(alice), user(dora)]);
    documents.vote(asMember(alice));
    const others = [asMember(alice), asErik, asMember(dora), asToken({ oid: dora, tid: "t1" })];
    documents.ccf.put("public:ccf.gov.members.info", dora, { status: "Active" });
    documents.ccf.put("public:ccf.gov.user_identities", dora, { accountType: "x", data: { tenantId: "t1" } });
    for (const caller of others) assertRefused(documents.withdraw(caller), 403, "NotProposalOwner");
    documents.remove(member(dora));
    assert.deepEqual(documents.withdraw(asDora).body, status("Withdrawn", [alice, "accepted"]));
    assertRefused(documents.withdraw(asDora), 409, "ProposalNotOpen");
    assertRefused(documents.vote(asDora), 409, "ProposalNotOpen");
    assert.equal(documents.propose([member(bob)], { proposalId: "p2" }).status, 200);
  });

  it("that do not exist are refused, whatever is asked of them", () => {
    const params = { proposalId: "constructor" };
    for (const handler of [getUserProposal, getUserProposalStatus, postWithdrawal, postUserBallot]) {
      const call = { caller: asDora, params, body: { ballot: "accepted" } };
      assertRefused(documents.service.call(handler, call), 404, "ProposalNotFound");
      assertRefused(
        documents.service.call(handler, { ...call, params: { proposalId: "a b" } }),
        400,
        "InvalidPath",
      );
      const stranger = { params, body: { ballot: "accepted" } };
      assertRefused(documents.service.call(handler, stranger), 400, "UnknownAuthenticationPolicy");
    }
  });

  describe("are refused when they are made", () => {
    it("under an id that is taken, even by a closed one", () => {
      documents.propose([user(dora)]);
      assertRefused(documents.propose([user(dora)], { documentId: "d2" }), 409, "ProposalAlreadyExists");
      documents.withdraw(asDora);
      assertRefused(documents.propose([user(dora)]), 409, "ProposalAlreadyExists");
    });

    it("without approvers, or with approvers that are none (improvement 11)", () => {
      const body = {
        name: "set_user_document",
        args: { documentId: "d1", document: { contractId: "c1", data: 1 } },
      };
      assertRefused(documents.send(body), 400, "ApproversMissing");
      assertRefused(documents.send({ ...body, approvers: null }), 400, "ApproversMissing");
      assertRefused(documents.send({ ...body, approvers: [] }), 400, "EmptyApprovers");
      const wrong: unknown[] = [
        "all",
        [alice],
        [{ approverId: alice }],
        [{ approverId: 1, approverIdType: "member" }],
      ];
      for (const approvers of [...wrong, [member(alice), member(alice)]])
        assertRefused(documents.send({ ...body, approvers }), 400, "InvalidApprovers");
    });

    it("with approvers whom the consortium does not know under that kind (improvement 11)", () => {
      for (const unknown of [
        member(stranger),
        user(stranger),
        member(dora),
        member(erik),
        user(alice),
        member("constructor"),
        user(`${erik}\0`),
      ])
        assertRefused(documents.propose([member(alice), unknown]), 400, "InvalidApprovers");
      assert.equal(documents.propose([member(invited), user(dora), user(erik)]).status, 200);
    });

    it("with the certificate of a member as that of a user, since its holder calls as the member (improvement 11)", () => {
      documents.ccf.put("public:ccf.gov.members.info", dora, { status: "Active" });
      assertRefused(documents.propose([user(dora)]), 400, "InvalidApprovers");
      assert.equal(documents.propose([member(dora)], { caller: asErik }).status, 200);
    });

    it("with other approvers than the draft names, in any order (improvement 11)", () => {
      draft([member(alice), user(erik)]);
      const others = [[member(alice)], [user(erik), member(bob)], [member(alice), user(erik), user(dora)]];
      for (const approvers of others) assertRefused(documents.propose(approvers), 400, "InvalidApprovers");
      assert.equal(documents.propose([user(erik), member(alice)]).status, 200);
    });

    it("but not for approvers where the draft names none (improvement 11)", () => {
      for (const [index, approvers] of [undefined, null, []].entries()) {
        const documentId = `e${index}`;
        documents.put({ contractId: "c1", data: 1, approvers }, { documentId });
        assert.equal(documents.propose([user(dora)], { documentId, proposalId: documentId }).status, 200);
      }
    });

    it("for anything but a document (improvement 24)", () => {
      const approvers = [user(dora)];
      for (const name of [undefined, null, 1, "set_contract", ""])
        assertRefused(documents.send({ name, approvers, args: {} }), 400, "InvalidProposalType");
      const body = { name: "set_user_document", approvers };
      for (const args of [undefined, null, {}, { documentId: 7 }, { documentId: "" }, { documentId: "a b" }])
        assertRefused(documents.send({ ...body, args }), 400, "InvalidUserDocumentId");
      assertRefused(documents.send({ ...body, args: [] }), 400, "InvalidBody");
      assertRefused(documents.send("{"), 400, "InvalidJson");
    });

    it("for a document that says nothing, belongs nowhere or cannot be proven (improvement 11)", () => {
      const propose = (document: object | null) =>
        documents.send({
          name: "set_user_document",
          approvers: [user(dora)],
          args: { documentId: "d1", document },
        });
      assertRefused(propose(null), 400, "ContractIdMissing");
      assertRefused(propose({ data: 1 }), 400, "ContractIdMissing");
      assertRefused(propose({ contractId: "c3", data: 1 }), 404, "ContractNotFound");
      for (const data of [undefined, null, "", 0, false])
        assertRefused(propose({ contractId: "c1", data }), 400, "DataMissing");
      assertRefused(propose({ contractId: 1, data: 1 }), 400, "InvalidBody");
      assertRefused(propose({ contractId: "c1", data: 1, labels: { a: 1 } }), 400, "InvalidBody");
      assertRefused(propose({ contractId: "c1", data: 1, more: "\ud800" }), 400, "NotCanonical");
      assertRefused(propose([]), 400, "InvalidBody");
    });

    it("for a document with an open proposal", () => {
      documents.propose([user(dora)]);
      const again = documents.propose([member(alice)], { proposalId: "p2", caller: asErik });
      assertRefused(again, 409, "UserDocumentAlreadyProposed");
      assert.equal(documents.propose([member(alice)], { proposalId: "p2", documentId: "d2" }).status, 200);
    });

    it("by members who are not active", () => {
      assertRefused(documents.propose([user(dora)], { caller: asMember(invited) }), 403, "MemberNotActive");
      assertRefused(
        documents.propose([user(dora)], { caller: asToken({ oid: "x" }) }),
        403,
        "CallerNotAuthorized",
      );
    });
  });

  it("about a contract that names its parties are made by these, and read by them and the approvers (improvement 12)", () => {
    documents.ccf.put("public:contracts", "c1", { data: { governance: { parties: [dora] } } });
    assertRefused(documents.propose([user(erik)], { caller: asErik }), 403, "NotContractParty");
    assert.equal(documents.propose([user(erik)]).status, 200);
    const params = { proposalId: "p1" };
    for (const handler of [getUserProposal, getUserProposalStatus]) {
      for (const caller of [asErik, asDora])
        assert.equal(documents.service.call(handler, { caller, params }).status, 200);
      const stranger = documents.service.call(handler, { caller: asMember(alice), params });
      assertRefused(stranger, 403, "NotContractParty");
    }
    assert.equal(documents.vote(asErik).status, 200);
  });

  it("do not take a document away from the contract that it was drafted for (improvement 12)", () => {
    draft([user(dora)]);
    documents.ccf.put("public:contracts", "c1", { data: { governance: { parties: [dora] } } });
    const elsewhere = { contractId: "c2", data: "text" };
    for (const approvers of [[user(erik)], [user(dora)]]) {
      const answer = documents.propose(approvers, { caller: asErik, document: elsewhere });
      assertRefused(answer, 403, "NotContractParty");
      assert.ok(!answer.body.error.message.includes(dora), "it does not tell who approves the draft");
    }
    assert.equal(documents.propose([user(dora)], { document: elsewhere }).status, 200);
  });
});
