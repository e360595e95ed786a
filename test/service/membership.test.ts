import assert from "node:assert/strict";
import { makeIdentity, type Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { ContractClient } from "../../sdk/contract.js";
import {
  activateMember,
  type Action,
  BALLOTS,
  getProposal,
  listMembers,
  propose,
  vote,
  withdraw,
} from "../../sdk/governance.js";
import { type Identity, memberIdOf } from "../../sdk/identity.js";
import { Collaboration } from "./support/collaboration.js";
import { ownNetwork, type TestNetwork } from "./support/network.js";
import { TokenIssuer } from "./support/tokens.js";
import { assertRefused } from "./support/refused.js";

const HARMLESS: Action = {
  name: "set_cgs_runtime_options",
  args: { option: "autoapprove-jsapp-proposal", status: "disabled" },
};

describe("who comes, and who goes", function () {
  this.timeout(30_000);
  let network: TestNetwork | undefined;
  let net: Network;
  let alice: Member, bob: Member;
  let dave: Identity, operator: Identity;
  let daveId: string;
  let collaboration: Collaboration;
  let secretId: string;

  before(async () => {
    network = await ownNetwork({ members: 2 });
    net = network.net;
    [alice, bob] = net.members as readonly [Member, Member];
    [dave, operator] = await Promise.all([makeIdentity("dave"), makeIdentity("olga")]);
    daveId = memberIdOf(dave.certificatePem);
    collaboration = await Collaboration.start(net);
    secretId = await collaboration.contract().putSecret("key", "swordfish");
  });
  after(() => network?.end());

  const statusOf = async (id: string) =>
    (await listMembers(net.client)).find(({ memberId }) => memberId === id)?.status;
  const stateAfter = async (proposalId: string, ...voters: Identity[]) => {
    let state: string | undefined;
    for (const voter of voters) state = (await vote(net.client, voter, proposalId)).proposalState;
    return state;
  };
  const open = async (action: Action) => (await propose(net.client, alice, [action])).proposalId;
  const contractOf = (contractId: string): Action => ({
    name: "set_contract",
    args: { contractId, contract: { data: "text" } },
  });

  it("an invited member reads, but neither proposes, votes, drafts nor consents", async () => {
    await net.pass({ name: "set_member", args: { cert: dave.certificatePem } });
    assert.equal(await statusOf(daveId), "Accepted");
    const contract = collaboration.contract(net.as(dave));
    assert.equal((await contract.read()).state, "Accepted");

    const proposalId = await open(HARMLESS);
    await assertRefused(propose(net.client, dave, [HARMLESS]), 401, "InvalidAuthenticationInfo");
    await assertRefused(vote(net.client, dave, proposalId), 401, "InvalidAuthenticationInfo");
    await assertRefused(new ContractClient(net.as(dave), "new").draft("text"), 403, "MemberNotActive");
    await assertRefused(contract.setExecution("disable"), 403, "MemberNotActive");
    await assertRefused(contract.putSecret("key", "v"), 403, "MemberNotActive");
    assert.equal(await stateAfter(proposalId, alice, bob), "Accepted");
  });

  it("no contract is accepted past a member who is about to join: the proposal waits for its vote", async () => {
    const proposalId = await open(contractOf("waiting"));
    assert.equal(await stateAfter(proposalId, alice, bob), "Open");
    await activateMember(net.client, dave);
    assert.equal(await statusOf(daveId), "Active");
    assert.equal(await stateAfter(proposalId, dave), "Accepted");
  });

  it("an active member's veto counts like everybody's", async () => {
    const proposalId = await open(contractOf("vetoed"));
    const closed = await vote(net.client, dave, proposalId, BALLOTS.reject);
    assert.equal(closed.proposalState, "Rejected");
  });

  it("a member who was removed is a stranger, its vote is not waited for, and its consent is not asked (improvement 10)", async () => {
    const contract = collaboration.contract(net.as(dave));
    await contract.setExecution("disable");
    const room = collaboration.room();
    await assertRefused(room.secret(secretId), 403, "ExecutionDisabled");
    const waiting = await open(HARMLESS);
    assert.equal(await stateAfter(waiting, alice), "Open");

    const removal = await open({ name: "remove_member", args: { member_id: daveId } });
    assert.equal(await stateAfter(removal, alice, bob, dave), "Accepted");

    assert.equal(await statusOf(daveId), undefined);
    await assertRefused(vote(net.client, dave, waiting), 401, "InvalidAuthenticationInfo");
    await assertRefused(contract.read(), 401, "InvalidAuthenticationInfo");
    assert.equal(await stateAfter(waiting, bob), "Accepted");
    assert.equal((await room.secret(secretId)).value.toString(), "swordfish");
  });

  it("an operator alone neither touches who votes, nor decides whose tokens count (improvement 9)", async () => {
    for (const [who, member_data] of [
      [operator, { isOperator: true }],
      [dave, {}],
    ] as const) {
      await net.pass({ name: "set_member", args: { cert: who.certificatePem, member_data } });
      await activateMember(net.client, who);
    }
    for (const action of [
      { name: "set_member", args: { cert: dave.certificatePem, member_data: { isOperator: true } } },
      { name: "set_member_data", args: { member_id: daveId, member_data: { isOperator: true } } },
      { name: "remove_member", args: { member_id: daveId } },
      new TokenIssuer().registration,
    ]) {
      const proposed = await propose(net.client, operator, [action]);
      assert.equal(proposed.proposalState, "Open", action.name);
      await withdraw(net.client, operator, proposed.proposalId);
    }
  });

  it("a proposal that waited only for a member who left is decided at the next ballot, be it an operator's", async () => {
    const waiting = await open(HARMLESS);
    assert.equal(await stateAfter(waiting, alice, bob), "Open");
    const removal = await open({ name: "remove_member", args: { member_id: daveId } });
    assert.equal(await stateAfter(removal, alice, bob, dave), "Accepted");
    assert.equal((await getProposal(net.client, waiting)).proposalState, "Open");
    assert.equal(await stateAfter(waiting, operator), "Accepted");
  });

  it("the last who vote can neither leave nor give up their say (improvement 9)", async () => {
    const removal = (member: Member) => ({ name: "remove_member", args: { member_id: member.id } });
    const asking = propose(net.client, alice, [removal(alice), removal(bob)]);
    await assertRefused(asking, 400, "ProposalFailedToValidate");
    const operators = [alice, bob].map(({ id }) => ({
      name: "set_member_data",
      args: { member_id: id, member_data: { isOperator: true } },
    }));
    await assertRefused(propose(net.client, alice, operators), 400, "ProposalFailedToValidate");
  });
});
