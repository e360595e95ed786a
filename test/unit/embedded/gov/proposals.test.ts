import assert from "node:assert/strict";
import { signGovernanceMessage } from "../../../../sdk/cose.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";
import { Consortium, fieldOf, makePerson, no, yes } from "./consortium.js";

const note = { name: "note" };

describe("proposals", () => {
  let consortium: Consortium;
  before(async () => {
    consortium = await Consortium.active();
  });
  after(() => consortium.dissolve());

  it("are open until enough members vote for them", () => {
    const id = consortium.proposed([note]);
    assert.equal(consortium.stateOf(id), "Open");
    assert.equal(fieldOf(consortium.vote(id, consortium.member(0)).body, "proposalState"), "Open");
    const { body } = consortium.vote(id, consortium.member(1));
    const [first, second] = consortium.members;
    assert.deepEqual(body, {
      proposalId: id,
      proposerId: first?.id,
      proposalState: "Accepted",
      ballotCount: 2,
      finalVotes: { [first?.id ?? ""]: true, [second?.id ?? ""]: true },
      voteFailures: {},
    });
    assert.deepEqual(consortium.get(`/members/proposals/${id}`).body, body);
  });

  it("are rejected by votes against them", () => {
    const id = consortium.proposed([note]);
    consortium.vote(id, consortium.member(0), no);
    consortium.vote(id, consortium.member(1), no);
    assert.equal(consortium.stateOf(id), "Rejected");
  });

  it("are kept byte for byte", () => {
    const payload = ' {"actions" : [{"name":"note","args":{"é":1}}]}\n';
    const { body } = consortium.signed("/members/proposals:create", consortium.member(), {
      type: "proposal",
      payload,
    });
    const actions = consortium.get(`/members/proposals/${String(fieldOf(body, "proposalId"))}/actions`);
    assert.ok(actions.body instanceof Uint8Array);
    assert.equal(Buffer.from(actions.body).toString(), payload);
  });

  it("are two when signed twice, since each is bound to the state it was made in", () => {
    assert.notEqual(consortium.proposed([note]), consortium.proposed([note]));
  });

  it("that the constitution finds invalid leave nothing behind", () => {
    const before = consortium.node.ledger.lastApplied;
    const invalid = consortium.propose([{ name: "unheard_of" }]);
    assert.deepEqual([invalid.status, invalid.code], [400, "ProposalFailedToValidate"]);
    assert.equal(invalid.message, "Proposal failed to validate: no action unheard_of");
    const broken = consortium.signed("/members/proposals:create", consortium.member(), {
      type: "proposal",
      payload: "{",
    });
    assert.deepEqual([broken.status, broken.code], [500, "InternalError"]);
    assert.match(broken.message ?? "", /^Failed to execute validation: SyntaxError/);
    assert.deepEqual(consortium.node.ledger.lastApplied, before);
  });

  it("that fail when carried out stay open, and what they did is undone", () => {
    const id = consortium.proposed([
      { name: "write", args: { name: "probe", id: "x", text: "1" } },
      { name: "fail" },
    ]);
    consortium.vote(id, consortium.member(0));
    const failed = consortium.vote(id, consortium.member(1));
    assert.deepEqual([failed.status, failed.code], [500, "InternalError"]);
    assert.match(failed.message ?? "", /^Failed to apply\(\): Error: on purpose\nTrace: /);
    assert.equal(consortium.stateOf(id), "Open");
    assert.equal(fieldOf(consortium.get(`/members/proposals/${id}`).body, "ballotCount"), 1);
    assert.equal(consortium.node.ledger.store.begin().table("public:ccf.gov.probe").size, 0);
  });

  it("that are decided make those decided before disappear, but none that is open", () => {
    const open = consortium.proposed([note]);
    const decided = consortium.proposed([note]);
    for (const index of [0, 1]) consortium.vote(decided, consortium.member(index));
    assert.equal(consortium.stateOf(decided), "Accepted");
    consortium.pass(note);
    const gone = consortium.get(`/members/proposals/${decided}`);
    assert.deepEqual([gone.status, gone.code], [404, "ProposalNotFound"]);
    assert.equal(consortium.get(`/members/proposals/${decided}/actions`).code, "ProposalNotFound");
    assert.equal(consortium.stateOf(open), "Open");
  });

  it("are listed", () => {
    const id = consortium.proposed([note]);
    const listed = fieldOf(consortium.get("/members/proposals").body, "value");
    assert.ok(Array.isArray(listed) && listed.some((one) => fieldOf(one, "proposalId") === id));
  });

  it("are asked for by 64 hex digits", () => {
    for (const id of ["abc", "z".repeat(64), "%20", "__proto__"]) {
      const answer = consortium.get(`/members/proposals/${id}`);
      assert.deepEqual([answer.status, answer.code], [400, "InvalidResourceName"], id);
      assert.equal(answer.message, `'${id}' is not a valid hex-encoded proposal ID`);
    }
  });

  describe("withdrawn", () => {
    it("by their proposer take no more votes", () => {
      const id = consortium.proposed([note]);
      assert.equal(fieldOf(consortium.withdraw(id, consortium.member()).body, "proposalState"), "Withdrawn");
      assert.equal(consortium.withdraw(id, consortium.member()).status, 200);
      const late = consortium.vote(id, consortium.member(1));
      assert.deepEqual([late.status, late.code], [400, "ProposalNotOpen"]);
      assert.equal(
        late.message,
        `Proposal ${id} is currently in state withdrawn - only open proposals can receive votes`,
      );
    });

    it("by another member stay open", () => {
      const id = consortium.proposed([note]);
      const refused = consortium.withdraw(id, consortium.member(1));
      assert.deepEqual([refused.status, refused.code], [403, "AuthorizationFailed"]);
      assert.equal(consortium.stateOf(id), "Open");
    });

    it("once decided stay decided; once forgotten, there is nothing to do", () => {
      const id = consortium.proposed([note]);
      for (const index of [0, 1]) consortium.vote(id, consortium.member(index));
      const refused = consortium.withdraw(id, consortium.member());
      assert.deepEqual([refused.status, refused.code], [400, "ProposalNotOpen"]);
      consortium.pass(note);
      assert.equal(consortium.withdraw(id, consortium.member(2)).status, 204);
    });
  });

  describe("sent again", () => {
    const create = "/members/proposals:create";
    const signedAt = (createdAt: number) =>
      signGovernanceMessage({
        ...consortium.member(),
        type: "proposal",
        payload: JSON.stringify({ actions: [note] }),
        createdAt,
      });
    const now = () => Math.floor(Date.now() / 1000);

    it("in the same bytes are refused, open or not", () => {
      const body = signedAt(now());
      const id = String(fieldOf(consortium.post(create, body).body, "proposalId"));
      for (const between of [
        () => undefined,
        () => consortium.withdraw(id, consortium.member()),
        () => consortium.pass(note),
      ]) {
        between();
        const again = consortium.post(create, body);
        assert.deepEqual([again.status, again.code], [400, "ProposalReplay"]);
        assert.equal(again.message, `Proposal submission replay, already exists as proposal ${id}`);
      }
    });

    it("from before most of the recent ones are too old", () => {
      const old = consortium.post(create, signedAt(1));
      assert.deepEqual([old.status, old.code], [400, "ProposalCreatedTooLongAgo"]);
      assert.match(old.message ?? "", /created_at must be greater than \d{10}$/);
    });

    it("from after 2286 are refused", () => {
      assert.equal(consortium.post(create, signedAt(10_000_000_000)).code, "InvalidCreatedAt");
    });

    it("can be sent if they were invalid the first time", () => {
      const body = signGovernanceMessage({
        ...consortium.member(),
        type: "proposal",
        payload: '{"actions":[]}',
      });
      for (const time of ["first", "second"])
        assert.equal(consortium.post(create, body).code, "ProposalFailedToValidate", time);
    });

    it("are remembered as many as the members decided", () => {
      consortium.pass({ name: "set_window", args: { size: 5 } });
      for (let made = 0; made < 8; made++) consortium.proposed([note]);
      assert.equal(tables.recentProposals(consortium.node.ledger.store.begin()).size, 5);
      consortium.pass({ name: "set_window", args: { size: 100 } });
    });
  });

  it("that change the constitution are decided by the one before, the next by the new one", () => {
    const text = tables.constitution(consortium.node.ledger.store.begin()).get() ?? "";
    const lenient = text.replace("inFavour * 2 > active", "inFavour > 0");
    assert.equal(
      fieldOf(consortium.pass({ name: "set_constitution", args: { text: lenient } }).body, "proposalState"),
      "Accepted",
    );
    const id = consortium.proposed([{ name: "set_constitution", args: { text } }]);
    assert.equal(fieldOf(consortium.vote(id, consortium.member(2)).body, "proposalState"), "Accepted");
  });

  it("cannot be made by strangers or in another's name", () => {
    const stranger = makePerson("stranger");
    assert.equal(consortium.propose([note], { as: stranger }).message, "Signer is not a known member");
    const impostor = { ...consortium.member(1), privateKeyPem: stranger.privateKeyPem };
    const refused = consortium.propose([note], { as: impostor });
    assert.deepEqual([refused.status, refused.message], [401, "Failed to validate COSE Sign1"]);
  });

  it("record the last message of each member", () => {
    const body = signGovernanceMessage({
      ...consortium.member(2),
      type: "proposal",
      payload: JSON.stringify({ actions: [note] }),
    });
    consortium.post("/members/proposals:create", body);
    const recorded = tables.signedMessages(consortium.node.ledger.store.begin()).get(consortium.member(2).id);
    assert.equal(recorded, Buffer.from(body).toString("base64"));
  });

  describe("ballots", () => {
    it("can be read by anyone", () => {
      const id = consortium.proposed([note]);
      consortium.vote(id, consortium.member());
      const ballot = consortium.get(`/members/proposals/${id}/ballots/${consortium.member().id}`);
      assert.deepEqual([ballot.body, ballot.headers["content-type"]], [yes, "text/javascript"]);
      assert.equal(
        consortium.get(`/members/proposals/${id}/ballots/${consortium.member(1).id}`).code,
        "VoteNotFound",
      );
    });

    it("may be repeated, but not changed", () => {
      const id = consortium.proposed([note]);
      consortium.vote(id, consortium.member());
      const again = consortium.vote(id, consortium.member());
      assert.deepEqual([again.status, fieldOf(again.body, "ballotCount")], [200, 1]);
      assert.equal(consortium.vote(id, consortium.member(), no).code, "VoteAlreadyExists");
    });

    it("that throw count for nothing and are reported", () => {
      const id = consortium.proposed([note]);
      consortium.vote(id, consortium.member(2), 'export function vote () { throw "only text" }');
      consortium.vote(id, consortium.member(0));
      const { body } = consortium.vote(id, consortium.member(1));
      assert.deepEqual(fieldOf(body, "voteFailures"), { [consortium.member(2).id]: { reason: "only text" } });
      assert.deepEqual(Object.keys(fieldOf(body, "finalVotes") as object).length, 2);
    });

    it("that are no JavaScript are refused", () => {
      const id = consortium.proposed([note]);
      for (const ballot of ["", "not javascript", "export const vote = true", "export function Vote () {}"]) {
        const refused = consortium.vote(id, consortium.member(), ballot);
        assert.deepEqual([refused.status, refused.code], [500, "InternalError"], ballot);
        assert.ok(refused.message?.includes(`ballots[m[${consortium.member().id}]]`), refused.message);
      }
      assert.equal(fieldOf(consortium.get(`/members/proposals/${id}`).body, "ballotCount"), 0);
    });

    it("must come as a JSON object with the ballot", () => {
      const id = consortium.proposed([note]);
      const path = `/members/proposals/${id}/ballots/${consortium.member().id}:submit`;
      for (const payload of [
        "",
        "not json",
        "null",
        "[]",
        "{}",
        '{"ballot":5}',
        '{"Ballot":"x"}',
        '{"ballot":',
      ]) {
        const refused = consortium.signed(path, consortium.member(), {
          type: "ballot",
          proposalId: id,
          payload,
        });
        assert.deepEqual([refused.status, refused.code], [400, "InvalidInput"], payload);
      }
    });

    it("are for the proposal and the member that the signature names", () => {
      const [id, other] = [consortium.proposed([note]), consortium.proposed([note])];
      const path = (member: string) => `/members/proposals/${id}/ballots/${member}:submit`;
      const payload = JSON.stringify({ ballot: yes });
      const me = consortium.member();
      for (const proposalId of [other, ""]) {
        const refused = consortium.signed(path(me.id), me, { type: "ballot", proposalId, payload });
        assert.deepEqual(
          [refused.status, refused.message],
          [400, "Authenticated proposal id does not match URL"],
        );
      }
      const unnamed = consortium.signed(path(me.id), me, { type: "ballot", payload });
      assert.equal(unnamed.message, "Authenticated proposal id does not match URL");
      const foreign = consortium.signed(path(consortium.member(1).id), me, {
        type: "ballot",
        proposalId: id,
        payload,
      });
      assert.equal(foreign.message, "Authenticated member id does not match URL");
    });

    it("of strangers are refused, and a message of another type is no ballot", () => {
      const id = consortium.proposed([note]);
      const stranger = makePerson("stranger");
      assert.equal(consortium.vote(id, stranger).status, 401);
      const path = `/members/proposals/${id}/ballots/${consortium.member().id}:submit`;
      const payload = JSON.stringify({ ballot: yes });
      const wrong = consortium.signed(path, consortium.member(), {
        type: "proposal",
        proposalId: id,
        payload,
      });
      assert.equal(
        wrong.message,
        "Found ccf.gov.msg.type set to proposal, expected ccf.gov.msg.type to be ballot",
      );
      assert.equal(consortium.vote("0".repeat(64), consortium.member()).code, "ProposalNotFound");
    });

    it("after the proposal is decided are too late, also repeated ones", () => {
      const id = consortium.proposed([note]);
      for (const index of [0, 1]) consortium.vote(id, consortium.member(index));
      for (const index of [0, 2])
        assert.match(
          consortium.vote(id, consortium.member(index)).message ?? "",
          /currently in state accepted/,
        );
    });
  });
});
