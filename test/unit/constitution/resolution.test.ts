import assert from "node:assert/strict";
import type { Member } from "../../../src/governance/membership.js";
import { type Deciding, type Matter, type Outcome, outcomeOf } from "../../../src/governance/resolution.js";
import { hasRole, isVoter } from "../../../src/governance/roles.js";

const plain: Deciding = { operator: false, veto: false, automatic: false };
const operators: Deciding = { ...plain, operator: true };
const vetoable: Deciding = { ...plain, veto: true };
const automatic: Deciding = { ...plain, automatic: true };
const delegated: Deciding = { ...plain, delegate: "cgsOperator" };
const contract = (id: string, more: object = {}): Deciding => ({
  ...vetoable,
  subject: { key: id, settled: false, contested: false, alone: true, ...more },
});
const document = (id: string): Deciding => ({
  ...vetoable,
  subject: { key: id, settled: false, contested: false, alone: false },
});

const member = (id: string, data?: unknown, status: Member["status"] = "Active"): Member => ({
  id,
  status,
  data,
});
const voters = ["a", "b", "c"].map((id) => member(id));
const everybody = [
  ...voters,
  member("operator", { isOperator: true }),
  member("recovery", { isRecoveryOperator: "true" }),
  member("cgs", { cgsRoles: { cgsOperator: "true" } }),
];
const invited = member("d", undefined, "Accepted");

/** "a+ b-" is a vote of a in favour and one of b against. */
const votesOf = (text: string): Matter["votes"] =>
  text
    .split(" ")
    .flatMap((vote) => (vote ? [{ member_id: vote.slice(0, -1), vote: vote.endsWith("+") }] : []));

function outcome(
  actions: readonly Deciding[],
  votes = "",
  given: { by?: string; members?: readonly Member[]; after?: readonly Member[] } = {},
): Outcome {
  const { by = "a", members = everybody, after = members } = given;
  return outcomeOf({ proposerId: by, votes: votesOf(votes), members, membersAfter: after, actions });
}

type Case = readonly [what: string, expected: Outcome, actual: () => Outcome];
const table = (title: string, cases: readonly Case[]): void =>
  void describe(title, () => {
    for (const [what, expected, actual] of cases)
      it(`${what}: ${expected}`, () => assert.equal(actual(), expected));
  });

table("all voters together (improvement 14)", [
  ["nobody has voted", "Open", () => outcome([plain])],
  ["some are in favour", "Open", () => outcome([plain], "a+ b+")],
  ["all are in favour", "Accepted", () => outcome([plain], "a+ b+ c+")],
  ["all but the proposer", "Open", () => outcome([plain], "b+ c+")],
  ["one is against, others have not voted", "Rejected", () => outcome([plain], "a+ b-")],
  [
    "operators in favour do not replace a voter",
    "Open",
    () => outcome([plain], "a+ b+ operator+ recovery+ cgs+"),
  ],
  ["an operator against does not matter", "Accepted", () => outcome([plain], "a+ b+ c+ operator-")],
  ["a stranger's votes do not count", "Open", () => outcome([plain], "a+ b+ x+ y-")],
  ["several actions", "Accepted", () => outcome([plain, operators, vetoable], "a+ b+ c+")],
]);

table("members who are not active (improvement 10)", [
  [
    "invited members are not waited for",
    "Accepted",
    () => outcome([plain], "a+ b+ c+", { members: [...everybody, invited] }),
  ],
  [
    "their votes do not count in favour",
    "Open",
    () => outcome([plain], "a+ b+ d+", { members: [...everybody, invited] }),
  ],
  [
    "their votes do not count against",
    "Accepted",
    () => outcome([vetoable], "a+ b+ c+ d-", { members: [...everybody, invited] }),
  ],
  [
    "who has left is not waited for",
    "Accepted",
    () => outcome([plain], "a+ b+ c+", { members: voters.slice(0, 2) }),
  ],
  [
    "the vote against of one who has left does not count",
    "Accepted",
    () => outcome([vetoable], "a+ b+ c-", { members: voters.slice(0, 2) }),
  ],
  ["a proposer who has left has no role", "Open", () => outcome([operators], "", { by: "x" })],
]);

table("a veto", [
  ["of a voter", "Rejected", () => outcome([vetoable], "a+ b+ c-")],
  ["of an operator", "Rejected", () => outcome([vetoable], "a+ b+ c+ operator-")],
  ["of a recovery operator, before others have voted", "Rejected", () => outcome([vetoable], "recovery-")],
  ["where one of several actions allows it", "Rejected", () => outcome([plain, vetoable], "a+ b+ c+ cgs-")],
]);

table("an operator (improvement 9)", [
  ["decides what operating takes", "Accepted", () => outcome([operators, operators], "", { by: "operator" })],
  ["is needed for that", "Open", () => outcome([operators], "", { by: "a" })],
  ["decides nothing else", "Open", () => outcome([plain], "", { by: "operator" })],
  ["decides nothing else along with it", "Open", () => outcome([operators, plain], "", { by: "operator" })],
  ["is not a recovery operator", "Open", () => outcome([operators], "", { by: "recovery" })],
  [
    "must be active",
    "Open",
    () =>
      outcome([operators], "", {
        by: "o",
        members: [...voters, member("o", { isOperator: true }, "Accepted")],
      }),
  ],
  [
    "cannot remove a voter",
    "Open",
    () => outcome([operators], "", { by: "operator", after: everybody.slice(1) }),
  ],
  [
    "cannot remove an invited voter",
    "Open",
    () => outcome([operators], "", { by: "operator", members: [...everybody, invited], after: everybody }),
  ],
  [
    "cannot turn a voter into an operator",
    "Open",
    () =>
      outcome([operators], "", {
        by: "operator",
        after: [...everybody.slice(1), member("a", { isOperator: true }, "Accepted")],
      }),
  ],
  [
    "cannot remove a member who has another role",
    "Open",
    () =>
      outcome([operators], "", {
        by: "operator",
        after: everybody.filter(({ id }) => id !== "recovery"),
      }),
  ],
  [
    "can add and remove operators",
    "Accepted",
    () =>
      outcome([operators], "", {
        by: "operator",
        after: [
          ...everybody.filter(({ id }) => id !== "operator"),
          member("o", { isOperator: true }, "Accepted"),
        ],
      }),
  ],
]);

const founder = [member("operator", { isOperator: true })];
table("where nobody votes (improvement 9)", [
  [
    "an operator founds the service",
    "Accepted",
    () => outcome([plain], "", { by: "operator", members: founder }),
  ],
  [
    "but agrees to nothing on behalf of voters",
    "Open",
    () => outcome([plain, vetoable], "operator+", { by: "operator", members: founder }),
  ],
  [
    "and is done as soon as a voter is invited",
    "Open",
    () => outcome([plain], "operator+", { by: "operator", members: [...founder, invited] }),
  ],
  [
    "nobody else does",
    "Open",
    () => outcome([plain], "cgs+ operator+", { by: "cgs", members: everybody.slice(3) }),
  ],
  ["the unanimity of nobody accepts nothing", "Open", () => outcome([vetoable], "", { members: [invited] })],
]);

table("a contract", [
  ["is accepted by all voters", "Accepted", () => outcome([contract("1"), contract("2")], "a+ b+ c+")],
  [
    "waits for members who are invited",
    "Open",
    () => outcome([contract("1")], "a+ b+ c+", { members: [...everybody, invited] }),
  ],
  [
    "does not wait for operators who are invited",
    "Accepted",
    () =>
      outcome([contract("1")], "a+ b+ c+", {
        members: [...everybody, member("o", { isOperator: true }, "Accepted")],
      }),
  ],
  ["comes alone", "Rejected", () => outcome([contract("1"), plain])],
  ["does not come with documents", "Rejected", () => outcome([contract("1"), document("2")])],
  ["comes once", "Rejected", () => outcome([contract("1"), contract("1")])],
  [
    "is accepted once",
    "Rejected",
    () => outcome([contract("1"), contract("2", { settled: true })], "a+ b+ c+"),
  ],
  ["is proposed once at a time", "Rejected", () => outcome([contract("1", { contested: true })])],
]);

table("something else that is settled once", [
  ["may come with other actions", "Accepted", () => outcome([document("1"), plain], "a+ b+ c+")],
  [
    "does not wait for members who are invited",
    "Accepted",
    () => outcome([document("1")], "a+ b+ c+", { members: [...everybody, invited] }),
  ],
  ["comes once", "Rejected", () => outcome([document("1"), document("1"), plain])],
]);

table("what needs nobody's decision", [
  ["takes effect at once", "Accepted", () => outcome([automatic, automatic])],
  ["not along with other things", "Open", () => outcome([automatic, plain])],
]);

table("what is delegated to a role", [
  ["is decided by who holds it", "Accepted", () => outcome([delegated, delegated], "", { by: "cgs" })],
  ["is not decided by others", "Open", () => outcome([delegated], "", { by: "operator" })],
  ["is not decided along with other things", "Open", () => outcome([delegated, plain], "", { by: "cgs" })],
  ["can still be vetoed", "Rejected", () => outcome([{ ...delegated, veto: true }], "b-", { by: "cgs" })],
]);

describe("roles (improvement 10)", () => {
  const places = {
    operator: (value: unknown) => ({ isOperator: value }),
    recoveryOperator: (value: unknown) => ({ isRecoveryOperator: value }),
    cgsOperator: (value: unknown) => ({ cgsRoles: { cgsOperator: value } }),
    contractOperator: (value: unknown) => ({ cgsRoles: { contractOperator: value } }),
  } as const;
  const roles = Object.keys(places) as (keyof typeof places)[];

  it('are true or "true" in a member\'s data, and whoever has one does not vote', () => {
    for (const role of roles)
      for (const value of [true, "true"]) {
        const data = places[role](value);
        assert.deepEqual(
          roles.filter((candidate) => hasRole(data, candidate)),
          [role],
        );
        assert.equal(isVoter(data), false);
      }
  });

  it("are nothing else", () => {
    for (const role of roles)
      for (const value of [false, "false", "True", "yes", 1, null, {}, [true], undefined]) {
        assert.equal(hasRole(places[role](value), role), false);
        assert.equal(isVoter(places[role](value)), true);
      }
    for (const data of [undefined, null, "isOperator", 1, [], { cgsRoles: "cgsOperator" }])
      assert.equal(isVoter(data), true);
  });

  it("are not inherited", () => {
    assert.equal(hasRole(Object.create({ isOperator: true }), "operator"), false);
  });
});
