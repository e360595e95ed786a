import assert from "node:assert/strict";
import { listContracts } from "../../../src/endpoints/contracts.js";
import { getIdentity, getSelfStatus, listIdentities } from "../../../src/endpoints/useridentities.js";
import {
  alice,
  asMember,
  asToken,
  asUser,
  assertRefused,
  type Caller,
  carol,
  invited,
  Service,
  tokenIssuer,
} from "./service.js";

describe("users who call with tokens", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
    service.addIdentity("o1", { tenantId: "t1", identifier: "Ann" });
  });

  const status = (caller: Caller | undefined) => service.call(getSelfStatus, caller && { caller });
  const meantFor = (audience: string) =>
    service.ccf.put("public:ccf.gov.jwt_audience", new ArrayBuffer(8), audience);

  it("are those whom the members registered, with the tenant that they registered", () => {
    assert.deepEqual(status(asToken({ oid: "o1", tid: "t1" })).body, { active: true });
    assertRefused(status(asToken({ oid: "o1", tid: "t2" })), 403, "CallerTenantNotAuthorized");
    assertRefused(status(asToken({ oid: "o1" })), 403, "CallerTenantNotAuthorized");
    assertRefused(status(asToken({ oid: "o1", tid: ["t1"] })), 403, "CallerTenantNotAuthorized");
    for (const oid of [undefined, "o2", "", "constructor", "o1\0", 1, ["o1"], null])
      assertRefused(status(asToken({ oid, tid: "t1" })), 403, "CallerNotAuthorized");
    service.ccf.run("governance", () => ccf.kv["public:ccf.gov.user_identities"]?.delete(ccf.strToBuf("o1")));
    assertRefused(status(asToken({ oid: "o1", tid: "t1" })), 403, "CallerNotAuthorized");
  });

  it("come from the issuer that their identity records (improvement 8)", () => {
    service.addIdentity("o1", { tenantId: "t1", issuer: tokenIssuer });
    assert.equal(status(asToken({ oid: "o1", tid: "t1" })).status, 200);
    const elsewhere = { oid: "o1", tid: "t1", iss: "https://other.example.com" };
    assertRefused(status(asToken(elsewhere)), 403, "CallerIssuerNotAuthorized");
    assertRefused(status(asToken({ oid: "o1", tid: "t2" })), 403, "CallerTenantNotAuthorized");
  });

  it("need no tenant where their issuer is recorded, and somebody of nowhere is nobody (improvement 8)", () => {
    service.addIdentity("o1", { issuer: tokenIssuer });
    assert.equal(status(asToken({ oid: "o1" })).status, 200);
    assertRefused(status(asToken({ oid: "o1", iss: "x" })), 403, "CallerIssuerNotAuthorized");
    service.addIdentity("o1", {});
    assertRefused(status(asToken({ oid: "o1" })), 403, "CallerTenantNotAuthorized");
  });

  it("are not authenticated by a key that is registered without its issuer (improvement 8)", () => {
    for (const kid of ["unconstrained", "unknown", "constructor"])
      assertRefused(status(asToken({ oid: "o1", tid: "t1" }, kid)), 403, "CallerIssuerNotAuthorized");
  });

  it("hold tokens that are meant for this service, once the members have said what that is (improvement 8)", () => {
    const token = (aud?: unknown) => status(asToken({ oid: "o1", tid: "t1", aud }));
    assert.equal(token().status, 200);
    meantFor("api://consortium");
    for (const aud of ["api://consortium", ["other", "api://consortium"]])
      assert.equal(token(aud).status, 200);
    for (const aud of [
      undefined,
      "",
      "api://consortium/",
      "API://consortium",
      ["other"],
      [["api://consortium"]],
      {},
    ])
      assertRefused(token(aud), 403, "TokenAudienceMismatch");
    const unregistered = asToken({ oid: "o2", tid: "t1", aud: "other" });
    assertRefused(status(unregistered), 403, "TokenAudienceMismatch");
  });

  it("are asked nothing of tokens when they call with a certificate", () => {
    meantFor("api://consortium");
    for (const caller of [asMember(alice), asUser(carol)])
      assert.equal(service.call(listContracts, { caller }).status, 200);
    assertRefused(status({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
    assertRefused(status(undefined), 400, "UnknownAuthenticationPolicy");
  });

  it("are read by whoever is known to the consortium", () => {
    const identity = { id: "o1", accountType: "microsoft", data: { tenantId: "t1", identifier: "Ann" } };
    const read = (identityId: string, caller = asMember(invited)) =>
      service.call(getIdentity, { caller, params: { identityId } });
    for (const caller of [asMember(invited), asUser(carol), asToken({ oid: "o1", tid: "t1" })]) {
      assert.deepEqual(read("o1", caller).body, identity);
      assert.deepEqual(service.call(listIdentities, { caller }).body, { value: [identity] });
    }
    assertRefused(read("o2"), 404, "UserIdentityNotFound");
    assertRefused(read("a/b"), 400, "InvalidPath");
    assertRefused(read("o1", { policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
    assertRefused(service.call(listIdentities), 400, "UnknownAuthenticationPolicy");
  });

  it("are listed page by page (improvement 23)", () => {
    for (const id of ["o5", "o3", "o2", "o4"]) service.addIdentity(id);
    const call = { caller: asMember(alice), query: "limit=2" };
    assert.equal(service.call(listIdentities, call).body.nextLink, "/app/users/identities?limit=2&after=o2");
    assert.deepEqual(
      service.pages(listIdentities, call).map((page) => page.map(({ id }) => id)),
      [["o1", "o2"], ["o3", "o4"], ["o5"]],
    );
  });
});
