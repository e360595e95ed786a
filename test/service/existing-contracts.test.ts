import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { Application, assertAllAnswered, assertRefusal } from "./support/existing/application.js";
import { exercised } from "./support/existing/exercised.js";
import { assertForm } from "./support/existing/forms.js";
import { BALLOTS, type ExistingMember, passed } from "./support/existing/member.js";
import { operations } from "./support/existing/operations.js";
import { agreedContract, threeMembers, type ThreeMembers } from "./support/existing/parties.js";
import { existingService } from "./support/existing/service.js";
import { freshId, sharedNetwork } from "./support/network.js";

// Requests as the member client of the reference sends them (its contract §6.1, §6.2).

describe("the member client of the reference finds contracts as it knows them", function () {
  this.timeout(60_000);
  let net: Network;
  let alice: ExistingMember, bob: ExistingMember, carol: ExistingMember;
  let members: ThreeMembers;

  before(async () => {
    net = await sharedNetwork();
    members = threeMembers(net);
    [alice, bob, carol] = members;
  });

  const contract = "/contracts/{contractId}";
  const read = async (id: string) => (await alice.call(`POST ${contract}`, [id])).value;
  const draft = (id: string, data: unknown, version = "") =>
    alice.call(`PUT ${contract}`, [id], { body: { version, data } });
  const listed = async (state: string) => {
    const { value } = await bob.call("GET /contracts", [], { query: `?state=${state}` });
    return value.value.map(({ id }) => id);
  };
  const status = async (id: string, option: string) =>
    (await carol.call(`POST ${contract}/runtimeoptions/{option}/status`, [id, option])).value;

  it("drafts, lists, proposes, votes: each answer has what it reads", async () => {
    const id = freshId("existing");
    const data = { text: "日本", parties: [null, 1.5, true] };
    const created = await draft(id, data);
    const drafted = await read(id);
    assert.deepEqual(drafted, { id, state: "Draft", version: created.txId, data, proposalId: "" });
    assert.ok((await listed("Draft")).includes(id));

    for (const version of ["", undefined])
      await alice.refused(409, "ContractAlreadyExists", `PUT ${contract}`, [id], { body: { version, data } });
    const stale = { body: { version: "2.1", data } };
    await alice.refused(412, "PreconditionFailed", `PUT ${contract}`, [id], stale);
    const { txId: version } = await draft(id, data, created.txId);

    const { proposalId, proposalState, proposerId } = await alice.proposeContract(id, await read(id));
    assert.deepEqual([proposalState, proposerId], ["Open", alice.id]);
    assert.deepEqual(await read(id), { id, state: "Proposed", data, version, proposalId });
    assert.ok((await listed("Proposed")).includes(id));

    for (const member of members) await member.ballot((await read(id)).proposalId);
    const accepted = await read(id);
    assert.deepEqual([accepted.state, accepted.data, accepted.proposalId], ["Accepted", data, proposalId]);
    const votes = new Map(accepted.finalVotes?.map(({ memberId, vote }) => [memberId, vote]));
    assert.deepEqual(votes, new Map(members.map((member) => [member.id, true])));
    for (const state of ["Accepted", ""]) assert.ok((await listed(state)).includes(id));
    await alice.refused(405, "ContractAlreadyAccepted", `PUT ${contract}`, [id], { body: { data } });
    await alice.refused(404, "ContractNotFound", `POST ${contract}`, [freshId("nowhere")]);
  });

  it("goes back to the draft when a member votes against it, or the proposer withdraws", async () => {
    const id = freshId("existing");
    await draft(id, "text");
    const vetoed = await alice.proposeContract(id, await read(id));
    assert.equal((await bob.proposeContract(id, await read(id))).proposalState, "Rejected");
    assert.equal((await carol.ballot(vetoed.proposalId, BALLOTS.reject)).proposalState, "Rejected");
    assert.equal((await read(id)).state, "Draft");
    const withdrawn = await alice.proposeContract(id, await read(id));
    assert.equal((await alice.withdraw(withdrawn.proposalId)).proposalState, "Withdrawn");
    assert.deepEqual([(await read(id)).state, (await read(id)).proposalId], ["Draft", ""]);
  });

  it("sends query parameters and bodies that nobody reads", async () => {
    const id = freshId("existing");
    const query = "?api-version=2024-07-01";
    await alice.call(`PUT ${contract}`, [id], { query, body: { version: "", data: "text" } });
    const { value } = await alice.call("GET /contracts", [], { query: "?&api-version=2024-07-01" });
    assert.ok(value.value.some((entry) => entry.id === id));
    await alice.call(`POST ${contract}`, [id], { query, body: { nobody: "reads this" } });
  });

  it("proposes deployments of any JSON, and policies, and sees what is open", async () => {
    const id = await agreedContract(members);
    for (const [name, field, operation] of [
      ["set_deployment_spec", "spec", `POST ${contract}/deploymentspec`],
      ["set_deployment_info", "info", `POST ${contract}/deploymentinfo`],
    ] as const) {
      const current = async () => (await alice.call(operation, [id])).value;
      assert.deepEqual(await current(), { proposalIds: [], data: {} });
      for (const data of [{ template: { resources: [] }, nothing: null }, ["a", 1]]) {
        const action = { name, args: { contractId: id, [field]: { data } } };
        const open = await alice.propose(action);
        assert.deepEqual((await current()).proposalIds, [open.proposalId]);
        await alice.withdraw(open.proposalId);
        await passed(members, action);
        assert.deepEqual(await current(), { proposalIds: [], data });
      }
    }

    const policy = async () => (await bob.call(`POST ${contract}/cleanroompolicy`, [id])).value;
    const { policy: none, proposalIds } = await policy();
    assert.deepEqual([none, proposalIds], [{}, []]);
    const propose = (args: object) => ({ name: "set_clean_room_policy", args: { ...args, contractId: id } });
    const [one, two] = ["73".repeat(32), "7e".repeat(32)];
    const hostdata = "x-ms-sevsnpvm-hostdata";
    for (const [args, expected] of [
      [{ type: "add", claims: { [hostdata]: [one] } }, { [hostdata]: [one] }],
      [{ type: "add", policyType: null, claims: { [hostdata]: [two] } }, { [hostdata]: [one, two] }],
      [
        {
          type: "add",
          policyType: "snp-caci",
          claims: { "x-ms-sevsnpvm-is-debuggable": [false], [hostdata]: [one] },
        },
        { [hostdata]: [one, two], "x-ms-sevsnpvm-is-debuggable": [false] },
      ],
      [
        { type: "remove", claims: { [hostdata]: [two], "x-ms-sevsnpvm-is-debuggable": [false] } },
        { [hostdata]: [one] },
      ],
      [{ type: "remove", claims: { [hostdata]: [one] } }, {}],
    ] as const) {
      const open = await carol.propose(propose(args));
      assert.deepEqual((await policy()).proposalIds, [open.proposalId]);
      for (const member of members) await member.ballot(open.proposalId);
      assert.deepEqual((await policy()).policy, expected);
    }
  });

  it("switches execution for itself, and proposes logging and telemetry", async () => {
    const drafted = freshId("existing");
    await draft(drafted, "text");
    for (const option of ["execution", "logging", "telemetry"]) {
      const { status: state, reason } = await status(drafted, option);
      assert.deepEqual([state, reason?.code], ["disabled", "ContractNotAccepted"]);
    }
    const enable = `POST ${contract}/runtimeoptions/{option}/enable` as const;
    await alice.refused(400, "ContractNotAccepted", enable, [drafted, "execution"]);
    await alice.refused(400, "InvalidOption", enable, [drafted, "logging"]);

    const id = await agreedContract(members);
    assert.deepEqual(await status(id, "execution"), { status: "enabled" });
    await bob.call(`POST ${contract}/runtimeoptions/{option}/disable`, [id, "execution"]);
    const disabled = await status(id, "execution");
    assert.deepEqual([disabled.status, disabled.reason?.code], ["disabled", "ContractDisabled"]);
    assert.match(disabled.reason?.message ?? "", new RegExp(bob.id));
    await alice.call(enable, [id, "execution"]);
    assert.equal((await status(id, "execution")).status, "disabled", "a member switches only its own");
    await bob.call(enable, [id, "execution"]);
    assert.deepEqual(await status(id, "execution"), { status: "enabled" });

    for (const option of ["logging", "telemetry"]) {
      assert.deepEqual(await status(id, option), { status: "disabled", proposalIds: [] });
      const name = (action: string) => `set_contract_runtime_options_${action}_${option}`;
      const { proposalId } = await alice.propose({ name: name("enable"), args: { contractId: id } });
      assert.deepEqual(await status(id, option), { status: "disabled", proposalIds: [proposalId] });
      for (const member of members) await member.ballot(proposalId);
      assert.deepEqual(await status(id, option), { status: "enabled", proposalIds: [] });
      const off = await carol.propose({ name: name("disable"), args: { contractId: id } });
      assert.equal(off.proposalState, "Accepted");
      assert.equal((await status(id, option)).status, "disabled");
    }
  });

  it("keeps secrets, and has the authority of a contract made", async () => {
    const id = await agreedContract(members);
    const secret = `PUT ${contract}/secrets/{secretName}` as const;
    const { secretId } = (await bob.call(secret, [id, "key"], { body: { value: "swordfish" } })).value;
    assert.equal(secretId, `${bob.id}_key`);
    await bob.call(secret, [id, "key"], { body: { value: "x".repeat(25_600) } });
    await bob.refused(400, "ValueTooLarge", secret, [id, "key"], { body: { value: "x".repeat(25_601) } });
    await bob.refused(400, "ValueMissing", secret, [id, "key"], { body: { value: "" } });
    const list = await alice.call(`GET ${contract}/secrets`, [id]);
    assert.deepEqual(list.value, { value: [{ secretId }] });

    const ca = async () => (await carol.call(`POST ${contract}/ca/status`, [id])).value;
    assert.deepEqual(await ca(), { enabled: false, proposalIds: [] });
    const generate = `POST ${contract}/ca/generateSigningKey` as const;
    await alice.refused(405, "CANotEnabled", generate, [id]);
    await passed(members, { name: "enable_ca", args: { contractId: id } });
    for (let times = 0; times < 2; times++)
      assert.deepEqual((await alice.call(generate, [id])).value, { requestId: "1" });
    const { enabled, caCert, publicKey } = await ca();
    assert.ok(enabled && caCert && publicKey);
    await passed(members, { name: "ca_enable_rotate_signing_key", args: { contractId: id } });
    assert.deepEqual((await bob.call(generate, [id])).value, { requestId: "2" });
    assert.notEqual((await ca()).publicKey, publicKey);
  });

  it("decides what may be approved automatically, and reads what was decided", async () => {
    const check = (option: string) => alice.call("POST /runtimeoptions/{option}/status", [option]);
    for (const subject of ["constitution", "jsapp", "deploymentspec", "deploymentinfo", "cleanroompolicy"])
      assert.equal((await check(`autoapprove-${subject}-proposal`)).value.status, "disabled");
    await alice.refused(400, "InvalidOption", "POST /runtimeoptions/{option}/status", ["autoapprove"]);
    const option = "autoapprove-deploymentinfo-proposal";
    for (const decided of ["enabled", "disabled"]) {
      await passed(members, { name: "set_cgs_runtime_options", args: { option, status: decided } });
      assert.deepEqual((await check(option)).value, { status: decided });
    }
  });

  it("follows proposals: lists them, reads their actions, and their history", async () => {
    const args = { option: "autoapprove-jsapp-proposal", status: "disabled" };
    const { proposalId } = await bob.propose({ name: "set_cgs_runtime_options", args });
    assert.ok((await alice.openProposals()).some((open) => open.proposalId === proposalId));
    const { actions } = await alice.governance(`/members/proposals/${proposalId}/actions`, {
      actions: [{ name: "text", args: "any" }],
    });
    assert.deepEqual(actions, [{ name: "set_cgs_runtime_options", args }]);
    for (const member of members) await member.ballot(proposalId);
    const closed = await alice.readProposal(proposalId);
    assert.deepEqual([closed.proposalState, closed.ballotCount, closed.proposerId], ["Accepted", 3, bob.id]);

    const { value } = await carol.call("GET /proposals/{proposalId}/historical", [proposalId]);
    const states = value.value.map(({ proposalState }) => proposalState);
    assert.deepEqual(states, ["Open", "Open", "Open", "Accepted"]);
  });

  it("lists votes by a path that CCF 7 no longer has; its replacement tells the ballots to the letter", async () => {
    const args = { option: "autoapprove-jsapp-proposal", status: "disabled" };
    const { proposalId } = await bob.propose({ name: "set_cgs_runtime_options", args });
    await alice.ballot(proposalId);
    const older = await alice.request("GET", `/gov/proposals/${proposalId}`);
    assertRefusal(older, 404, "ResourceNotFound", "the unversioned governance API");
    const path = `/gov/members/proposals/${proposalId}/ballots/${alice.id}?api-version=2024-07-01`;
    const ballot = await bob.request("GET", path);
    assert.deepEqual([ballot.status, ballot.text], [200, BALLOTS.accept]);
    const vetoed = await carol.ballot(proposalId, BALLOTS.reject);
    assert.equal(vetoed.proposalState, "Rejected");
  });

  it("acknowledges the state, and sees who the members are and whether the service is ready", async () => {
    await carol.acknowledge();
    const active = (await alice.members()).filter(({ status: standing }) => standing === "Active");
    for (const member of members) assert.ok(active.some(({ memberId }) => memberId === member.id));
    const { status: state, certificate } = await alice.governance("/service/info", {
      status: "text",
      certificate: "text",
    });
    assert.deepEqual([state, certificate], ["Open", net.workspace.serviceCertificatePem]);
    for (const path of ["/node/ready/app", "/node/ready/gov"])
      assert.equal((await alice.request("GET", path)).status, 204);
    assert.equal((await alice.request("GET", "/node/network")).status, 200);
  });

  it("is refused by the platform in the form that it passes on", async () => {
    const stranger = new Application(existingService(net));
    const nobody = await stranger.request("GET", "/app/contracts");
    assertRefusal(nobody, 401, "InvalidAuthenticationInfo", "no credentials");
    assert.match(String(nobody.headers["www-authenticate"]), /^Bearer/);
    const { error } = JSON.parse(nobody.text) as { error: { details: unknown } };
    assertForm([{ auth_policy: "text", code: "text", message: "text" }], error.details, "details");
    const policies = (error.details as { auth_policy: string }[]).map(({ auth_policy }) => auth_policy);
    assert.deepEqual(policies, ["member_cert", "user_cert", "jwt"]);
    assertRefusal(await alice.request("GET", "/app/no/such"), 404, "ResourceNotFound", "unknown path");
    const verb = await alice.request("PUT", "/app/contracts");
    assertRefusal(verb, 405, "UnsupportedHttpVerb", "other verb");
    assert.match(String(verb.headers.allow), /GET/);
    assert.equal((await alice.request("OPTIONS", "/app/contracts")).status, 204);
    const large = await alice.request("PUT", "/app/contracts/large", { data: "x".repeat(1 << 20) });
    assertRefusal(large, 413, "RequestBodyTooLarge", "more than a megabyte");
  });

  it("and was answered by every operation of these that it calls", () => {
    assertAllAnswered(exercised.contracts);
    const all = Object.values(exercised).flat().sort();
    assert.deepEqual(all, Object.keys(operations).sort(), "some test has each of the operations");
  });
});
