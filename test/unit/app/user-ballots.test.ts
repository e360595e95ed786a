import assert from "node:assert/strict";
import { postUserBallot } from "../../../src/endpoints/userproposals.js";
import { alice, asMember, assertRefused, asToken, asUser, bob, invited } from "./service.js";
import { asDora, asErik, dora, erik, member, user, UserDocuments } from "./user-documents.js";

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

  describe("take a ballot", () => {
    it("from approvers only, by id and kind (improvement 11)", () => {
      documents.propose([member(alice), user(dora)]);
      for (const caller of [asUser(alice), asMember(bob), asErik])
        assertRefused(documents.vote(caller), 403, "NotProposalApprover");
      documents.ccf.put("public:ccf.gov.user_identities", alice, {
        accountType: "x",
        data: { tenantId: "t1" },
      });
      const namesake = asToken({ oid: alice, tid: "t1" });
      assertRefused(documents.vote(namesake), 403, "NotProposalApprover");
      assert.equal(documents.vote(asMember(alice)).status, 200);
    });

    it("from an invited member once it is active", () => {
      documents.propose([member(invited)]);
      assertRefused(documents.vote(asMember(invited)), 403, "MemberNotActive");
      documents.ccf.put("public:ccf.gov.members.info", invited, { status: "Active" });
      assert.equal(documents.vote(asMember(invited)).status, 200);
      assert.equal(documents.status().state, "Accepted");
    });

    it("once from each, and apart from a namesake of the other kind", () => {
      documents.ccf.put("public:ccf.gov.user_identities", alice, {
        accountType: "x",
        data: { tenantId: "t1" },
      });
      documents.propose([member(alice), user(alice)]);
      documents.vote(asMember(alice));
      assertRefused(documents.vote(asMember(alice), "rejected"), 409, "BallotAlreadySubmitted");
      const decided = documents.vote(asToken({ oid: alice, tid: "t1" })).body;
      assert.deepEqual(decided, status("Accepted", [alice, "accepted"], [alice, "accepted"]));
    });

    it("that says accepted or rejected", () => {
      documents.propose([user(dora)]);
      for (const ballot of [null, "", "yes", "Accepted", true, ["accepted"]])
        assertRefused(documents.vote(asDora, ballot), 400, "InvalidBallotValue");
      const call = { caller: asDora, params: { proposalId: "p1" } };
      assertRefused(documents.service.call(postUserBallot, { ...call, body: {} }), 400, "InvalidBallotValue");
      assertRefused(documents.service.call(postUserBallot, { ...call, body: "" }), 400, "InvalidJson");
      assertRefused(documents.service.call(postUserBallot, { ...call, body: [] }), 400, "InvalidBody");
    });

    it("of active members only, as a withdrawal is", () => {
      documents.propose([user(dora)]);
      for (const act of [documents.vote(asMember(invited)), documents.withdraw(asMember(invited))])
        assertRefused(act, 403, "MemberNotActive");
    });

    it("while they are open", () => {
      documents.propose([user(dora), user(erik)]);
      documents.vote(asDora, "rejected");
      assertRefused(documents.vote(asErik), 409, "ProposalNotOpen");
      assertRefused(documents.withdraw(asDora), 409, "ProposalNotOpen");
    });
  });

  describe("whose approver has left the consortium (improvement 11)", () => {
    for (const gone of [member(alice), user(dora), user(erik)])
      it(`count as rejected and do not stay open for ever: ${gone.approverId.slice(0, 8)}`, () => {
        documents.propose([member(alice), user(dora), user(erik), member(bob)], { caller: asMember(bob) });
        documents.vote(asMember(bob));
        documents.remove(gone);
        assert.equal(documents.status().state, "Rejected");
        assertRefused(documents.vote(asMember(bob)), 409, "ProposalNotOpen");
        assertRefused(documents.withdraw(asMember(bob)), 409, "ProposalNotOpen");
        const again = { proposalId: "p2", caller: asMember(bob) };
        assertRefused(documents.propose([gone], again), 400, "InvalidApprovers");
        assert.equal(documents.propose([member(bob)], again).status, 200);
        assert.equal(documents.read().proposalId, "p2");
      });

    it("are open again if the approver comes back, unless the document was proposed anew", () => {
      documents.propose([member(alice), user(dora)]);
      documents.remove(member(alice));
      assert.equal(documents.status().state, "Rejected");
      documents.restore(member(alice));
      assert.equal(documents.status().state, "Open");

      documents.remove(member(alice));
      documents.propose([user(erik)], { proposalId: "p2" });
      documents.restore(member(alice));
      assert.equal(documents.status("p1").state, "Rejected");
      assertRefused(documents.vote(asMember(alice)), 409, "ProposalNotOpen");
      assert.equal(documents.vote(asErik, "accepted", "p2").body.state, "Accepted");
    });

    it("do not make a document accepted of which an approver who agreed has left", () => {
      documents.propose([member(alice), user(dora)]);
      documents.vote(asMember(alice));
      documents.remove(member(alice));
      assertRefused(documents.vote(asDora), 409, "ProposalNotOpen");
    });

    it("stay accepted once they are", () => {
      documents.propose([member(alice)]);
      documents.vote(asMember(alice));
      documents.remove(member(alice));
      assert.deepEqual([documents.status().state, documents.read().state], ["Accepted", "Accepted"]);
    });
  });
});
