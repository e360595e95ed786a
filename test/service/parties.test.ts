import assert from "node:assert/strict";
import type { Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient, listContracts } from "../../sdk/contract.js";
import { propose, vote } from "../../sdk/governance.js";
import { memberIdOf } from "../../sdk/identity.js";
import { registerUser } from "../../sdk/users.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { TokenIssuer } from "./support/tokens.js";

describe("a contract that names its parties (improvement 12)", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, bob: Member, carol: Member;
  /** A user by certificate and one by token, of each kind. */
  let parties: Client[], strangers: Client[];
  let data: object;

  before(async () => {
    net = await sharedNetwork();
    [alice, bob, carol] = founders(net);
    const issuer = new TokenIssuer();
    const [inside, outside] = [freshId("user"), freshId("user")];
    const registered = [inside, outside].map((oid) => registerUser(oid, { issuer: issuer.url }));
    await net.pass(issuer.registration, ...registered);
    const [user, other] = [await net.addUser(freshId("user")), await net.addUser(freshId("user"))];
    parties = [net.as(user), net.as({ token: issuer.token({ oid: inside }) })];
    strangers = [net.as(other), net.as({ token: issuer.token({ oid: outside }) })];
    const ids = [alice.id, bob.id, memberIdOf(user.certificatePem), inside];
    data = { text: "we share", governance: { parties: ids } };
  });

  it("is voted on by all members, and read by its parties before and after", async () => {
    const id = freshId("contract");
    const as = (client: Client) => new ContractClient(client, id);
    await as(net.as(alice)).draft(data);
    await assertRefused(as(net.as(carol)).read(), 403, "NotContractParty");
    for (const stranger of strangers) await assertRefused(as(stranger).read(), 403, "NotContractParty");

    const proposed = as(net.as(bob)).acceptance(await as(net.as(bob)).read());
    const { proposalId } = await propose(net.client, bob, [proposed]);
    assert.deepEqual((await as(net.as(carol)).read()).data, data);
    for (const stranger of strangers) await assertRefused(as(stranger).read(), 403, "NotContractParty");
    for (const voter of [alice, bob, carol]) await vote(net.client, voter, proposalId);

    const everything = (contract: ContractClient) => [
      () => contract.read(),
      () => contract.policy(),
      () => contract.listSecrets(),
      () => contract.latestEvent(),
      () => contract.releases().next(),
      () => contract.versions().next(),
    ];
    for (const client of [net.as(alice), ...parties])
      for (const reading of everything(as(client))) await reading();
    for (const client of [net.as(carol), ...strangers])
      for (const reading of everything(as(client))) await assertRefused(reading(), 403, "NotContractParty");
    await assertRefused(as(net.as(carol)).stateAcceptance(), 403, "NotContractParty");
    assert.ok((await listContracts(net.as(carol))).includes(id));
  });

  it("is refused when its parties are no list of ids, in a draft and in a proposal", async () => {
    const contract = new ContractClient(net.as(alice), freshId("contract"));
    const malformed = { governance: { parties: [{ id: alice.id }] } };
    await assertRefused(contract.draft(malformed), 400, "InvalidBody");
    const accepting = {
      name: "set_contract",
      args: { contractId: contract.id, contract: { data: malformed } },
    };
    const refusal = await assertRefused(
      propose(net.client, alice, [accepting]),
      400,
      "ProposalFailedToValidate",
    );
    assert.match(refusal.message, /"governance.parties" must be a list/);
  });
});
