import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeIdentity } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { serviceIdentityOf } from "../../sdk/bound-request.js";
import { getActions, vote } from "../../sdk/governance.js";
import { fetchRecoveryShare } from "../../sdk/recovery.js";
import { builtFile } from "../../sandbox/project.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";

describe("consortium, with a running service", function () {
  this.timeout(60_000);
  const contractId = freshId("by-command");
  let folder: string;
  let net: Network;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "consortium-cli-"));
    net = await sharedNetwork();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a command as one of the members; the service is named in the environment. */
  function run(
    member: number,
    args: string[],
    stdin = "",
    asJson = true,
  ): Promise<{ status: number; stdout: string; stderr: string }> {
    const env = {
      PATH: process.env.PATH,
      CONSORTIUM_URL: net.url,
      CONSORTIUM_SERVICE_CERT: net.workspace.path("service_cert.pem"),
      CONSORTIUM_MEMBER: net.members[member]?.folder,
    };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [builtFile("node/cli/main.js"), ...(asJson ? ["--json"] : []), ...args],
        { env },
        (error, stdout, stderr) => {
          resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
        },
      );
      child.stdin?.end(stdin);
    });
  }

  /** Runs a command that must succeed. @returns its result */
  async function done(member: number, args: string[], stdin?: string): Promise<unknown> {
    const { status, stdout, stderr } = await run(member, args, stdin);
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** All members vote in favour, without the command, which takes long to start. */
  async function passed(proposal: unknown): Promise<void> {
    const { proposalId } = proposal as { proposalId: string };
    for (const member of net.members) await vote(net.client, member, proposalId);
  }

  /** All members vote in favour. */
  async function voted(proposal: unknown): Promise<string> {
    assert.ok(typeof proposal === "object" && proposal !== null && "proposalId" in proposal);
    const id = String(proposal.proposalId);
    for (const member of net.members.keys()) await done(member, ["vote", id, "--accept"]);
    const { proposalState } = (await done(0, ["proposals", "show", id])) as { proposalState: string };
    assert.equal(proposalState, "Accepted");
    return id;
  }

  it("drafts, proposes and votes a contract", async () => {
    await done(0, ["contract", "draft", contractId, "-"], '{"purpose":"averages"}');
    const draft = (await done(1, ["contract", "show", contractId])) as { state: string };
    assert.equal(draft.state, "Draft");
    await voted(await done(0, ["contract", "propose", contractId]));
    const accepted = (await done(2, ["contract", "show", contractId])) as { state: string; data: unknown };
    assert.deepEqual([accepted.state, accepted.data], ["Accepted", { purpose: "averages" }]);
    const ids = (await done(0, ["contract", "list", "--state", "Accepted"])) as string[];
    assert.ok(ids.includes(contractId));
  });

  it("proves an accepted contract by a receipt, and rejects another document: exit code 3", async () => {
    const { transactionId } = (await done(0, ["contract", "state-acceptance", contractId])) as {
      transactionId: string;
    };
    const [receipt, document] = [join(folder, "receipt.json"), join(folder, "contract.json")];
    writeFileSync(receipt, (await run(0, ["receipt", "get", transactionId])).stdout);
    writeFileSync(document, (await run(0, ["contract", "show", contractId])).stdout);
    const verify = ["receipt", "verify", receipt, "--transaction", transactionId, "--document"];
    await done(0, [...verify, document]);
    writeFileSync(document, '{"purpose":"everything"}');
    const { status, stderr } = await run(0, [...verify, document]);
    assert.equal(status, 3);
    assert.match(stderr, /ClaimsMismatch/);
  });

  it("proposes a policy, and shows it once it is voted", async () => {
    const policy = {
      type: "set",
      policyType: "virtual",
      alternatives: [{ "virtual-svn": [{ atLeast: 3 }] }],
    };
    await voted(await done(0, ["policy", "propose", contractId, "-"], JSON.stringify(policy)));
    const shown = (await done(1, ["policy", "show", contractId])) as { alternatives: unknown };
    assert.deepEqual(shown.alternatives, policy.alternatives);
  });

  it("stores, lists and deletes a secret, which it never shows", async () => {
    const [policy, file] = [
      { policyType: "virtual", alternatives: [{ "virtual-svn": [4] }] },
      join(folder, "p"),
    ];
    writeFileSync(file, JSON.stringify(policy));
    const put = ["secret", "put", contractId, "key", "-", "--policy", file];
    const { secretId } = (await done(1, put, "swordfish")) as { secretId: string };
    assert.deepEqual(await done(0, ["secret", "list", contractId]), [secretId]);
    const listed = await net.as(net.members[0]).get(`/app/contracts/${contractId}/secrets`);
    assert.deepEqual(listed.json(), { value: [{ secretId, policy }] });
    await done(1, ["secret", "delete", contractId, "key"]);
    assert.deepEqual(await done(0, ["secret", "list", contractId]), []);
  });

  it("decides about deployment, logging and telemetry", async () => {
    await passed(await done(0, ["deployment", "propose-spec", contractId, "-"], '"what"'));
    await passed(await done(0, ["deployment", "propose-info", contractId, "-"], '"where"'));
    assert.deepEqual(await done(1, ["deployment", "show", contractId]), {
      spec: { proposalIds: [], data: "what" },
      info: { proposalIds: [], data: "where" },
    });
    await passed(await done(0, ["contract", "logging", contractId, "enable"]));
    const status = (option: string) => done(1, ["contract", option, contractId, "status"]);
    assert.deepEqual(await status("logging"), { status: "enabled", proposalIds: [] });
    assert.deepEqual(await status("telemetry"), { status: "disabled", proposalIds: [] });
    assert.equal((await run(0, ["contract", "telemetry", contractId, "maybe"])).status, 2);
  });

  it("withdraws consent and gives it again; lists events and releases", async () => {
    const status = (answer: unknown) => (answer as { status: string }).status;
    assert.equal(status(await done(1, ["contract", "execution", contractId, "disable"])), "disabled");
    assert.equal(status(await done(1, ["contract", "execution", contractId, "enable"])), "enabled");
    assert.deepEqual(await done(0, ["contract", "events", contractId]), []);
    assert.deepEqual(await done(0, ["contract", "releases", contractId]), []);
  });

  it("amends a contract, lists its versions, and ends it", async () => {
    const { version } = (await done(0, ["contract", "show", contractId])) as { version: string };
    const amending = ["contract", "amend", contractId, "-", "--version-read", version];
    await passed(await done(1, [...amending, "--expires", "2100-01-01T00:00:00Z"], '"sums"'));
    const versions = (await done(2, ["contract", "versions", contractId])) as { data: unknown }[];
    assert.deepEqual(
      versions.map(({ data }) => data),
      [{ purpose: "averages" }, "sums"],
    );
    assert.equal((await run(1, amending, '"late"')).status, 1);
    await passed(await done(1, ["contract", "end", contractId]));
    const shown = (await done(0, ["contract", "show", contractId])) as { endedBy?: string; expires?: string };
    assert.deepEqual([typeof shown.endedBy, shown.expires], ["string", "2100-01-01T00:00:00Z"]);
  });

  it("proposes an action with its arguments as text, from a file, and as JSON", async () => {
    const cert = join(folder, "user.pem");
    writeFileSync(cert, (await makeIdentity("by-command")).certificatePem);
    const proposed = await done(0, ["propose-action", "set_user", `cert=@${cert}`, 'user_data:={"a":[1]}']);
    const { proposalId } = proposed as { proposalId: string };
    const { actions } = (await getActions(net.client, proposalId)) as { actions: unknown };
    const args = { cert: readFileSync(cert, "utf8"), user_data: { a: [1] } };
    assert.deepEqual(actions, [{ name: "set_user", args }]);
    await done(0, ["withdraw", proposalId]);
    await passed(await done(0, ["propose-action", "trigger_recovery_shares_refresh"]));
    const option = ["option=require-bound-requests", "status=disabled"];
    await passed(await done(0, ["propose-action", "set_cgs_runtime_options", ...option]));
  });

  it("shows the nodes, as a table for people; it may be given several addresses, of which one is dead", async () => {
    const urls = `https://127.0.0.1:1,${net.url}`;
    const nodes = (await done(0, ["nodes", "--url", urls])) as {
      id: string;
      state: string;
      committed: string;
    }[];
    assert.equal(nodes.length, net.nodes.length);
    for (const { id, state, committed } of nodes) {
      assert.equal(state, "PartOfNetwork");
      assert.match(id, /^[0-9a-f]{64}$/);
      assert.match(committed, /^[0-9]+\.[0-9]+$/);
    }
    const { stdout } = await run(0, ["nodes"], "", false);
    assert.match(stdout, /^node +status +role +state +committed +addresses\n/);
    assert.match(stdout, /… +Trusted +primary +PartOfNetwork +[0-9]+\.[0-9]+ .*\b127\.0\.0\.1:[0-9]+/);
  });

  it("shows that nothing is recovered, and submits no share then: the service refuses it, and nothing is shown of it", async () => {
    const status = (await done(0, ["recovery", "status"])) as Record<string, unknown>;
    assert.deepEqual(
      [status.service, status.recoveries, status.sharesNeeded, status.node],
      ["Open", 0, 2, "PartOfNetwork"],
    );
    assert.equal(status.identity, serviceIdentityOf(net.workspace.serviceCertificatePem));
    const previous = ["recovery", "status", "--previous", net.workspace.path("service_cert.pem")];
    assert.equal((await run(0, previous)).status, 3);

    const { status: exit, stdout, stderr } = await run(1, ["recovery", "submit-share"]);
    assert.deepEqual([exit, stdout], [1, ""]);
    assert.match(stderr, /"ServiceNotWaitingForRecoveryShares"/);
    const [, bob] = founders(net);
    const recoveryKey = readFileSync(join(bob.folder, "recovery_key.pem"), "utf8");
    const share = await fetchRecoveryShare(net.client, bob.id, recoveryKey);
    for (const form of ["hex", "base64"] as const) assert.ok(!stderr.includes(share.toString(form)));
    const [{ folder: other }] = net.members;
    const wrongKey = ["--recovery-key", join(other, "recovery_key.pem")];
    const wrong = await run(1, ["recovery", "submit-share", ...wrongKey]);
    assert.deepEqual([wrong.status, wrong.stdout], [3, ""]);
    assert.match(wrong.stderr, /"ShareNotDecrypted"/);
  });

  it("lists members, withdraws a proposal, and says with exit code 1 what the service refuses", async () => {
    const members = (await done(0, ["members", "list"])) as { memberId: string; status: string }[];
    assert.ok(
      net.members.every(({ id }) =>
        members.some(({ memberId, status }) => memberId === id && status === "Active"),
      ),
    );
    const proposal = {
      actions: [
        {
          name: "set_cgs_runtime_options",
          args: { option: "autoapprove-jsapp-proposal", status: "enabled" },
        },
      ],
    };
    const { proposalId } = (await done(0, ["propose", "-"], JSON.stringify(proposal))) as {
      proposalId: string;
    };
    assert.equal(
      ((await done(0, ["withdraw", proposalId])) as { proposalState: string }).proposalState,
      "Withdrawn",
    );

    const refused = await run(0, ["contract", "show", "nobody-drafted-this"]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /"ContractNotFound"/);
    const invalid = await run(0, ["propose", "-"], '{"actions":[{"name":"frobnicate"}]}');
    assert.equal(invalid.status, 1);
    assert.match(invalid.stderr, /"ProposalFailedToValidate"/);
  });
});
