import assert from "node:assert/strict";
import { makeIdentity, type Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { ContractClient } from "../../sdk/contract.js";
import { activateMember, BALLOTS, type Action, propose, vote, withdraw } from "../../sdk/governance.js";
import type { Identity } from "../../sdk/identity.js";
import { acceptedContract, Collaboration } from "./support/collaboration.js";
import { founders, ownNetwork, sharedNetwork, type TestNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

describe("what the members decide about a contract in force", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, carol: Member;

  before(async () => {
    net = await sharedNetwork();
    [alice, , carol] = founders(net);
  });

  for (const part of ["spec", "info"] as const)
    it(`how it is deployed (${part}): anybody reads it, and sees what is proposed`, async () => {
      const contract = new ContractClient(net.client, await acceptedContract(net));
      assert.deepEqual(await contract.deployment(part), { proposalIds: [], data: {} });
      const data = { template: { pods: ["日本", 2] } };
      const { proposalId } = await propose(net.client, alice, [contract.deploying(part, data)]);
      assert.deepEqual(await contract.deployment(part), { proposalIds: [proposalId], data: {} });
      for (const voter of net.members) await vote(net.client, voter, proposalId);
      assert.deepEqual(await contract.deployment(part), { proposalIds: [], data });

      const again = await propose(net.client, alice, [contract.deploying(part, "else")]);
      const closed = await vote(net.client, carol, again.proposalId, BALLOTS.reject);
      assert.equal(closed.proposalState, "Rejected");
      assert.deepEqual(await contract.deployment(part), { proposalIds: [], data });
    });

  for (const option of ["logging", "telemetry"] as const)
    it(`${option}: enabled by the vote, disabled by whoever says so, and told to attested code`, async () => {
      const collaboration = await Collaboration.start(net);
      const contract = collaboration.contract();
      const evidence = collaboration.evidence();
      const asked = async () =>
        (
          await net.client.post(`/app/contracts/${contract.id}/runtimeoptions/${option}/status`, evidence)
        ).json();
      assert.deepEqual(await contract.optionStatus(option), { status: "disabled", proposalIds: [] });

      const { proposalId } = await propose(net.client, alice, [contract.switching(option, "enable")]);
      assert.deepEqual(await asked(), { status: "disabled", proposalIds: [proposalId] });
      for (const voter of net.members) await vote(net.client, voter, proposalId);
      assert.deepEqual(await asked(), { status: "enabled", proposalIds: [] });

      const disabling = await propose(net.client, carol, [contract.switching(option, "disable")]);
      assert.equal(disabling.proposalState, "Accepted");
      assert.deepEqual(await contract.optionStatus(option), { status: "disabled", proposalIds: [] });

      await net.pass(contract.ending());
      assert.equal((await contract.optionStatus(option)).reason?.code, "ContractEnded");
      const path = `/app/contracts/${contract.id}/runtimeoptions/${option}/enable`;
      await assertRefused(net.as(alice).post(path), 400, "InvalidOption");
    });

  it("nothing, while it is not accepted", async () => {
    const contract = new ContractClient(net.as(alice), "nobody-drafted-this");
    for (const action of [
      contract.deploying("spec", {}),
      contract.switching("logging", "disable"),
      contract.ending(),
    ])
      await assertRefused(propose(net.client, alice, [action]), 400, "ProposalFailedToValidate");
    assert.equal((await contract.optionStatus("logging")).reason?.code, "ContractNotAccepted");
  });
});

describe("what the members delegate to a contract operator", function () {
  this.timeout(30_000);
  let network: TestNetwork | undefined;
  let net: Network;
  let operator: Identity;

  before(async () => {
    network = await ownNetwork({ members: 2 });
    net = network.net;
    operator = await makeIdentity("olga");
    const member_data = { cgsRoles: { contractOperator: "true" } };
    await net.pass({ name: "set_member", args: { cert: operator.certificatePem, member_data } });
    await activateMember(net.client, operator);
  });
  after(() => network?.end());

  for (const part of ["spec", "info"] as const)
    it(`is decided by it alone while the option is enabled: deployment ${part}`, async () => {
      const contract = new ContractClient(net.client, await acceptedContract(net));
      const option = (status: string): Action => ({
        name: "set_cgs_runtime_options",
        args: { option: `autoapprove-deployment${part}-proposal`, status },
      });
      const proposing = async (member: Identity = operator) => {
        const { proposalId, proposalState } = await propose(net.client, member, [
          contract.deploying(part, "by the operator"),
        ]);
        if (proposalState === "Open") await withdraw(net.client, member, proposalId);
        return proposalState;
      };
      const path = `/app/runtimeoptions/autoapprove-deployment${part}-proposal/status`;
      const status = async () => (await net.as(net.members[0]).post(path)).json();
      assert.deepEqual(await status(), { status: "disabled" });
      assert.equal(await proposing(), "Open");
      await net.pass(option("enabled"));
      assert.deepEqual(await status(), { status: "enabled" });
      assert.equal(await proposing(), "Accepted");
      assert.equal((await contract.deployment(part)).data, "by the operator");
      assert.equal(await proposing(net.members[0]), "Open");
      await net.pass(option("disabled"));
      assert.equal(await proposing(), "Open");
    });
});
