import assert from "node:assert/strict";
import type { Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { contracts } from "../../sdk/answers.js";
import { ContractClient, listContracts } from "../../sdk/contract.js";
import { codeOf } from "../../sdk/errors.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { type Action, BALLOTS, getProposal, propose, vote, withdraw } from "../../sdk/governance.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

describe("a contract", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, bob: Member, carol: Member;
  let contract: ContractClient;
  let bobs: ContractClient;

  before(async () => {
    net = await sharedNetwork();
    [alice, bob, carol] = founders(net);
  });

  beforeEach(() => {
    contract = new ContractClient(net.as(alice), freshId("contract"));
    bobs = new ContractClient(net.as(bob), contract.id);
  });

  const accepting = (data: unknown): Action => ({
    name: "set_contract",
    args: { contractId: contract.id, contract: { data } },
  });
  const stateOf = async (id: string): Promise<string> => (await getProposal(net.client, id)).proposalState;

  it("goes from draft to proposal to acceptance, and says at each step where it stands", async () => {
    const data = { text: "Wir teilen, was wir wissen. 日本 🗝", parties: ["alice", "bob"], pages: 2.5 };
    const version = await contract.draft(data);
    assert.deepEqual(await bobs.read(), { id: contract.id, state: "Draft", version, data, proposalId: "" });

    const draft = await bobs.read();
    const { proposalId } = await propose(net.client, bob, [bobs.acceptance(draft)]);
    assert.deepEqual(await contract.read(), { ...draft, state: "Proposed", proposalId });

    for (const voter of [alice, bob]) {
      await vote(net.client, voter, proposalId);
      assert.equal((await contract.read()).state, "Proposed");
    }
    assert.equal((await vote(net.client, carol, proposalId)).proposalState, "Accepted");
    const accepted = await contract.read();
    assert.deepEqual([accepted.state, accepted.data, accepted.proposalId], ["Accepted", data, proposalId]);
    const votes = accepted.finalVotes?.map(({ memberId, vote }) => `${memberId} ${vote}`);
    assert.deepEqual(votes?.sort(), net.members.map(({ id }) => `${id} true`).sort());
  });

  it("is listed under the state it is in, and only there", async () => {
    const listedIn = async () => {
      const states = ["Draft", "Proposed", "Accepted"] as const;
      const lists = await Promise.all(states.map((state) => listContracts(net.as(bob), state)));
      assert.ok((await listContracts(net.as(bob))).includes(contract.id));
      return states.filter((_, index) => lists[index]?.includes(contract.id));
    };
    await contract.draft("text");
    assert.deepEqual(await listedIn(), ["Draft"]);
    const { proposalId } = await propose(net.client, alice, [accepting("text")]);
    assert.deepEqual(await listedIn(), ["Proposed"]);
    for (const voter of net.members) await vote(net.client, voter, proposalId);
    assert.deepEqual(await listedIn(), ["Accepted"]);
    await assertRefused(net.as(alice).get("/app/contracts?state=accepted"), 400, "InvalidParameter");
  });

  it("is in exactly one page of the list", async () => {
    const prefix = freshId("paged");
    const ids = ["a", "b", "c", "d", "e"].map((letter) => `${prefix}-${letter}`);
    for (const id of ids) await new ContractClient(net.as(alice), id).draft("text");
    const pages: string[][] = [];
    for (let next: string | undefined = `/app/contracts?limit=2&after=${prefix}`; next !== undefined;) {
      const answer = await net.as(bob).get(next);
      pages.push(answer.as(contracts).value.map(({ id }) => id));
      next = (answer.json() as { nextLink?: string }).nextLink;
    }
    assert.ok(pages.every(({ length }, index) => length === 2 || index === pages.length - 1));
    assert.deepEqual(
      pages.flat().filter((id) => id.startsWith(prefix)),
      ids,
    );
  });

  it("is changed only by who has read the newest draft, so that nobody overwrites unseen what another wrote", async () => {
    const first = await contract.draft("first");
    await assertRefused(bobs.draft("second"), 409, "ContractAlreadyExists");
    const second = await bobs.draft("second", first);
    await assertRefused(contract.draft("third", first), 412, "PreconditionFailed");
    assert.notEqual(second, first);
    assert.deepEqual((await contract.read()).data, "second");
  });

  it("is changed by one of those who try at the same time", async () => {
    const version = await contract.draft("first");
    const drafts = ["a", "b", "c", "d"].map((data, index) =>
      (index % 2 === 0 ? contract : bobs).draft(data, version).then(
        () => data,
        (error: unknown) => codeOf(error),
      ),
    );
    const outcomes = await Promise.all(drafts);
    const refused = outcomes.filter((outcome) => outcome === "PreconditionFailed");
    assert.equal(refused.length, 3, outcomes.join());
    assert.ok(outcomes.includes(String((await contract.read()).data)));
  });

  it("is accepted as it was voted on, whatever happens to its draft; readers are told meanwhile (improvement 26)", async () => {
    const version = await contract.draft("agreed");
    const { proposalId } = await propose(net.client, alice, [contract.acceptance(await contract.read())]);
    await bobs.draft("something else", version);
    const proposed = (await net.as(carol).post(`/app/contracts/${contract.id}`)).json();
    const { data, draftDiffers } = proposed as { data: string; draftDiffers?: boolean };
    assert.deepEqual([data, draftDiffers], ["agreed", true]);
    for (const voter of net.members) await vote(net.client, voter, proposalId);
    assert.equal((await contract.read()).data, "agreed");
  });

  it("cannot be changed any more once it is accepted, neither by a draft nor by a vote", async () => {
    await net.pass(accepting("agreed"));
    const { version } = await contract.read();
    await assertRefused(contract.draft("more"), 405, "ContractAlreadyAccepted");
    await assertRefused(contract.draft("more", String(version)), 405, "ContractAlreadyAccepted");
    const again = await propose(net.client, bob, [accepting("more")]);
    assert.equal(again.proposalState, "Rejected");
    assert.equal((await contract.read()).data, "agreed");
  });

  it("is rejected by a single vote against it, and is a draft again", async () => {
    await contract.draft("text");
    const { proposalId } = await propose(net.client, alice, [accepting("text")]);
    await vote(net.client, alice, proposalId);
    const closed = await vote(net.client, carol, proposalId, BALLOTS.reject);
    assert.equal(closed.proposalState, "Rejected");
    assert.equal((await contract.read()).state, "Draft");
    await net.pass(accepting("text"));
    assert.equal((await contract.read()).state, "Accepted");
  });

  it("has one open proposal at a time: a second is rejected at once and the first goes on", async () => {
    const first = await propose(net.client, alice, [accepting("one")]);
    const second = await propose(net.client, bob, [accepting("other")]);
    assert.deepEqual([first.proposalState, second.proposalState], ["Open", "Rejected"]);
    assert.equal(await stateOf(first.proposalId), "Open");
    await withdraw(net.client, alice, first.proposalId);
    await net.pass(accepting("other"));
    assert.equal((await contract.read()).data, "other");
  });

  it("is decided on its own: not twice in a proposal, nor together with anything else", async () => {
    const option = { option: "autoapprove-jsapp-proposal", status: "disabled" };
    const other: Action = { name: "set_cgs_runtime_options", args: option };
    for (const actions of [
      [accepting("one"), accepting("two")],
      [accepting("one"), other],
    ])
      assert.equal((await propose(net.client, alice, actions)).proposalState, "Rejected");
    await assertRefused(contract.read(), 404, "ContractNotFound");
  });

  it("is read by users, but written by members only; strangers see nothing", async () => {
    await contract.draft("text");
    const user = net.as(await net.addUser("dora"));
    const path = `/app/contracts/${contract.id}`;
    assert.equal((await new ContractClient(user, contract.id).read()).data, "text");
    await assertRefused(user.put(path, { data: "mine" }), 401, "InvalidAuthenticationInfo");
    for (const method of ["POST", "PUT"])
      await assertRefused(
        net.client.request(method, path, { body: { data: "mine" } }),
        401,
        "InvalidAuthenticationInfo",
      );
    assert.equal((await contract.read()).data, "text");
  });

  it("that is accepted is proven to anybody by a receipt, stated once", async () => {
    await contract.draft("text");
    await assertRefused(contract.stateAcceptance(), 400, "ContractNotAccepted");
    await net.pass(accepting("text"));
    const txId = await contract.stateAcceptance();
    assert.equal(await bobs.stateAcceptance(), txId);

    const receipt = await fetchReceipt(net.client, txId);
    const { serviceCertificatePem } = net.workspace;
    const document = await contract.read();
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem, txId, document }).txId, txId);
    for (const changed of [
      { ...document, data: "more" },
      { ...document, finalVotes: [] },
    ])
      assert.throws(() => verifyReceipt(receipt, { serviceCertificatePem, document: changed }), {
        code: "ClaimsMismatch",
      });
  });
});
