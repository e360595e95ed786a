import assert from "node:assert/strict";
import {
  getInvitation,
  listInvitations,
  postInvitationAcceptance,
} from "../../../src/endpoints/userinvitations.js";
import {
  alice,
  asMember,
  asToken,
  asUser,
  assertRefused,
  carol,
  invited,
  Service,
  tokenIssuer,
} from "./service.js";

describe("invitations", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
  });

  /** Members invite, or change the invitation, in a transaction of its own. */
  function invite(claims: object = { oid: ["o1"], tid: ["t1"] }, id = "i1"): void {
    service.ccf.version++;
    service.ccf.put("public:ccf.gov.user_invitations", id, { accountType: "microsoft", claims });
  }
  function uninvite(): void {
    service.ccf.run("governance", () =>
      ccf.kv["public:ccf.gov.user_invitations"]?.delete(ccf.strToBuf("i1")),
    );
  }
  const params = { invitationId: "i1" };
  const accept = (payload: object, kid?: string) =>
    service.call(postInvitationAcceptance, { caller: asToken(payload, kid), params });
  const read = (caller = asMember(alice)) => service.call(getInvitation, { caller, params });
  const allowUnverified = (status: string) =>
    service.ccf.put("public:ccf.gov.cgs_runtime_options", "unverified-email-invitations", { status });

  const open = {
    invitationId: "i1",
    accountType: "microsoft",
    claims: { oid: ["o1"], tid: ["t1"] },
    status: "Open",
  };
  const userInfo = { userId: "o1", data: { tenantId: "t1", issuer: tokenIssuer } };
  const right = { oid: "o1", tid: "t1" };

  it("are accepted with a token that they are about, which makes nobody a user yet", () => {
    invite();
    assert.deepEqual(read().body, open);
    const accepted = accept({ ...right, extra: 1 });
    assert.deepEqual([accepted.status, accepted.body], [200, undefined]);
    assert.deepEqual(read().body, { ...open, userInfo, status: "Accepted" });
    assert.deepEqual(service.ccf.keys("public:ccf.gov.user_identities"), []);
    assertRefused(accept(right), 409, "InvitationNotOpen");
  });

  it("are finalized by the identity that the members register", () => {
    invite();
    accept(right);
    service.ccf.put("public:ccf.gov.accepted_user_invitations", "i1", { userId: "o1" });
    assert.deepEqual(read().body, { ...open, userInfo, status: "Finalized" });
    assertRefused(accept(right), 409, "InvitationNotOpen");
  });

  it("are open again once they are changed or made anew: who accepted before has to do so again (improvement 15)", () => {
    invite();
    accept(right);
    invite({ oid: ["o2"], tid: ["t1"] });
    assert.deepEqual(read().body, { ...open, claims: { oid: ["o2"], tid: ["t1"] } });
    assertRefused(accept(right), 403, "TokenClaimMismatch");
    assert.equal(accept({ oid: "o2", tid: "t1" }).status, 200);
    uninvite();
    assertRefused(read(), 404, "InvitationNotFound");
    invite();
    assert.deepEqual(read().body, open);
  });

  it("are about every claim that they name, with one of its values", () => {
    invite({ tid: ["t1"], appid: ["a1", "a2"] });
    assertRefused(accept({ oid: "o1", tid: "t1" }), 403, "TokenClaimMissing");
    assertRefused(accept({ oid: "o1", appid: "a1" }), 403, "TokenClaimMissing");
    for (const appid of ["a3", "", ["a1"], null, 1])
      assertRefused(accept({ oid: "o1", tid: "t1", appid }), 403, "TokenClaimMismatch");
    assert.equal(accept({ oid: "o1", tid: "t1", appid: "a2" }).status, 200);
  });

  it("are refused when there is nothing to accept, or nobody who does", () => {
    assertRefused(accept(right), 404, "InvitationNotFound");
    invite({});
    assertRefused(accept(right), 409, "InvitationWithoutClaims");
    invite({ tid: ["t1"] });
    for (const oid of [undefined, 1, "", "a/b", "a\0b", ["o1"], carol])
      assertRefused(accept({ oid, tid: "t1" }), 404, "OidClaimMissing");
    const call = { params, caller: asMember(alice) };
    assertRefused(service.call(postInvitationAcceptance, call), 400, "UnknownAuthenticationPolicy");
    assertRefused(service.call(postInvitationAcceptance, { params }), 400, "UnknownAuthenticationPolicy");
    assert.deepEqual(service.ccf.keys("public:user_invitations_info"), []);
  });

  it("are accepted with no token of an unbound key, nor one meant for somebody else (improvement 8)", () => {
    invite();
    assertRefused(accept(right, "unconstrained"), 403, "CallerIssuerNotAuthorized");
    service.ccf.put("public:ccf.gov.jwt_audience", new ArrayBuffer(8), "api://consortium");
    assertRefused(accept(right), 403, "TokenAudienceMismatch");
    assert.equal(accept({ ...right, aud: "api://consortium" }).status, 200);
  });

  it("match an e-mail address only if the issuer says that it is verified (improvement 15)", () => {
    const email = "ann@example.com";
    for (const claim of ["email", "preferred_username", "upn"]) {
      const token = { oid: "o1", email, [claim]: email };
      const unproven = [{}, { email_verified: false }, { email_verified: "no", xms_edov: 0 }];
      invite({ [claim]: [email] });
      for (const proof of unproven) assertRefused(accept({ ...token, ...proof }), 403, "TokenClaimMissing");
      for (const proof of [{ email_verified: true }, { email_verified: "true" }, { xms_edov: "1" }]) {
        invite({ [claim]: [email] });
        assert.equal(accept({ ...token, ...proof }).status, 200, claim);
      }
    }
    invite({ upn: [email] });
    const another = { oid: "o1", upn: email, email: "eve@example.com", email_verified: true };
    assertRefused(accept(another), 403, "TokenClaimMissing");
  });

  it("match any e-mail address once the members have voted for that (improvement 15)", () => {
    const token = { oid: "o1", tid: "t1", preferred_username: "ann@example.com" };
    invite({ preferred_username: ["ann@example.com"], tid: ["t1"] });
    allowUnverified("disabled");
    assertRefused(accept(token), 403, "TokenClaimMissing");
    allowUnverified("enabled");
    assertRefused(accept({ ...token, preferred_username: "eve@example.com" }), 403, "TokenClaimMismatch");
    assert.equal(accept(token).status, 200);
  });

  it("find a user's name in upn of Entra ID's tokens of version 1.0", () => {
    allowUnverified("enabled");
    const [name, tid] = ["ann@example.com", "t1"];
    const claims = { preferred_username: [name] };
    for (const iss of ["https://login.microsoftonline.com/t1/v2.0", "https://sts.windows.net/t1/"]) {
      invite(claims);
      const token = { oid: "o1", tid, iss, ver: "1.0" };
      assertRefused(accept({ ...token, preferred_username: name }), 403, "TokenClaimMissing");
      assert.equal(accept({ ...token, upn: name }).status, 200);
    }
    const personal = "9188040d-6c67-4c5b-b112-36a304b66dad";
    for (const other of [
      { iss: "https://sts.windows.net/t1/", ver: "2.0", tid },
      { iss: "https://sts.windows.net/t2/", ver: "1.0", tid },
      { iss: `https://sts.windows.net/${personal}/`, ver: "1.0", tid: personal },
      { ver: "1.0", tid },
      { iss: "https://sts.windows.net/undefined/", ver: "1.0" },
    ]) {
      invite(claims);
      assertRefused(accept({ oid: "o1", upn: name, ...other }), 403, "TokenClaimMissing");
      assert.equal(accept({ oid: "o1", preferred_username: name, ...other }).status, 200);
    }
  });

  it("are the members' to read, of whatever status, and nobody else's (improvement 15)", () => {
    invite();
    service.addIdentity("o1");
    const list = (caller: ReturnType<typeof asUser>) => service.call(listInvitations, { caller });
    assert.deepEqual(list(asMember(invited)).body, { value: [open] });
    assert.equal(read(asMember(invited)).status, 200);
    for (const caller of [asUser(carol), asToken(right), asToken({ oid: "o2", tid: "t1" })]) {
      assertRefused(list(caller), 403, "CallerNotAuthorized");
      assertRefused(read(caller), 403, "CallerNotAuthorized");
    }
    assertRefused(list({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
  });

  it("are listed page by page (improvement 23)", () => {
    for (const id of ["i3", "i1", "i2"]) invite({ oid: [id] }, id);
    const call = { caller: asMember(alice), query: "limit=2" };
    assert.equal(
      service.call(listInvitations, call).body.nextLink,
      "/app/users/invitations?limit=2&after=i2",
    );
    const pages = service.pages(listInvitations, call) as unknown as { invitationId: string }[][];
    assert.deepEqual(
      pages.map((page) => page.map(({ invitationId }) => invitationId)),
      [["i1", "i2"], ["i3"]],
    );
  });
});
