import assert from "node:assert/strict";
import { alice, bob, Consortium, olga } from "./consortium.js";

const identities = "public:ccf.gov.user_identities";
const invitations = "public:ccf.gov.user_invitations";
const finalized = "public:ccf.gov.accepted_user_invitations";

const register = (args: object = {}) => ({
  name: "set_user_identity",
  args: { id: "o1", accountType: "microsoft", data: { tenantId: "t1" }, ...args },
});
const unregister = { name: "remove_user_identity", args: { id: "o1" } };
const invite = (args: object = {}) => ({
  name: "set_user_invitation_by_jwt_claims",
  args: {
    invitationId: "i1",
    type: "add",
    accountType: "microsoft",
    claims: { oid: "o1", tid: ["t1"] },
    ...args,
  },
});
const uninvite = { name: "remove_user_invitation_by_jwt_claims", args: { invitationId: "i1" } };

describe("set_user_identity", () => {
  it("registers a user by its tenant, and what is null in it is absent", () => {
    const consortium = new Consortium();
    consortium.accept(register({ invitationId: null, data: { tenantId: "t1", identifier: null } }));
    assert.deepEqual(consortium.ccf.get(identities, "o1"), {
      accountType: "microsoft",
      data: { tenantId: "t1" },
    });
  });

  it("records the issuer of the user's tokens, with which no tenant is needed (improvement 8)", () => {
    const consortium = new Consortium();
    const data = { tenantId: null, issuer: "https://id.example.com", identifier: "Ann" };
    consortium.accept(register({ data }));
    assert.deepEqual(consortium.ccf.get(identities, "o1"), {
      accountType: "microsoft",
      data: { issuer: "https://id.example.com", identifier: "Ann" },
    });
  });

  it("changes what is known of a user", () => {
    const consortium = new Consortium();
    consortium.accept(register());
    consortium.accept(register({ data: { tenantId: "t2" } }));
    assert.deepEqual(consortium.ccf.get(identities, "o1"), {
      accountType: "microsoft",
      data: { tenantId: "t2" },
    });
  });

  it("finalizes the invitation that led to it, which leads to no other user", () => {
    const consortium = new Consortium();
    consortium.accept(invite());
    consortium.accept(register({ invitationId: "i1" }));
    assert.deepEqual(consortium.ccf.get(finalized, "i1"), { userId: "o1" });
    assert.equal((consortium.ccf.get(identities, "o1") as { invitationId: string }).invitationId, "i1");
    assert.equal(consortium.problem(register({ invitationId: "i1", data: { tenantId: "t2" } })), "");
    assert.match(consortium.problem(register({ id: "o2", invitationId: "i1" })), /leads to another identity/);
    assert.match(consortium.problem(register({ invitationId: "i2" })), /there is no invitation "i2"/);
  });

  it("leads from an invitation to one user also where one proposal registers several", () => {
    const consortium = new Consortium();
    consortium.accept(invite());
    const both = ["o1", "o2"].map((id) => register({ id, invitationId: "i1" }));
    assert.match(consortium.problem(...both), /^action 1 .*"i1" leads to another identity/);
  });

  it("needs the vote, whoever proposes it", () => {
    const consortium = new Consortium();
    assert.equal(consortium.proposing(olga, register()), "Open");
    assert.equal(consortium.proposing(alice, register({ id: "o2" })), "Open");
    const open = consortium.open(bob, register({ id: "o3" }));
    assert.equal(consortium.outcome(open, { [alice]: true, [bob]: true }), "Open");
  });

  const refused: readonly (readonly [what: string, args: object, reason: RegExp])[] = [
    ["no id", { id: "" }, /"id" must not be empty/],
    ["an id that no path can name", { id: "a/b" }, /"id" must be an id/],
    ["the id of a certificate", { id: alice }, /has the form of a member's id/],
    ["another account type", { accountType: "github" }, /"accountType" must be one of: microsoft/],
    ["neither tenant nor issuer", { data: {} }, /must have the "tenantId" or the "issuer"/],
    ["a tenant that is null", { data: { tenantId: null } }, /must have the "tenantId" or the "issuer"/],
    ["an empty tenant", { data: { tenantId: "" } }, /"data.tenantId" must not be empty/],
    ["a tenant that is no text", { data: { tenantId: 5 } }, /"data.tenantId" must be string/],
    ["what nobody reads", { data: { tenantId: "t1", role: "admin" } }, /must not have "role"/],
  ];
  for (const [what, args, reason] of refused)
    it(`is refused with ${what}`, () => assert.match(new Consortium().problem(register(args)), reason));
});

describe("remove_user_identity", () => {
  it("removes a user that is there", () => {
    const consortium = new Consortium();
    assert.match(consortium.problem(unregister), /there is no user identity "o1"/);
    consortium.accept(register());
    consortium.accept(unregister);
    assert.deepEqual(consortium.ccf.keys(identities), []);
  });
});

describe("set_user_invitation_by_jwt_claims", () => {
  const claimsOf = (consortium: Consortium): unknown =>
    (consortium.ccf.get(invitations, "i1") as { claims: unknown }).claims;

  it("adds values to claims and removes them again", () => {
    const consortium = new Consortium();
    consortium.accept(invite());
    assert.deepEqual(consortium.ccf.get(invitations, "i1"), {
      accountType: "microsoft",
      claims: { oid: ["o1"], tid: ["t1"] },
    });
    consortium.accept(invite({ claims: { oid: ["o1", "o2"], sub: "s" } }));
    assert.deepEqual(claimsOf(consortium), { oid: ["o1", "o2"], tid: ["t1"], sub: ["s"] });
    consortium.accept(invite({ type: "remove", claims: { oid: "o1", sub: ["s"] } }));
    assert.deepEqual(claimsOf(consortium), { oid: ["o2"], tid: ["t1"] });
  });

  it("is judged by the invitation as earlier actions of the same proposal leave it", () => {
    const consortium = new Consortium();
    const remove = invite({ type: "remove", claims: { oid: "o1" } });
    assert.match(consortium.problem(remove), /does not accept "o1" for the claim "oid"/);
    assert.equal(consortium.problem(invite(), remove), "");
    assert.match(consortium.problem(remove, invite()), /^action 0 /);
  });

  it("is refused once the invitation has led to an identity, even if it was removed since", () => {
    const consortium = new Consortium();
    consortium.accept(invite());
    consortium.accept(register({ invitationId: "i1" }));
    assert.match(consortium.problem(invite()), /is finalized/);
    consortium.accept(uninvite);
    assert.match(consortium.problem(invite()), /is finalized/);
  });

  it("takes every claim that the API names, and oid (improvement 15)", () => {
    for (const claim of ["preferred_username", "email", "appid", "tid", "sub", "upn", "oid"])
      assert.equal(new Consortium().problem(invite({ claims: { [claim]: "x" } })), "", claim);
  });

  const refused: readonly (readonly [what: string, args: object, reason: RegExp])[] = [
    ["an id that no path can name", { invitationId: "a/b" }, /"invitationId" must be an id/],
    ["another type", { type: "set" }, /"type" must be one of: add, remove/],
    ["another account type", { accountType: "github" }, /"accountType" must be one of/],
    ["no claims", { claims: {} }, /"claims" must name a claim/],
    ["a claim that is not for invitations", { claims: { name: "Ann" } }, /must not have "name"/],
    ["a claim named like a member of every object", { claims: { constructor: "x" } }, /must not have/],
    ["no values", { claims: { oid: [] } }, /at least 1 items/],
    ["a value that is no text", { claims: { oid: [5] } }, /must be string/],
  ];
  for (const [what, args, reason] of refused)
    it(`is refused with ${what}`, () => assert.match(new Consortium().problem(invite(args)), reason));
});

describe("remove_user_invitation_by_jwt_claims", () => {
  it("removes an invitation that is there", () => {
    const consortium = new Consortium();
    assert.match(consortium.problem(uninvite), /there is no invitation "i1"/);
    consortium.accept(invite());
    consortium.accept(uninvite);
    assert.deepEqual(consortium.ccf.keys(invitations), []);
  });
});

describe("the audience of tokens (improvement 8)", () => {
  const set = { name: "set_jwt_audience", args: { audience: "api://consortium" } };
  const remove = { name: "remove_jwt_audience" };
  const audience = (consortium: Consortium): unknown =>
    consortium.ccf.get("public:ccf.gov.jwt_audience", new ArrayBuffer(8));

  it("is set and removed by vote", () => {
    const consortium = new Consortium();
    assert.match(consortium.problem(remove), /there is no audience/);
    assert.match(consortium.problem({ ...set, args: { audience: "" } }), /"audience" must not be empty/);
    consortium.accept(set);
    assert.equal(audience(consortium), "api://consortium");
    for (const action of [set, remove]) assert.equal(consortium.proposing(olga, action), "Open");
    consortium.accept(remove);
    assert.equal(audience(consortium), undefined);
  });
});
