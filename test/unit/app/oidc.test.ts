import assert from "node:assert/strict";
import { createLocalJWKSet, jwtVerify } from "jose";
import { getDiscovery, getIssuerInfo, getKeys, putIssuerUrl } from "../../../src/endpoints/oidc.js";
import { ask, at, generate, inForce, issuing, keySet, requestKey, seconds, tokenIn } from "./issuer.js";
import { alice, asMember, assertRefused, asToken, asUser, bob, carol, invited, Service } from "./service.js";

describe("the keys of the token issuer", () => {
  const store = "oidc_issuer.signing_keys";

  it("are not there before the members have voted, and a member has one generated", () => {
    const service = new Service();
    assertRefused(service.call(getKeys), 405, "SigningKeyNotAvailable");
    assertRefused(generate(service), 405, "OidcIssuerNotEnabled");
    requestKey(service, "1");
    assertRefused(service.call(getKeys), 405, "SigningKeyNotAvailable");
    assert.deepEqual(generate(service).body, { reqId: "1", kid: "base-1" });
    assert.deepEqual(
      keySet(service).keys.map(({ kid }) => kid),
      ["base-1"],
    );
  });

  it("are generated once for each vote, by an active member", () => {
    const service = new Service();
    requestKey(service, "1");
    assertRefused(generate(service, asMember(invited)), 403, "MemberNotActive");
    assertRefused(generate(service, asUser(alice)), 403, "CallerNotAuthorized");
    assert.equal(generate(service).status, 200);
    const first = service.ccf.get(store, "signingKey");
    assert.deepEqual(generate(service, asMember(bob)).body, { reqId: "1", kid: "base-1" });
    assert.deepEqual(service.ccf.get(store, "signingKey"), first);
    requestKey(service, "2");
    assert.deepEqual(generate(service).body, { reqId: "2", kid: "base-2" });
    assert.notDeepEqual(service.ccf.get(store, "signingKey"), first);
    assert.deepEqual(service.ccf.keys(store), ["signingKey"]);
  });

  it("say what they are for, as verifiers need it, and nothing private (improvement 16)", () => {
    const service = issuing();
    const [key] = keySet(service).keys;
    const { e, n, ...rest } = key as unknown as Record<string, string>;
    assert.deepEqual(rest, { alg: "PS256", use: "sig", kty: "RSA", kid: "base-1" });
    assert.equal(e, "AQAB");
    assert.equal(Buffer.from(n ?? "", "base64url").length, 256);
  });

  it("stay published after a rotation until their last token has expired, and no longer (improvement 17)", async () => {
    const service = issuing();
    const exp = seconds() + 3600;
    const { token } = tokenIn(ask(service, { exp }));
    ask(service, { exp: seconds() + 60 }); // a shorter one changes nothing
    requestKey(service, "2");
    generate(service);
    const kids = (): string[] => keySet(service).keys.map(({ kid }) => kid);
    assert.deepEqual(kids(), ["base-2", "base-1"]);
    await jwtVerify(token, createLocalJWKSet(keySet(service)), { algorithms: ["PS256"] });
    const { token: newer } = tokenIn(ask(service));
    await jwtVerify(newer, createLocalJWKSet(keySet(service)), { algorithms: ["PS256"] });

    assert.deepEqual(at(service, exp, kids), ["base-2", "base-1"]);
    // at the next full hour at the latest
    const later = exp + 3601;
    assert.deepEqual(at(service, later, kids), ["base-2"]);
    assert.deepEqual(service.ccf.keys("public:oidc_issuer.previous_keys"), ["base-1"]);
    requestKey(service, "3");
    at(service, later, () => generate(service));
    assert.deepEqual(service.ccf.keys("public:oidc_issuer.previous_keys"), []);
    assert.deepEqual(service.ccf.keys("public:oidc_issuer.last_token_expiries"), []);
  });

  it("leave nothing of their private halves after a rotation (improvement 17)", () => {
    const service = issuing();
    ask(service);
    requestKey(service, "2");
    generate(service);
    const kept = service.ccf.get("public:oidc_issuer.previous_keys", "base-1") as object;
    assert.deepEqual(Object.keys(kept).sort(), ["publicKey", "until"]);
    const { kid } = service.ccf.get(store, "signingKey") as { kid: string };
    assert.equal(kid, "base-2");
  });

  it("are not published after a rotation when they signed nothing", () => {
    const service = issuing();
    requestKey(service, "2");
    generate(service);
    assert.deepEqual(
      keySet(service).keys.map(({ kid }) => kid),
      ["base-2"],
    );
    assert.deepEqual(service.ccf.keys("public:oidc_issuer.previous_keys"), []);
  });

  it("cost no write for each token, but one an hour", () => {
    const service = issuing();
    const version = (): unknown =>
      service.ccf.run("application", () =>
        ccf.kv["public:oidc_issuer.last_token_expiries"]?.getVersionOfPreviousWrite(ccf.strToBuf("base-1")),
      );
    const start = Math.ceil(seconds() / 3600) * 3600 + 1;
    const asked = (offset: number) =>
      at(service, start + offset, () => {
        const now = start + offset;
        return ask(service, { iat: now, nbf: now, exp: now + 60 }).status;
      });
    assert.equal(asked(0), 200);
    const written = version();
    for (const offset of [1, 600, 3500]) assert.equal(asked(offset), 200);
    assert.equal(version(), written);
    assert.equal(asked(3600), 200);
    assert.notEqual(version(), written);
  });
});

describe("the discovery document", () => {
  it("names the issuer that the members set, and the algorithm in use (improvement 16)", () => {
    const document = (service: Service): unknown => service.call(getDiscovery).body;
    const expected = (issuer: string) => ({
      issuer,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["PS256"],
    });
    assert.deepEqual(document(new Service()), expected("{placeholder}"));
    assert.deepEqual(document(issuing()), expected("https://issuer.example.com/t1"));
  });
});

describe("the issuer URL of a tenant", () => {
  const set = (service: Service, caller: ReturnType<typeof asMember>, url: unknown = "https://a.example") =>
    service.call(putIssuerUrl, { caller, body: { url } });
  const info = (service: Service, caller: ReturnType<typeof asMember>): unknown =>
    service.call(getIssuerInfo, { caller }).body;

  /** Alice and Bob are of one tenant, so are a user and a holder of a token; Carol is of none. */
  function withTenants(): Service {
    const service = new Service();
    const member_data = { tenantId: "m" };
    for (const id of [alice, bob])
      service.ccf.put("public:ccf.gov.members.info", id, { status: "Active", member_data });
    service.ccf.put("public:ccf.gov.members.info", invited, { status: "Accepted", member_data });
    service.ccf.put("public:ccf.gov.users.info", "u1", { user_data: { tenantId: "u" } });
    service.ccf.put("public:ccf.gov.user_identities", "o1", {
      accountType: "microsoft",
      data: { tenantId: "u" },
    });
    return service;
  }
  const token = asToken({ oid: "o1", tid: "u" });

  it("is set by its members and its users, each in a place of their own, and replaced", () => {
    const service = withTenants();
    assert.deepEqual(info(service, asMember(alice)), { enabled: false });
    assert.equal(set(service, asMember(alice), "https://m.example").status, 200);
    assert.equal(set(service, asUser("u1"), "http://u.example").status, 200);
    const tenantData = { tenantId: "m", issuerUrl: "https://m.example" };
    assert.deepEqual(info(service, asMember(bob)), { enabled: false, tenantData });
    assert.deepEqual(info(service, token), {
      enabled: false,
      tenantData: { tenantId: "u", issuerUrl: "http://u.example" },
    });
    assert.equal(set(service, token, "https://other.example").status, 200);
    assert.deepEqual(info(service, asUser("u1")), {
      enabled: false,
      tenantData: { tenantId: "u", issuerUrl: "https://other.example" },
    });
    assert.deepEqual(info(service, asMember(carol)), { enabled: false });
  });

  it("comes with what the members voted", () => {
    const service = inForce();
    requestKey(service, "1");
    assert.deepEqual(info(service, asMember(alice)), { enabled: true });
    const issuerUrl = "https://issuer.example.com/t1";
    assert.deepEqual(info(issuing(), asMember(alice)), { enabled: true, issuerUrl });
  });

  it("needs a tenant, and a member who is active", () => {
    const service = withTenants();
    assertRefused(set(service, asMember(carol)), 400, "NoTenantId");
    assertRefused(set(service, asUser("u2")), 400, "NoTenantId");
    for (const member_data of [null, "tenantId", { tenantId: "" }, { tenantId: 7 }, []]) {
      service.ccf.put("public:ccf.gov.members.info", carol, { status: "Active", member_data });
      assertRefused(set(service, asMember(carol)), 400, "NoTenantId");
    }
    assertRefused(set(service, asMember(invited)), 403, "MemberNotActive");
    assertRefused(set(service, asToken({ oid: "o2", tid: "u" })), 403, "CallerNotAuthorized");
    assertRefused(
      service.call(getIssuerInfo, { caller: { policy: "no_auth" } }),
      400,
      "UnknownAuthenticationPolicy",
    );
  });

  it("is an http or https URL, without query and fragment", () => {
    const service = withTenants();
    for (const url of [
      "ftp://a.example",
      "a.example",
      "https://",
      "https://a?b",
      "https://a#b",
      "https://u@a",
      "",
    ])
      assertRefused(set(service, asMember(alice), url), 400, "InvalidUrl");
    for (const url of [null, 7, ["https://a"]])
      assertRefused(set(service, asMember(alice), url), 400, "InvalidUrl");
    const send = (body: string) => service.call(putIssuerUrl, { caller: asMember(alice), body });
    assertRefused(send("{}"), 400, "InvalidUrl");
    assertRefused(send("[]"), 400, "InvalidBody");
    assertRefused(send("{"), 400, "InvalidJson");
    // before it is asked who has a tenant
    assertRefused(set(service, asMember(carol), "a"), 400, "InvalidUrl");
  });
});
