import assert from "node:assert/strict";
import type { Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import type { Approver } from "../../sdk/answers.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import {
  listMemberDocuments,
  listUserDocuments,
  MemberDocumentClient,
  UserDocumentClient,
  userDocumentClaim,
  UserProposalClient,
} from "../../sdk/documents.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { BALLOTS, propose, vote } from "../../sdk/governance.js";
import { type Identity, memberIdOf } from "../../sdk/identity.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { registerUser } from "../../sdk/users.js";
import { acceptedContract, Collaboration } from "./support/collaboration.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { TokenIssuer } from "./support/tokens.js";

describe("documents", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, bob: Member, carol: Member;
  let dora: Identity;
  let doras: Client;
  let collaboration: Collaboration;
  let contractId: string;

  before(async () => {
    net = await sharedNetwork();
    [alice, bob, carol] = founders(net);
    dora = await net.addUser("dora");
    doras = net.as(dora);
    collaboration = await Collaboration.start(net);
    ({ contractId } = collaboration);
  });

  const member = ({ id }: Member): Approver => ({ approverId: id, approverIdType: "member" });
  const user = (identity: Identity): Approver => ({
    approverId: memberIdOf(identity.certificatePem),
    approverIdType: "user",
  });

  describe("of members", () => {
    let document: MemberDocumentClient;
    beforeEach(() => {
      document = new MemberDocumentClient(net.as(alice), contractId, freshId("document"));
    });

    it("go from draft to proposal to acceptance, and say at each step where they stand", async () => {
      const data = { text: "Wir teilen, was wir wissen. 日本 🗝", rows: [1, 2.5] };
      const version = await document.draft(data);
      const draft = { id: document.id, state: "Draft", version, contractId, data, proposalId: "" };
      assert.deepEqual(await document.read(), draft);
      await assertRefused(document.draft("other"), 409, "DocumentAlreadyExists");

      const { proposalId } = await propose(net.client, bob, [document.acceptance(await document.read())]);
      assert.deepEqual(await document.read(), { ...draft, state: "Proposed", proposalId });
      await document.draft("changed meanwhile", version);
      for (const voter of net.members) await vote(net.client, voter, proposalId);
      const accepted = await document.read();
      assert.deepEqual([accepted.state, accepted.data, accepted.proposalId], ["Accepted", data, proposalId]);
      assert.equal(accepted.finalVotes?.length, net.members.length);
      await assertRefused(document.draft("more"), 405, "DocumentAlreadyAccepted");
      assert.ok((await listMemberDocuments(net.as(carol), contractId)).includes(document.id));
    });

    it("are rejected by a single vote, and when they are proposed twice", async () => {
      await document.draft("text");
      const action = document.acceptance(await document.read());
      const first = await propose(net.client, alice, [action]);
      const second = await propose(net.client, bob, [action]);
      assert.deepEqual([first.proposalState, second.proposalState], ["Open", "Rejected"]);
      const vetoed = await vote(net.client, carol, first.proposalId, BALLOTS.reject);
      assert.equal(vetoed.proposalState, "Rejected");
      assert.equal((await document.read()).state, "Draft");
      await net.pass(action);
      assert.equal((await propose(net.client, bob, [action])).proposalState, "Rejected");
    });

    it("belong to a contract that exists, and stay with it", async () => {
      const nowhere = new MemberDocumentClient(net.as(alice), freshId("contract"), document.id);
      await assertRefused(nowhere.draft("text"), 404, "ContractNotFound");
      await new ContractClient(net.as(bob), nowhere.contractId).draft("a draft is enough");
      await nowhere.draft("text");
      await assertRefused(document.read(), 400, "ContractIdMismatch");
    });

    it("are written by members only, and read by users; strangers see nothing", async () => {
      await document.draft("text");
      const path = `/app/contracts/${contractId}/memberdocuments/${document.id}`;
      assert.equal((await new MemberDocumentClient(doras, contractId, document.id).read()).data, "text");
      await assertRefused(doras.put(path, { contractId, data: 1 }), 401, "InvalidAuthenticationInfo");
      await assertRefused(net.client.post(path), 401, "InvalidAuthenticationInfo");
    });

    it("are served on the older paths too, in a bare array with the next page in a header (improvement 23)", async () => {
      const prefix = freshId("paged");
      const ids = ["a", "b", "c"].map((letter) => `${prefix}-${letter}`);
      for (const id of ids) await net.as(alice).put(`/app/memberdocuments/${id}`, { contractId, data: id });
      const found: unknown[] = [];
      for (let next: string | undefined = `/app/memberdocuments?limit=2&after=${prefix}`; next;) {
        const answer = await doras.get(next);
        found.push(...(answer.json() as { id: string }[]));
        next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
      }
      assert.deepEqual(
        (found as { id: string }[]).map(({ id }) => id).filter((id) => id.startsWith(prefix)),
        ids,
      );
      const read = (await net.as(bob).get(`/app/memberdocuments/${prefix}-a`)).json() as { data: string };
      assert.equal(read.data, `${prefix}-a`);
    });

    it("reach attested code just as members read them, once they are accepted", async () => {
      await document.draft({ secret: "🗝" });
      const room = collaboration.room();
      await assertRefused(room.memberDocument(document.id), 404, "DocumentNotFound");
      await net.pass(document.acceptance(await document.read()));
      assert.deepEqual((await room.memberDocument(document.id)).value, await document.read());
      const records = [];
      for await (const { record } of collaboration.contract().releases()) records.push(record.item);
      assert.deepEqual(records.at(-1), { kind: "document", id: `memberdocuments/${document.id}` });

      const other = collaboration.room({ claims: { "virtual-svn": 1 } });
      await assertRefused(
        other.memberDocument(document.id),
        400,
        "VerifySnpAttestationFailed",
        "ClaimMismatch",
      );
      const elsewhere = await Collaboration.start(net);
      await assertRefused(elsewhere.room().memberDocument(document.id), 400, "ContractIdMismatch");
    });
  });

  describe("of users", () => {
    let document: UserDocumentClient;
    beforeEach(() => {
      document = new UserDocumentClient(doras, contractId, freshId("document"));
    });
    const proposal = (id: string, client: Client) => new UserProposalClient(client, id);
    const accepted = async (approvers: Approver[], ...voters: Client[]): Promise<void> => {
      await document.draft("text");
      const id = await document.propose(await document.read(), approvers);
      for (const voter of voters) await proposal(id, voter).vote("accepted");
    };

    it("go from draft to proposal to acceptance by their approvers, as they were proposed", async () => {
      const [labels, approvers] = [{ kind: "query" }, [user(dora), member(alice)]];
      const version = await document.draft({ sql: "select 1" }, { labels, approvers });
      const draft = await document.read();
      const expected = { id: document.id, state: "Draft", version, contractId, data: { sql: "select 1" } };
      assert.deepEqual(draft, { ...expected, labels, approvers, proposalId: "", proposerId: "" });

      const id = await document.propose(draft);
      await document.draft("changed meanwhile", { version, labels, approvers });
      const proposed = await document.read();
      const proposerId = memberIdOf(dora.certificatePem);
      const standing = { state: "Proposed", proposalId: id, proposerId, draftDiffers: true };
      assert.deepEqual(proposed, { ...draft, ...standing });
      assert.deepEqual((await proposal(id, net.as(bob)).read()).approvers, approvers);

      await proposal(id, net.as(alice)).vote("accepted");
      assert.equal((await proposal(id, net.as(carol)).status()).state, "Open");
      assert.equal((await proposal(id, doras).vote("accepted")).state, "Accepted");
      const final = await document.read();
      assert.deepEqual([final.state, final.data], ["Accepted", { sql: "select 1" }]);
      assert.deepEqual(final.finalVotes, [
        { approverId: alice.id, ballot: "accepted" },
        { approverId: proposerId, ballot: "accepted" },
      ]);
      await assertRefused(document.draft("more"), 405, "UserDocumentAlreadyAccepted");
      assert.deepEqual(await listUserDocuments(net.as(carol), contractId, labels), [document.id]);
    });

    it("are drafted, proposed and approved by users with tokens as well, while they are registered (improvement 11)", async () => {
      const tenant = freshId("tenant");
      const issuer = new TokenIssuer({ tenant });
      const [erik, stranger] = [freshId("oid"), freshId("oid")];
      await net.pass(issuer.registration, registerUser(erik, { tenantId: tenant }));
      const eriks = net.as({ token: issuer.token({ oid: erik }) });
      const his = new UserDocumentClient(eriks, contractId, document.id);
      const approvers: Approver[] = [user(dora), { approverId: erik, approverIdType: "user" }];
      await his.draft("text", { approvers });
      const unknown: Approver = { approverId: stranger, approverIdType: "user" };
      await assertRefused(his.propose(await his.read(), [user(dora), unknown]), 400, "InvalidApprovers");
      const id = await his.propose(await his.read());
      assert.equal((await document.read()).proposerId, erik);
      const strangers = net.as({ token: issuer.token({ oid: stranger }) });
      await assertRefused(proposal(id, strangers).vote("accepted"), 403, "CallerNotAuthorized");
      await proposal(id, eriks).vote("accepted");
      assert.equal((await proposal(id, doras).vote("accepted")).state, "Accepted");
      await his.setOption("execution", "disable");
      assert.equal((await document.optionStatus("execution")).status, "disabled");

      await net.pass({ name: "remove_user_identity", args: { id: erik } });
      await assertRefused(his.read(), 403, "CallerNotAuthorized");
      assert.deepEqual(await document.optionStatus("execution"), { status: "enabled" });
    });

    it("that are accepted are proven by the receipt of their version", async () => {
      await accepted([user(dora)], doras);
      const final = await document.read();
      const txId = String(final.version);
      await net.client.committed(txId);
      const receipt = await fetchReceipt(net.client, txId);
      const { serviceCertificatePem } = net.workspace;
      const expected = { serviceCertificatePem, txId, document: userDocumentClaim(final) };
      assert.equal(verifyReceipt(receipt, expected).txId, txId);
      const forged = userDocumentClaim({ ...final, data: "more" });
      assert.throws(() => verifyReceipt(receipt, { ...expected, document: forged }), {
        code: "ClaimsMismatch",
      });
    });

    it("have approvers whom the consortium knows, and who are those of the draft (improvement 11)", async () => {
      await document.draft("text", { approvers: [member(alice), user(dora)] });
      const draft = await document.read();
      const stranger: Approver = { approverId: "9".repeat(64), approverIdType: "member" };
      for (const wrong of [[stranger], [{ ...member(alice), approverIdType: "user" as const }], [user(dora)]])
        await assertRefused(document.propose(draft, wrong), 400, "InvalidApprovers");
      await assertRefused(document.propose(draft, []), 400, "EmptyApprovers");
      const id = await document.propose(draft, [user(dora), member(alice)]);
      await assertRefused(document.propose(draft), 409, "UserDocumentAlreadyProposed");
      await assertRefused(proposal(id, net.as(bob)).vote("accepted"), 403, "NotProposalApprover");
      await proposal(id, doras).vote("accepted");
      await assertRefused(proposal(id, doras).vote("rejected"), 409, "BallotAlreadySubmitted");
      await assertRefused(proposal(id, net.as(alice)).withdraw(), 403, "NotProposalOwner");
      assert.equal((await proposal(id, net.as(alice)).vote("rejected")).state, "Rejected");
      assert.equal((await document.read()).state, "Draft");
    });

    it("that are withdrawn or wait for somebody who has left can be proposed anew (improvement 11)", async () => {
      await document.draft("text");
      const draft = await document.read();
      const withdrawn = await document.propose(draft, [user(dora)]);
      assert.equal((await proposal(withdrawn, doras).withdraw()).state, "Withdrawn");

      const erik = await net.addUser("erik");
      const waiting = await document.propose(draft, [user(dora), user(erik)]);
      await proposal(waiting, doras).vote("accepted");
      const user_id = memberIdOf(erik.certificatePem);
      await net.pass({ name: "remove_user", args: { user_id } });
      assert.equal((await proposal(waiting, doras).status()).state, "Rejected");
      const last = await document.propose(draft, [user(dora)]);
      assert.equal((await proposal(last, doras).vote("accepted")).state, "Accepted");
    });

    it("reach attested code just as others read them, while all approvers let them be used", async () => {
      await document.draft("text");
      const room = collaboration.room();
      await assertRefused(room.userDocument(document.id), 404, "UserDocumentNotFound");
      const id = await document.propose(await document.read(), [member(alice), user(dora)]);
      for (const voter of [net.as(alice), doras]) await proposal(id, voter).vote("accepted");
      assert.deepEqual((await room.userDocument(document.id)).value, await document.read());

      const alices = new UserDocumentClient(net.as(alice), contractId, document.id);
      const bobs = new UserDocumentClient(net.as(bob), contractId, document.id);
      await assertRefused(bobs.setOption("execution", "disable"), 403, "NotUserDocumentApprover");
      await alices.setOption("execution", "disable");
      const status = await bobs.optionStatus("execution");
      assert.equal(status.reason?.code, "UserDocumentRuntimeOptionDisabled");
      await assertRefused(room.userDocument(document.id), 403, "ExecutionDisabled");
      assert.deepEqual(await bobs.optionStatus("telemetry"), { status: "enabled" });
      await alices.setOption("execution", "enable");
      assert.equal((await room.userDocument(document.id)).value.data, "text");
    });

    it("tell attested code whether it may use them, and strangers nothing", async () => {
      await accepted([user(dora)], doras);
      const { platform, attestation } = collaboration.evidence();
      const path = `/app/contracts/${contractId}/userdocuments/${document.id}/runtimeoptions/execution/status`;
      const asked = await net.client.post(path, { platform, attestation });
      assert.deepEqual(asked.json(), { status: "enabled" });
      await document.setOption("execution", "disable");
      const { status } = (await net.client.post(path, { platform, attestation })).json() as {
        status: string;
      };
      assert.equal(status, "disabled");
      await assertRefused(net.client.post(path, {}), 400, "AttestationMissing");
      const wrong = collaboration.evidence({ claims: { "virtual-svn": 1 } });
      await assertRefused(net.client.post(path, wrong), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    });

    it("are read, written and listed on the older paths too, page by page (improvement 23)", async () => {
      const kind = freshId("kind");
      const ids = ["a", "b", "c"].map((letter) => `${kind}-${letter}`);
      for (const id of ids)
        await net.as(alice).put(`/app/userdocuments/${id}`, { contractId, data: id, labels: { kind } });
      const found: string[] = [];
      for (let next: string | undefined = `/app/userdocuments?labelSelector=kind:${kind}&limit=2`; next;) {
        const page = (await doras.get(next)).json() as { value: { id: string }[]; nextLink?: string };
        found.push(...page.value.map(({ id }) => id));
        next = page.nextLink;
      }
      assert.deepEqual(found, ids);
      const read = (await net.as(bob).get(`/app/userdocuments/${kind}-b`)).json() as { data: string };
      assert.equal(read.data, `${kind}-b`);
      await assertRefused(doras.get("/app/userdocuments?labelSelector=kind"), 400, "InvalidParameter");
    });

    it("of a contract that names its parties are theirs, and of those who approve them (improvement 12)", async () => {
      const parties = [alice.id, memberIdOf(dora.certificatePem)];
      const closed = await acceptedContract(net, { text: "Between us.", governance: { parties } });
      const id = freshId("document");
      const as = (client: Client) => new UserDocumentClient(client, closed, id);
      await assertRefused(as(net.as(bob)).draft("text"), 403, "NotContractParty");
      await as(doras).draft("text");
      const proposalId = await as(doras).propose(await as(doras).read(), [member(carol)]);
      await assertRefused(as(net.as(bob)).read(), 403, "NotContractParty");
      await assertRefused(proposal(proposalId, net.as(bob)).read(), 403, "NotContractParty");
      await assertRefused(listUserDocuments(net.as(bob), closed), 403, "NotContractParty");
      assert.equal((await as(net.as(carol)).read()).data, "text");
      await proposal(proposalId, net.as(carol)).vote("accepted");
      assert.equal((await as(net.as(alice)).read()).state, "Accepted");
    });

    it("are nothing to strangers", async () => {
      const path = `/app/contracts/${contractId}/userdocuments/${document.id}`;
      for (const asking of [
        net.client.put(path, { contractId, data: 1 }),
        net.client.post(path),
        net.client.get(`/app/contracts/${contractId}/userdocuments`),
        net.client.put("/app/users/proposals/p", {}),
        net.client.post(`${path}/runtimeoptions/execution/disable`),
      ])
        await assertRefused(asking, 401, "InvalidAuthenticationInfo");
    });
  });
});
