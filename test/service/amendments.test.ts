import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { ContractClient } from "../../sdk/contract.js";
import { BALLOTS, propose, vote } from "../../sdk/governance.js";
import { Collaboration } from "./support/collaboration.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

/** More than a test takes from its first proposal to its last. */
const SOON_MS = 4000;

describe("a contract that was accepted (improvement 31)", function () {
  this.timeout(60_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;
  let secretId: string;

  before(async () => {
    net = await sharedNetwork();
  });

  beforeEach(async () => {
    collaboration = await Collaboration.start(net);
    contract = collaboration.contract();
    secretId = await contract.putSecret("key", "swordfish");
  });

  const released = async () => (await collaboration.room().secret(secretId)).value.toString();
  const versions = async () => {
    const found = [];
    for await (const version of contract.versions()) found.push(version);
    return found;
  };

  it("is amended by all members, who name the version that they replace; what was agreed before stays readable", async () => {
    const [alice, bob, carol] = founders(net);
    const before = await contract.read();
    const amendment = contract.amendment({ data: "We share more." }, String(before.version));
    const { proposalId } = await propose(net.client, alice, [amendment]);
    assert.deepEqual(await contract.proposals(), [proposalId]);
    for (const voter of [alice, bob]) await vote(net.client, voter, proposalId);
    assert.deepEqual(await contract.read(), before);
    assert.equal((await vote(net.client, carol, proposalId)).proposalState, "Accepted");

    const after = await contract.read();
    assert.deepEqual([after.state, after.data, after.proposalId], ["Accepted", "We share more.", proposalId]);
    assert.notEqual(after.version, before.version);
    const found = await versions();
    assert.deepEqual(
      found.map(({ number, version, data, proposalId: by }) => ({ number, version, data, by })),
      [before, after].map(({ version, data, proposalId: by }, at) => ({ number: at + 1, version, data, by })),
    );
    assert.deepEqual(await contract.proposals(), []);
    await assertRefused(propose(net.client, bob, [amendment]), 400, "ProposalFailedToValidate");

    assert.equal(await released(), "swordfish");
    const records = [];
    for await (const { record } of contract.releases()) records.push(record);
    assert.equal(records[0]?.contractVersion, after.version);
    const [first, second] = [await contract.stateAcceptance(), await contract.stateAcceptance()];
    assert.equal(first, second);
  });

  it("is not amended against the vote of a single member", async () => {
    const [alice, , carol] = founders(net);
    const before = await contract.read();
    const amendment = contract.amendment({ data: "more" }, String(before.version));
    const { proposalId } = await propose(net.client, alice, [amendment]);
    assert.equal((await vote(net.client, carol, proposalId, BALLOTS.reject)).proposalState, "Rejected");
    assert.deepEqual(await contract.read(), before);
  });

  it("is ended by all members: nothing is released any more, and its history stays", async () => {
    const [alice] = founders(net);
    assert.equal(await released(), "swordfish");
    const { proposalId } = await propose(net.client, alice, [contract.ending()]);
    assert.equal(await released(), "swordfish");
    for (const voter of net.members) await vote(net.client, voter, proposalId);

    await assertRefused(collaboration.room().secret(secretId), 403, "ContractEnded");
    const status = await contract.executionStatus();
    assert.deepEqual([status.status, status.reason?.code], ["disabled", "ContractEnded"]);
    const { state, endedBy } = await contract.read();
    assert.deepEqual([state, endedBy], ["Accepted", proposalId]);
    assert.equal((await versions()).length, 1);
    const { record } = (await contract.releases().next()).value as { record: { release: number } };
    assert.equal(record.release, 1);
    for (const action of [contract.ending(), contract.amendment({ data: 1 }, "2.1")])
      await assertRefused(propose(net.client, alice, [action]), 400, "ProposalFailedToValidate");
    await assertRefused(contract.draft("anew"), 405, "ContractAlreadyAccepted");
  });

  it("releases nothing once it has expired, until the members amend it", async () => {
    const expires = new Date(Date.now() + SOON_MS).toISOString();
    const { version } = await contract.read();
    await net.pass(contract.amendment({ data: "for a while", expires }, String(version)));
    assert.equal(await released(), "swordfish");
    assert.equal((await contract.read()).expires, expires);

    await new Promise((resolve) => setTimeout(resolve, Date.parse(expires) - Date.now() + 50));
    await assertRefused(collaboration.room().secret(secretId), 403, "ContractExpired");
    assert.equal((await contract.executionStatus()).reason?.code, "ContractExpired");

    const expired = await contract.read();
    await net.pass(contract.amendment({ data: "for good" }, String(expired.version)));
    assert.equal(await released(), "swordfish");
  });

  it("is drafted, proposed and accepted with the moment at which it expires", async () => {
    const [alice] = founders(net);
    const drafted = new ContractClient(net.as(alice), freshId("contract"));
    await assertRefused(drafted.draft("text", undefined, "2030-02-31T00:00:00Z"), 400, "InvalidBody");
    await drafted.draft("text", undefined, "2030-02-28T00:00:00Z");
    await net.pass(drafted.acceptance(await drafted.read()));
    const { state, expires } = await drafted.read();
    assert.deepEqual([state, expires], ["Accepted", "2030-02-28T00:00:00Z"]);
    const wrong = { data: 1, expires: "2030-02-31T00:00:00Z" };
    const accepting = { name: "set_contract", args: { contractId: freshId("contract"), contract: wrong } };
    await assertRefused(propose(net.client, alice, [accepting]), 400, "ProposalFailedToValidate");
  });

  it("is listed with its versions to known callers only", async () => {
    const path = `/app/contracts/${contract.id}/versions`;
    const user = new ContractClient(net.as(await net.addUser(freshId("user"))), contract.id);
    assert.equal(((await user.versions().next()).value as { number: number }).number, 1);
    await assertRefused(net.client.get(path), 401, "InvalidAuthenticationInfo");
  });
});
