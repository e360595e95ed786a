import assert from "node:assert/strict";
import { makeIdentity, type Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { proposal as proposalShape } from "../../sdk/answers.js";
import { COSE_HEADER, type GovernanceMessage, signCose, signGovernanceMessage } from "../../sdk/cose.js";
import { type Action, BALLOTS, getProposal, gov, listProposals } from "../../sdk/governance.js";
import { propose, REQUESTS, vote, withdraw } from "../../sdk/governance.js";
import type { Identity } from "../../sdk/identity.js";
import { endOfLedger } from "./support/ledger.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

/** Changes nothing, whatever becomes of it. */
const HARMLESS: Action = {
  name: "set_cgs_runtime_options",
  args: { option: "autoapprove-jsapp-proposal", status: "disabled" },
};
const PROPOSAL = JSON.stringify({ actions: [HARMLESS] });

describe("governance", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, bob: Member, carol: Member;
  let stranger: Identity, user: Identity;

  before(async () => {
    net = await sharedNetwork();
    [alice, bob, carol] = founders(net);
    [stranger, user] = await Promise.all([makeIdentity("mallory"), net.addUser(freshId("user"))]);
  });

  const post = (path: string, message: Uint8Array) => net.client.post(path, message, "application/cose");
  const proposing = (changes: Partial<GovernanceMessage> = {}) =>
    signGovernanceMessage({ ...alice, type: "proposal", payload: PROPOSAL, ...changes });
  const submit = (changes?: Partial<GovernanceMessage>) => post(REQUESTS.propose(), proposing(changes));
  const balloting = (voter: Identity, proposalId: string, changes: Partial<GovernanceMessage> = {}) => {
    const payload = JSON.stringify({ ballot: BALLOTS.accept });
    return signGovernanceMessage({ ...voter, type: "ballot", proposalId, payload, ...changes });
  };
  const open = async (actions: readonly Action[] = [HARMLESS]) =>
    (await propose(net.client, alice, actions)).proposalId;

  /** All of it is refused, and afterwards the ledger ends where it ended before. */
  async function leavesNothing(refusals: () => Promise<void>): Promise<void> {
    const before = await endOfLedger(net);
    await refusals();
    assert.equal(await endOfLedger(net), before);
  }

  it("shows everybody what is proposed, byte for byte, and by whom", async () => {
    const text = `  ${PROPOSAL}\n`;
    const { proposalId } = (await submit({ payload: text })).as(proposalShape);
    const { proposerId, proposalState, ballotCount } = await getProposal(net.client, proposalId);
    assert.deepEqual([proposerId, proposalState, ballotCount], [alice.id, "Open", 0]);
    const proposed = await net.client.get(gov(`/members/proposals/${proposalId}/actions`));
    assert.equal(proposed.text, text);
    assert.ok((await listProposals(net.client)).some((listed) => listed.proposalId === proposalId));
    await withdraw(net.client, alice, proposalId);
  });

  describe("takes nothing", () => {
    it("from strangers, from users, and in another's name", () =>
      leavesNothing(async () => {
        for (const forged of [
          stranger,
          user,
          { privateKeyPem: bob.privateKeyPem },
          { privateKeyPem: stranger.privateKeyPem },
        ])
          await assertRefused(submit(forged), 401, "InvalidAuthenticationInfo");
      }));

    it("that was changed after it was signed", () =>
      leavesNothing(async () => {
        const signed = Buffer.from(proposing());
        for (const at of [signed.length - 1, signed.indexOf("disabled"), signed.indexOf("proposal")]) {
          const changed = Buffer.from(signed);
          changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
          await assertRefused(post(REQUESTS.propose(), changed), 401, "InvalidAuthenticationInfo");
        }
      }));

    it("that is signed for another purpose", () =>
      leavesNothing(async () => {
        for (const type of ["ballot", "withdrawal", "ack", "state_digest", "recovery_share"] as const)
          await assertRefused(submit({ type }), 401, "InvalidAuthenticationInfo");
      }));

    it("that is not signed at all", () =>
      leavesNothing(async () => {
        const asJson = net.as(alice).post(REQUESTS.propose(), { actions: [HARMLESS] });
        await assertRefused(asJson, 401, "InvalidAuthenticationInfo");
        const mislabelled = net.client.post(REQUESTS.propose(), proposing(), "application/json");
        await assertRefused(mislabelled, 401, "InvalidAuthenticationInfo");
      }));

    // CCF calls it an internal error when it cannot read a message at all
    it("that is no COSE_Sign1, or whose header lacks what governance needs", () =>
      leavesNothing(async () => {
        const signed = proposing();
        const kid = new Uint8Array(Buffer.from(alice.id, "ascii"));
        const headed = (...headers: [number | string, unknown][]) =>
          signCose({ ...alice, protectedHeaders: new Map(headers), payload: Buffer.from(PROPOSAL) });
        for (const message of [
          Buffer.alloc(0),
          Buffer.from("hello"),
          signed.subarray(0, -1),
          Buffer.concat([signed, Buffer.alloc(1)]),
          headed(["ccf.gov.msg.type", "proposal"], ["ccf.gov.msg.created_at", 1]),
          headed([COSE_HEADER.kid, kid], ["ccf.gov.msg.type", "proposal"]),
        ])
          await assertRefused(post(REQUESTS.propose(), message), 500, "InternalError");
      }));

    it("twice: what is replayed is refused, also once it was withdrawn or decided", async () => {
      const signed = proposing();
      const replayed = () =>
        leavesNothing(async () => {
          await assertRefused(post(REQUESTS.propose(), signed), 400, "ProposalReplay");
        });
      const { proposalId } = (await post(REQUESTS.propose(), signed)).as(proposalShape);
      await replayed();
      await withdraw(net.client, alice, proposalId);
      await replayed();
      await net.pass(HARMLESS);
      await replayed();
    });

    it("that was signed long ago, or at no time there ever is", () =>
      leavesNothing(async () => {
        const lastWeek = Math.floor(Date.now() / 1000) - 7 * 24 * 3600;
        for (const createdAt of [0, 1, lastWeek])
          await assertRefused(submit({ createdAt }), 400, "ProposalCreatedTooLongAgo");
        await assertRefused(submit({ createdAt: 10_000_000_001 }), 400, "InvalidCreatedAt");
      }));

    it("that the constitution finds invalid; the reason says where", () =>
      leavesNothing(async () => {
        const actions = (...list: unknown[]) => JSON.stringify({ actions: list });
        for (const [payload, why] of [
          ["{", /not JSON/],
          [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, /not JSON/],
          ["[]", /must be object/],
          ["{}", /must have "actions"/],
          [actions(), /at least 1/],
          [actions({ name: "no_such" }), /action 0 \(no_such\).*no action/],
          [actions({ name: "constructor" }), /action 0 \(constructor\).*no action/],
          [actions(HARMLESS, HARMLESS), /action 1 .*repeats action 0/],
          [actions({ ...HARMLESS, args: {} }), /must have "option"/],
          [actions({ ...HARMLESS, args: { ...HARMLESS.args, more: 1 } }), /must not have "more"/],
          [actions({ ...HARMLESS, when: "now" }), /must not have "when"/],
          [actions(...Array<Action>(257).fill(HARMLESS)), /at most 256/],
        ] as const) {
          const refusal = await assertRefused(submit({ payload }), 400, "ProposalFailedToValidate");
          assert.match(refusal.message, why);
        }
        const large = actions({ name: "x".repeat(1_100_000) });
        await assertRefused(submit({ payload: large }), 413, "RequestBodyTooLarge");
      }));

    it("of another version of the API than it speaks", () =>
      leavesNothing(async () => {
        const path = "/gov/members/proposals:create";
        await assertRefused(post(path, proposing()), 400, "MissingApiVersionParameter");
        const past = `${path}?api-version=2020-01-01`;
        await assertRefused(post(past, proposing()), 400, "UnsupportedApiVersionValue");
      }));
  });

  describe("counts no ballot", () => {
    let proposalId: string;
    beforeEach(async () => {
      proposalId = await open();
    });
    const cast = (message: Uint8Array, voter = alice, id = proposalId) =>
      post(REQUESTS.ballot(id, voter.id), message);

    it("of a stranger, or in another's name", () =>
      leavesNothing(async () => {
        for (const forged of [
          balloting(stranger, proposalId),
          balloting(user, proposalId),
          balloting({ ...alice, privateKeyPem: bob.privateKeyPem }, proposalId),
        ])
          await assertRefused(cast(forged), 401, "InvalidAuthenticationInfo");
        await assertRefused(cast(balloting(bob, proposalId)), 400, "InvalidResourceName");
      }));

    it("that is signed for another proposal, or for none", async () => {
      const other = await open();
      await leavesNothing(async () => {
        await assertRefused(cast(balloting(alice, other)), 400, "InvalidResourceName");
        const nowhere = "00".repeat(32);
        await assertRefused(cast(balloting(alice, nowhere), alice, nowhere), 404, "ProposalNotFound");
        await assertRefused(cast(balloting(alice, "me"), alice, "me"), 400, "InvalidResourceName");
        await assertRefused(
          cast(balloting(alice, proposalId, { type: "withdrawal" })),
          401,
          "InvalidAuthenticationInfo",
        );
      });
      assert.equal((await getProposal(net.client, proposalId)).ballotCount, 0);
    });

    it("that says nothing", () =>
      leavesNothing(async () => {
        for (const payload of ["", "yes", "{}", '{"ballot": true}'])
          await assertRefused(cast(balloting(alice, proposalId, { payload })), 400, "InvalidInput");
      }));

    it("that takes back an earlier one; to send the same again changes nothing", async () => {
      await vote(net.client, alice, proposalId);
      await leavesNothing(async () => {
        const against = vote(net.client, alice, proposalId, BALLOTS.reject);
        await assertRefused(against, 400, "VoteAlreadyExists");
      });
      assert.equal((await vote(net.client, alice, proposalId)).ballotCount, 1);
      assert.equal((await getProposal(net.client, proposalId)).proposalState, "Open");
    });

    it("after the decision, whichever it was", async () => {
      for (const voter of net.members) await vote(net.client, voter, proposalId);
      const late = () => vote(net.client, bob, proposalId, BALLOTS.reject);
      await leavesNothing(async () => {
        await assertRefused(late(), 400, "ProposalNotOpen");
        await assertRefused(withdraw(net.client, alice, proposalId), 400, "ProposalNotOpen");
      });
      assert.equal((await getProposal(net.client, proposalId)).proposalState, "Accepted");

      await net.pass(HARMLESS); // decided proposals are kept until the next decision
      await leavesNothing(async () => {
        await assertRefused(late(), 404, "ProposalNotFound");
      });

      const rejected = await open();
      await vote(net.client, carol, rejected, BALLOTS.reject);
      await assertRefused(vote(net.client, bob, rejected), 400, "ProposalNotOpen");
    });

    it("after the proposer has withdrawn; nobody else can withdraw", async () => {
      await leavesNothing(async () => {
        await assertRefused(withdraw(net.client, bob, proposalId), 403, "AuthorizationFailed");
        await assertRefused(withdraw(net.client, stranger, proposalId), 401, "InvalidAuthenticationInfo");
      });
      assert.equal((await withdraw(net.client, alice, proposalId)).proposalState, "Withdrawn");
      await leavesNothing(async () => {
        await assertRefused(vote(net.client, bob, proposalId), 400, "ProposalNotOpen");
      });
      assert.equal((await withdraw(net.client, alice, proposalId)).proposalState, "Withdrawn");
    });
  });

  describe("decides", () => {
    it("by all, not by most", async () => {
      const proposalId = await open();
      for (const voter of [bob, carol])
        assert.equal((await vote(net.client, voter, proposalId)).proposalState, "Open");
      const closed = await vote(net.client, alice, proposalId);
      assert.equal(closed.proposalState, "Accepted");
      const everybody = Object.fromEntries(net.members.map(({ id }) => [id, true]));
      assert.deepEqual(closed.finalVotes, everybody);
    });

    it("at once when the goal is out of reach: one vote against is enough (improvement 14)", async () => {
      const closed = await vote(net.client, bob, await open(), BALLOTS.reject);
      assert.deepEqual([closed.proposalState, closed.finalVotes], ["Rejected", { [bob.id]: false }]);
    });

    it("by ballots that look at the proposal; those that throw count neither way", async () => {
      const proposalId = await open();
      const careful = `export function vote (proposal, proposerId) {
        return proposerId === ${JSON.stringify(alice.id)} && proposal.actions.every(({ name }) => name === "${HARMLESS.name}");
      }`;
      await vote(net.client, alice, proposalId, careful);
      await vote(net.client, bob, proposalId, "export function vote () { throw new Error('undecided') }");
      assert.equal((await vote(net.client, carol, proposalId)).proposalState, "Open");
      await withdraw(net.client, alice, proposalId);
    });

    it("about all actions of a proposal together: what one lacks, none gets", async () => {
      const cert = (await makeIdentity("dora")).certificatePem;
      const actions: Action[] = [
        { name: "set_user", args: { cert } },
        { name: "remove_user", args: { user_id: "00".repeat(32) } },
      ];
      await leavesNothing(async () => {
        await assertRefused(propose(net.client, alice, actions), 400, "ProposalFailedToValidate");
      });
    });
  });
});
