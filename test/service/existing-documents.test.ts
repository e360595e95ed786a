import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { Application, assertAllAnswered } from "./support/existing/application.js";
import { exercised } from "./support/existing/exercised.js";
import type { ExistingMember } from "./support/existing/member.js";
import type { AnswerOf } from "./support/existing/operations.js";
import { existingService } from "./support/existing/service.js";
import {
  agreedContract,
  registeredUser,
  threeMembers,
  type ThreeMembers,
} from "./support/existing/parties.js";
import { freshId, sharedNetwork } from "./support/network.js";

// Requests as the member client of the reference sends them (its contract §6.1, §6.2), for members and for users with tokens.

describe("the member client of the reference finds documents as it knows them", function () {
  this.timeout(60_000);
  let net: Network;
  let members: ThreeMembers;
  let alice: ExistingMember, bob: ExistingMember, carol: ExistingMember;
  /** A user who calls with tokens, and its id. */
  let dora: Application, doraId: string;
  let contractId: string;

  before(async () => {
    net = await sharedNetwork();
    members = threeMembers(net);
    [alice, bob, carol] = members;
    contractId = await agreedContract(members);
    const user = await registeredUser(members);
    dora = new Application(existingService(net), { token: user.token });
    doraId = user.id;
  });

  describe("of members", () => {
    const read = async (id: string) => (await alice.call("GET /memberdocuments/{documentId}", [id])).value;
    const draft = (id: string, version: string) => {
      const body = { version, contractId, data: { text: id } };
      return alice.call("PUT /memberdocuments/{documentId}", [id], { body });
    };
    const listed = async (who: Application) => (await who.call("GET /memberdocuments")).value;

    it("on the paths without a contract: drafted, proposed as read, and voted", async () => {
      const id = freshId("document");
      const { txId } = await draft(id, "");
      const version = (await draft(id, txId)).txId;
      const drafted = { id, state: "Draft", version, contractId, data: { text: id }, proposalId: "" };
      assert.deepEqual(await read(id), drafted);
      assert.ok((await listed(dora)).some((entry) => entry.id === id));

      const action = { name: "set_member_document", args: { documentId: id, document: await read(id) } };
      const { proposalId } = await bob.propose(action);
      assert.deepEqual(await read(id), { ...drafted, state: "Proposed", proposalId });
      for (const member of members) await member.ballot((await read(id)).proposalId);
      const { state, data, finalVotes, version: accepted } = await read(id);
      assert.deepEqual([state, data, finalVotes?.length], ["Accepted", { text: id }, 3]);
      assert.notEqual(accepted, version);
      const late = { body: { contractId, data: "more" } };
      await alice.refused(405, "DocumentAlreadyAccepted", "PUT /memberdocuments/{documentId}", [id], late);
    });

    it("and on those below the contract", async () => {
      const id = freshId("document");
      const path = "/contracts/{contractId}/memberdocuments";
      const body = { contractId, data: ["text"], version: "" };
      await bob.call(`PUT ${path}/{documentId}`, [contractId, id], { body });
      const { value } = await dora.call(`POST ${path}/{documentId}`, [contractId, id]);
      assert.deepEqual(value, await read(id));
      assert.ok((await carol.call(`GET ${path}`, [contractId])).value.some((entry) => entry.id === id));
    });
  });

  describe("of users", () => {
    type Document = AnswerOf<"GET /userdocuments/{documentId}">;
    const read = async (id: string) => (await dora.call("GET /userdocuments/{documentId}", [id])).value;
    const draft = (id: string, content: object) =>
      dora.call("PUT /userdocuments/{documentId}", [id], { body: { contractId, data: "text", ...content } });
    /** Who approves where the document does not say: all active members that are no operators. */
    const defaultApprovers = async () =>
      (await alice.members())
        .filter(({ status, memberData }) => status === "Active" && !memberData)
        .map(({ memberId }) => ({ approverId: memberId, approverIdType: "member" }));
    async function propose(id: string, who: Application = dora): Promise<string> {
      const document: Document = await read(id);
      const named = document.approvers as readonly object[] | null | undefined;
      const approvers = named?.length ? named : await defaultApprovers();
      const proposalId = randomUUID().replaceAll("-", "");
      const body = { name: "set_user_document", args: { documentId: id, document }, approvers };
      const { value } = await who.call("PUT /users/proposals/{proposalId}", [proposalId], { body });
      assert.deepEqual(value, { proposalId });
      return proposalId;
    }
    const vote = async (who: Application, proposalId: string, ballot: "accepted" | "rejected") => {
      const submit = "POST /users/proposals/{proposalId}/ballots/submit";
      return (await who.call(submit, [proposalId], { body: { ballot } })).value;
    };
    const status = async (proposalId: string) =>
      (await carol.call("POST /users/proposals/{proposalId}/status", [proposalId])).value;

    it("are approved by all members where nobody is named, in whichever way clients say that", async () => {
      for (const nobody of [{ approvers: null, labels: null, version: "" }, { approvers: [] }, {}]) {
        const id = freshId("document");
        const { txId: version } = await draft(id, nobody);
        const { labels: _, approvers: __, ...drafted } = await read(id);
        const expected = { id, state: "Draft", version, contractId, data: "text" };
        assert.deepEqual(drafted, { ...expected, proposalId: "", proposerId: "" });
        const proposalId = await propose(id);
        const proposed = await read(id);
        assert.deepEqual(
          [proposed.state, proposed.version, proposed.proposalId, proposed.proposerId],
          ["Proposed", version, proposalId, doraId],
        );
        for (const member of members) await vote(member, proposalId, "accepted");
        const { state, finalVotes } = await read(id);
        assert.deepEqual([state, finalVotes?.length], ["Accepted", 3]);
      }
    });

    it("are approved by those whom they name; labels select them", async () => {
      const id = freshId("document");
      const approvers = [
        { approverId: alice.id, approverIdType: "member" },
        { approverId: doraId, approverIdType: "user" },
      ];
      const labels = { kind: freshId("kind"), region: "eu" };
      await draft(id, { approvers, labels, version: "" });
      const selected = async (labelSelector: string) => {
        const query = `?labelSelector=${encodeURIComponent(labelSelector)}`;
        return (await bob.call("GET /userdocuments", [], { query })).value.value;
      };
      assert.deepEqual(await selected(`kind:${labels.kind}, region:eu`), [{ id, labels }]);
      assert.deepEqual(await selected(`kind:${labels.kind},region:us`), []);
      await bob.refused(400, "InvalidParameter", "GET /userdocuments", [], { query: "?labelSelector=kind" });

      const proposalId = await propose(id);
      const { value } = await bob.call("POST /users/proposals/{proposalId}", [proposalId]);
      assert.deepEqual([value.name, value.approvers], ["set_user_document", approvers]);
      assert.deepEqual(
        [value.args.documentId, value.args.document.data, value.args.document.contractId],
        [id, "text", contractId],
      );
      assert.deepEqual(await status(proposalId), { proposerId: doraId, state: "Open", ballots: [] });
      const first = { approverId: alice.id, ballot: "accepted" };
      assert.deepEqual(await vote(alice, proposalId, "accepted"), {
        proposerId: doraId,
        state: "Open",
        ballots: [first],
      });
      assert.equal((await vote(dora, proposalId, "accepted")).state, "Accepted");
      const accepted = await read(id);
      assert.deepEqual(
        [accepted.state, accepted.labels, accepted.approvers, accepted.proposerId, accepted.finalVotes],
        ["Accepted", labels, approvers, doraId, [first, { approverId: doraId, ballot: "accepted" }]],
      );
      const late = { body: { contractId, data: "more" } };
      await dora.refused(405, "UserDocumentAlreadyAccepted", "PUT /userdocuments/{documentId}", [id], late);
    });

    it("go back to the draft when an approver rejects them, or the proposer withdraws", async () => {
      const id = freshId("document");
      await draft(id, {});
      const rejected = await propose(id);
      assert.equal((await vote(bob, rejected, "rejected")).state, "Rejected");
      assert.equal((await read(id)).state, "Draft");
      const withdrawn = await propose(id);
      const { value } = await dora.call("POST /users/proposals/{proposalId}/withdraw", [withdrawn]);
      assert.deepEqual([value.state, (await status(withdrawn)).state], ["Withdrawn", "Withdrawn"]);
      assert.deepEqual([(await read(id)).state, (await read(id)).proposerId], ["Draft", ""]);
    });

    it("are switched by their approvers, below the contract that they name", async () => {
      const id = freshId("document");
      const approvers = [{ approverId: bob.id, approverIdType: "member" }];
      await draft(id, { approvers });
      const path = "/contracts/{contractId}/userdocuments/{documentId}/runtimeoptions/{option}";
      const { contractId: named } = await read(id);
      const check = async (option: string) =>
        (await dora.call(`POST ${path}/status`, [named, id, option])).value;
      assert.equal((await check("execution")).reason?.code, "UserDocumentNotAccepted");
      await vote(bob, await propose(id), "accepted");
      for (const option of ["execution", "telemetry"]) {
        assert.deepEqual(await check(option), { status: "enabled" });
        await bob.call(`POST ${path}/disable`, [named, id, option]);
        const { status: state, reason } = await check(option);
        assert.deepEqual([state, reason?.code], ["disabled", "UserDocumentRuntimeOptionDisabled"]);
        await bob.call(`POST ${path}/enable`, [named, id, option]);
        assert.deepEqual(await check(option), { status: "enabled" });
        await alice.refused(403, "NotUserDocumentApprover", `POST ${path}/disable`, [named, id, option]);
      }
    });

    it("and on the paths below the contract", async () => {
      const id = freshId("document");
      const path = "/contracts/{contractId}/userdocuments";
      const body = { contractId, data: { rows: [1] }, version: "", labels: { kind: "table" } };
      await bob.call(`PUT ${path}/{documentId}`, [contractId, id], { body });
      const { value } = await alice.call(`POST ${path}/{documentId}`, [contractId, id]);
      assert.deepEqual(value, await read(id));
      const { value: list } = await dora.call(`GET ${path}`, [contractId]);
      assert.ok(list.value.some((entry) => entry.id === id));
    });
  });

  describe("altogether", () => {
    it("was answered by every operation of these that it calls", () =>
      assertAllAnswered(exercised.documents));
  });
});
