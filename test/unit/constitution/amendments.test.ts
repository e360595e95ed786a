import assert from "node:assert/strict";
import { Consortium, type ProposedAction, alice, bob, carol, certificate, idOf, olga } from "./consortium.js";

const accepted = "public:ccf.gov.accepted_contracts";
const standings = "public:ccf.gov.contract_standings";
const all = { [alice]: true, [bob]: true, [carol]: true };

const setContract = (args: object = {}): ProposedAction => ({
  name: "set_contract",
  args: { contractId: "c1", contract: { data: "first" }, ...args },
});
const endContract = (contractId = "c1"): ProposedAction => ({ name: "end_contract", args: { contractId } });

/** A consortium with an accepted contract. */
function withContract(args: object = {}): { consortium: Consortium; version: string } {
  const consortium = new Consortium();
  consortium.accept(setContract(args));
  return { consortium, version: `2.${consortium.ccf.version}` };
}
const amending = (version: unknown, contract: object = { data: "second" }) =>
  setContract({ amend: true, version, contract });

describe("amending a contract (improvement 31)", () => {
  it("replaces it as a whole, and keeps what was accepted before", () => {
    const { consortium, version } = withContract({
      contract: { data: { governance: { parties: [alice] } }, expires: "2030-01-01T00:00:00Z" },
    });
    const first = consortium.ccf.get(accepted, "c1");
    const proposalId = consortium.accept(amending(version));
    const second = { data: "second", proposalId, finalVotes: all };
    assert.deepEqual(consortium.ccf.get(accepted, "c1"), second);
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.contract_versions", "c1/1"), first);
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.contract_versions", "c1/2"), second);
    assert.deepEqual(Object.keys(consortium.ccf.get(standings, "c1") as object), ["digest"]);
  });

  it("takes the version that is accepted, whose sequence number says which it is", () => {
    const { consortium, version } = withContract();
    const seqno = Number(version.split(".")[1]);
    assert.equal(consortium.problem(amending(version)), "");
    assert.equal(consortium.problem(amending(`17.${seqno}`)), "");
    for (const other of [`2.${seqno - 1}`, `2.${seqno + 1}`])
      assert.match(consortium.problem(amending(other)), /"version" is not that of the accepted contract/);
    assert.match(consortium.problem(amending(undefined)), /"amend" takes "version"/);
    for (const wrong of ["", "2", "x.1", `2.${seqno}.`, `${seqno}`])
      assert.match(consortium.problem(amending(wrong)), /"version" must/);
    assert.match(consortium.problem(setContract({ version })), /"version" means nothing without "amend"/);
    assert.match(consortium.problem(setContract({ amend: "true", version })), /"amend" must be boolean/);
  });

  it("is refused for what is not accepted, or has ended", () => {
    const { consortium, version } = withContract();
    const other = setContract({ contractId: "c2", amend: true, version });
    assert.match(consortium.problem(other), /the contract "c2" is not accepted/);
    consortium.accept(endContract());
    assert.match(consortium.problem(amending(version)), /the contract "c1" has ended/);
  });

  it("takes all members again: their votes, their veto, and those who are invited", () => {
    const { consortium, version } = withContract();
    const proposal = consortium.open(alice, amending(version));
    assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
    assert.equal(consortium.outcome(proposal, { ...all, [olga]: false }), "Rejected");
    assert.equal(consortium.outcome(proposal, all), "Accepted");
    const cert = certificate("dora");
    consortium.member(idOf(cert), { status: "Accepted" });
    assert.equal(consortium.outcome(proposal, all), "Open");
    assert.equal(
      consortium.proposing(alice, amending(version), { name: "trigger_snapshot" }),
      "Rejected",
      "it comes alone",
    );
  });

  it("comes once at a time, and is rejected when the contract was amended or ended meanwhile", () => {
    const { consortium, version } = withContract();
    const first = consortium.open(alice, amending(version));
    assert.equal(consortium.proposing(bob, amending(version, { data: "other" })), "Rejected");
    assert.equal(consortium.proposing(bob, setContract()), "Rejected", "without amend nothing has changed");
    consortium.decide(first);
    const late = consortium.open(alice, amending(version, { data: "third" }));
    assert.equal(consortium.outcome(late, all), "Rejected");

    const next = consortium.open(alice, amending(`2.${consortium.ccf.version - 1}`));
    consortium.accept(endContract());
    assert.equal(consortium.outcome(next, all), "Rejected");
  });

  it("is judged again when it is applied", () => {
    const { consortium, version } = withContract();
    const [first, second] = [1, 2].map(() => consortium.open(alice, amending(version)));
    consortium.decide(first ?? "");
    assert.throws(() => consortium.decide(second ?? ""), /"version" is not that of the accepted contract/);
  });
});

describe("ending a contract (improvement 31)", () => {
  it("is said by the vote, once and for all", () => {
    const { consortium } = withContract({ contract: { data: { governance: { parties: [alice] } } } });
    const before = consortium.ccf.get(standings, "c1") as object;
    const text = consortium.ccf.get(accepted, "c1");
    const proposalId = consortium.accept(endContract());
    assert.deepEqual(consortium.ccf.get(standings, "c1"), { ...before, endedBy: proposalId });
    assert.deepEqual(consortium.ccf.get(accepted, "c1"), text);
    assert.match(consortium.problem(endContract()), /the contract "c1" has ended/);
    assert.equal(consortium.proposing(alice, setContract()), "Rejected", "its id is taken for ever");
  });

  it("takes all voters, and everybody may veto it; nobody decides it alone", () => {
    const { consortium } = withContract();
    consortium.member(olga, { member_data: { isOperator: true, cgsRoles: { contractOperator: true } } });
    const proposal = consortium.open(olga, endContract());
    assert.equal(consortium.outcome(proposal), "Open");
    assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
    assert.equal(consortium.outcome(proposal, { [olga]: false }), "Rejected");
    assert.equal(consortium.outcome(proposal, all), "Accepted");
    assert.equal(consortium.proposing(alice, endContract()), "Rejected", "one at a time");
  });

  it("is refused for what is not accepted, and leaves nothing to decide about the contract", () => {
    const { consortium } = withContract();
    assert.match(consortium.problem(endContract("c2")), /the contract "c2" is not accepted/);
    consortium.accept(endContract());
    const policy = { contractId: "c1", type: "add", policyType: "virtual", claims: { "virtual-svn": [1] } };
    assert.match(
      consortium.problem({ name: "set_clean_room_policy", args: policy }),
      /the contract "c1" has ended/,
    );
  });
});

describe("proposals to amend and to end a contract (improvement 31)", () => {
  it("do not stand beside each other, or votes to end one text would end the next", () => {
    const { consortium, version } = withContract();
    const ending = consortium.open(alice, endContract());
    assert.equal(consortium.proposing(bob, amending(version)), "Rejected");
    assert.equal(consortium.outcome(ending, all), "Accepted");

    const another = withContract();
    const amendment = another.consortium.open(alice, amending(another.version));
    assert.equal(another.consortium.proposing(bob, endContract()), "Rejected");
    assert.equal(another.consortium.outcome(amendment, all), "Accepted");
  });

  it("about other contracts do not matter", () => {
    const { consortium, version } = withContract();
    consortium.accept(setContract({ contractId: "c2" }));
    consortium.open(alice, endContract("c2"));
    assert.equal(consortium.proposing(bob, amending(version)), "Open");
  });
});

describe("a contract that expires (improvement 31)", () => {
  const until = (expires: unknown) => setContract({ contract: { data: "first", expires } });

  it("is accepted with the moment from which it is no longer in force", () => {
    const { consortium } = withContract({ contract: { data: "x", expires: "2030-01-01T12:00:00.5Z" } });
    for (const table of [accepted, standings]) {
      const { expires } = consortium.ccf.get(table, "c1") as { expires?: string };
      assert.equal(expires, "2030-01-01T12:00:00.5Z");
    }
  });

  it("names a moment in UTC, and one that there is", () => {
    const consortium = new Consortium();
    for (const moment of ["2030-01-01T00:00:00Z", "2028-02-29T23:59:59.999Z"])
      assert.equal(consortium.problem(until(moment)), "");
    for (const wrong of [
      "",
      "never",
      "2030-01-01",
      "2030-01-01T00:00:00",
      "2030-01-01T00:00:00+01:00",
      "2030-01-01 00:00:00Z",
      "2030-02-31T00:00:00Z",
      "2029-02-29T00:00:00Z",
      "2030-13-01T00:00:00Z",
      "2030-01-01T24:00:00Z",
      "2030-01-01T00:00:60Z",
    ])
      assert.match(consortium.problem(until(wrong)), /"expires" must be a moment in UTC/, wrong);
    assert.match(consortium.problem(until(1893456000)), /"contract.expires" must be string/);
  });
});
