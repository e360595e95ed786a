import assert from "node:assert/strict";
import { alice, bob, carol, Consortium, olga } from "./consortium.js";

const named = (name: string, args?: object) => ({ name, args });
const everybody = { [alice]: true, [bob]: true, [carol]: true };

for (const [what, table, enable, rotate] of [
  ["tokens", "public:ccf.gov.oidc_issuer", "enable_oidc_issuer", "oidc_issuer_enable_rotate_signing_key"],
  ["payloads", "public:ccf.gov.signing", "enable_signing", "signing_enable_rotate_signing_key"],
] as const) {
  describe(`keys to sign ${what}`, () => {
    const settings = (consortium: Consortium): unknown[] =>
      ["enabled", "generateSigningKeyRequestId", "generateSigningKeyKid"].map((name) =>
        consortium.ccf.getText(table, name),
      );

    it("are asked for by a vote, and then nothing changes by asking again", () => {
      const consortium = new Consortium();
      assert.equal(consortium.problem(named(enable, { kid: "first" })), "");
      consortium.accept(named(enable, { kid: "first" }));
      assert.deepEqual(settings(consortium), ["true", "1", "first"]);
      consortium.accept(named(enable, { kid: "second" }));
      assert.deepEqual(settings(consortium), ["true", "1", "first"]);
    });

    it("are replaced by a vote, once there are any", () => {
      const consortium = new Consortium();
      assert.match(consortium.problem(named(rotate)), /no key was ever asked for; enable it first/);
      consortium.accept(named(enable, { kid: "k" }));
      for (const request of ["2", "3"]) {
        consortium.accept(named(rotate));
        assert.deepEqual(settings(consortium), ["true", request, "k"]);
      }
      for (let round = 4; round <= 11; round++) consortium.accept(named(rotate));
      assert.equal(settings(consortium)[1], "11");
    });

    it("are nobody's to ask for alone", () => {
      const consortium = new Consortium();
      const proposal = consortium.open(olga, named(enable, { kid: "k" }));
      assert.equal(consortium.outcome(proposal), "Open");
      assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
      assert.equal(consortium.outcome(proposal, everybody), "Accepted");
    });

    for (const kid of [undefined, "", 5, "two words", "ü", "k".repeat(129)])
      it(`are not called "${String(kid).slice(0, 20)}"`, () =>
        assert.match(new Consortium().problem(named(enable, { kid })), /"kid"/));
  });
}

describe("set_oidc_issuer_url, add_token_issuer", () => {
  const url = "https://issuer.example.com/consortium";

  it("say which issuers tokens may name", () => {
    const consortium = new Consortium();
    consortium.accept(named("set_oidc_issuer_url", { issuer_url: url }));
    assert.equal(consortium.ccf.getText("public:ccf.gov.oidc_issuer", "issuerUrl"), url);
    consortium.accept(named("add_token_issuer", { issuer_url: url }));
    assert.deepEqual(consortium.ccf.keys("public:ccf.gov.token_issuers"), [url]);
    const remove = named("remove_token_issuer", { issuer_url: url });
    consortium.accept(remove);
    assert.deepEqual(consortium.ccf.keys("public:ccf.gov.token_issuers"), []);
    assert.match(consortium.problem(remove), /there is no token issuer/);
  });

  it("take what OpenID Connect calls an issuer, and check it before anybody votes", () => {
    const problem = (issuer_url: unknown, name = "set_oidc_issuer_url"): string =>
      new Consortium().problem(named(name, { issuer_url }));
    for (const right of [
      url,
      "http://localhost:8080",
      "https://a/b/",
      "HTTPS://A.example",
      "https://[::1]:1/x",
    ])
      assert.equal(problem(right), "");
    for (const wrong of [
      ...["issuer", "ftp://a", "https:", "https://", "https:///x", "javascript:alert(1)//https://a"],
      ...[
        "https://a?b=c",
        "https://a/b?c",
        "https://a/#b",
        "https://user@a/",
        "https://a\\b/",
        "https://a/b\\c",
      ],
      ...[" https://a", "https://a b", "https://a\nb", "https://ä.example", `https://a/${"x".repeat(1000)}`],
    ]) {
      assert.match(problem(wrong), /"issuer_url" must be an http or https URL/, wrong);
      assert.match(problem(wrong, "add_token_issuer"), /"issuer_url" must be an http or https URL/, wrong);
    }
    for (const wrong of [undefined, null, "", 7]) assert.match(problem(wrong), /"issuer_url"/);
  });
});

describe("grant_token_subject", () => {
  const subjects = "public:ccf.gov.token_subjects";
  const grant = (contractId: string, subject: string) =>
    named("grant_token_subject", { contractId, subject });
  const revoke = (contractId: string, subject: string) =>
    named("revoke_token_subject", { contractId, subject });
  const withContracts = (): Consortium => {
    const consortium = new Consortium();
    for (const contractId of ["c1", "c2"])
      consortium.accept(named("set_contract", { contractId, contract: { data: "text" } }));
    return consortium;
  };

  it("gives a subject to contracts, and revoke_token_subject takes it from one of them", () => {
    const consortium = withContracts();
    consortium.accept(grant("c1", "job"), grant("c2", "job"), grant("c1", "repo:a/b"));
    consortium.accept(grant("c1", "job"));
    assert.deepEqual(consortium.ccf.get(subjects, "job"), ["c1", "c2"]);
    consortium.accept(revoke("c1", "job"));
    assert.deepEqual(consortium.ccf.get(subjects, "job"), ["c2"]);
    consortium.accept(revoke("c2", "job"));
    assert.deepEqual(consortium.ccf.keys(subjects), ["repo:a/b"]);
  });

  it("is refused for contracts that are not accepted, subjects that are none, and what was not granted", () => {
    const consortium = withContracts();
    assert.match(consortium.problem(grant("c3", "job")), /the contract "c3" is not accepted/);
    for (const subject of ["two words", "ü", "nul\0", "s".repeat(601)])
      assert.match(consortium.problem(grant("c1", subject)), /"subject" must have 1 to 600 visible ASCII/);
    assert.match(consortium.problem(grant("c1", "")), /"subject" must not be empty/);
    consortium.accept(grant("c1", "job"));
    assert.match(consortium.problem(revoke("c2", "job")), /"job" is not granted to the contract "c2"/);
    assert.match(consortium.problem(revoke("c1", "other")), /"other" is not granted/);
  });
});

describe("set_signing_mode", () => {
  const set = (mode: unknown) => named("set_signing_mode", { mode });
  const settings = "public:ccf.gov.signing";

  it("is about keys to come: it asks for a new one, if it changes anything (improvement 18)", () => {
    const consortium = new Consortium();
    consortium.accept(set("raw"));
    assert.equal(consortium.ccf.getText(settings, "generateSigningKeyRequestId"), undefined);
    consortium.accept(named("enable_signing", { kid: "k" }));
    assert.equal(consortium.ccf.getText(settings, "generateSigningKeyRequestId"), "1");
    consortium.accept(set("contract"));
    consortium.accept(set("contract"));
    assert.equal(consortium.ccf.getText(settings, "generateSigningKeyRequestId"), "2");
    assert.equal(consortium.ccf.getText(settings, "mode"), "contract");
  });

  it("knows no other modes", () => {
    for (const mode of [undefined, "", "RAW", "domain", true])
      assert.match(new Consortium().problem(set(mode)), /"mode"/);
  });
});
