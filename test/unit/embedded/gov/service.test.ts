import assert from "node:assert/strict";
import { Consortium, fieldOf } from "./consortium.js";

describe("what governance says of the service", () => {
  let consortium: Consortium;
  before(async () => {
    consortium = await Consortium.active();
  });
  after(() => consortium.dissolve());

  const written = (name: string, id: string, value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    assert.equal(consortium.pass({ name: "write", args: { name, id, text } }).status, 200);
  };

  it("is its status, certificate and configuration", () => {
    assert.deepEqual(consortium.get("/service/info").body, {
      status: "Opening",
      certificate: consortium.node.identity.service.certificate,
      recoveryCount: 0,
      creationTransactionId: "2.1",
      serviceData: null,
      configuration: {
        recoveryThreshold: 1,
        maximumNodeCertificateValidityDays: 365,
        maximumServiceCertificateValidityDays: 365,
        recentCoseProposalsWindowSize: 100,
      },
    });
  });

  it("is the constitution, as JavaScript", () => {
    const { body, headers } = consortium.get("/service/constitution");
    assert.deepEqual(
      [body, headers["content-type"]],
      [consortium.node.config.constitution, "text/javascript"],
    );
  });

  it("is its node", () => {
    const { node } = consortium.node.identity;
    const described = consortium.get(`/service/nodes/${node.id}`).body;
    assert.deepEqual(
      [fieldOf(described, "status"), fieldOf(described, "certificate")],
      ["Trusted", node.certificate],
    );
    assert.deepEqual(fieldOf(consortium.get("/service/nodes").body, "value"), [described]);
    const reportData = fieldOf(fieldOf(fieldOf(described, "quoteInfo"), "details"), "reportData");
    assert.equal(Buffer.from(String(reportData), "base64").toString("hex"), node.id);
    assert.equal(consortium.get("/service/nodes/abc").code, "InvalidResourceName");
  });

  it("are its users, with what the members know of them", () => {
    const id = "ab".repeat(32);
    written("users.certs", id, "a certificate");
    assert.deepEqual(consortium.get(`/service/users/${id}`).body, {
      userId: id,
      certificate: "a certificate",
      userData: null,
    });
    written("users.info", id, { user_data: { a: 1 } });
    assert.deepEqual(fieldOf(consortium.get("/service/users").body, "value"), [
      { userId: id, certificate: "a certificate", userData: { user_data: { a: 1 } } },
    ]);
    assert.equal(consortium.get(`/service/users/${"0".repeat(64)}`).code, "ResourceNotFound");
  });

  it("is its application: endpoints by path and method, renamed or as they were voted for", () => {
    const stored = {
      js_module: "/a.js",
      js_function: "f",
      forwarding_required: "always",
      authn_policies: ["no_auth"],
    };
    written("endpoints", "GET /a/{id}", stored);
    const described = (query: string) =>
      consortium.request({
        method: "GET",
        path: "/service/javascript-app",
        query,
        headers: {},
        body: new Uint8Array(0),
      });
    assert.deepEqual(described("api-version=2024-07-01").body, {
      endpoints: {
        "/a/{id}": {
          GET: {
            jsModule: "/a.js",
            jsFunction: "f",
            forwardingRequired: "always",
            redirectionStrategy: "to_primary",
            authnPolicies: ["no_auth"],
            mode: "readwrite",
            openApi: null,
          },
        },
      },
    });
    assert.deepEqual(described("api-version=2024-07-01&case=original").body, {
      endpoints: { "/a/{id}": { GET: stored } },
    });
    assert.equal(described("api-version=2024-07-01&case=camel").code, "InvalidQueryParameterValue");
  });

  it("are its modules, named by their escaped path", () => {
    written("modules", "/deep/a b.js", "export {}");
    assert.deepEqual(consortium.get("/service/javascript-modules").body, {
      value: [{ moduleName: "/deep/a b.js" }],
    });
    const module = consortium.get("/service/javascript-modules/%2Fdeep%2Fa%20b.js");
    assert.deepEqual([module.body, module.headers["content-type"]], ["export {}", "text/javascript"]);
    assert.equal(
      consortium.get("/service/javascript-modules/deep.js").message,
      "Module deep.js does not exist.",
    );
  });

  it("is which code may join", () => {
    const before = consortium.get("/service/join-policy").body;
    assert.deepEqual(fieldOf(before, "sgx"), { measurements: [] });
    written("nodes.snp.measurements", "ab".repeat(48), JSON.stringify("AllowedToJoin"));
    written("nodes.snp.uvm_endorsements", "did:x509:example", { feed: { svn: "1" } });
    assert.deepEqual(fieldOf(consortium.get("/service/join-policy").body, "snp"), {
      measurements: ["ab".repeat(48)],
      hostData: {},
      uvmEndorsements: { "did:x509:example": { feed: { svn: "1" } } },
      tcbVersions: {},
    });
  });

  it("is whose tokens are trusted", () => {
    written("jwt.issuers", "https://issuer.example", { ca_cert_bundle_name: "roots", auto_refresh: false });
    written("tls.ca_cert_bundles", "roots", JSON.stringify("a certificate"));
    assert.deepEqual(consortium.get("/service/jwk").body, {
      issuers: { "https://issuer.example": { autoRefresh: false, caCertBundleName: "roots" } },
      keys: {},
      caCertBundles: { roots: "a certificate" },
    });
  });

  it("is what became of a transaction", async () => {
    await consortium.node.ledger.flush();
    const status = (id: string) => consortium.get(`/service/transactions/${id}`).body;
    assert.deepEqual(status("02.01"), { status: "Committed", transactionId: "2.1" });
    assert.deepEqual(status("18446744073709551615.1"), {
      status: "Invalid",
      transactionId: "18446744073709551615.1",
    });
    assert.deepEqual(status("2.99999999"), { status: "Unknown", transactionId: "2.99999999" });
    const last = consortium.get("/service/transactions/commit").body;
    assert.deepEqual(status(String(fieldOf(last, "transactionId"))), last);
    for (const id of [
      "0.1",
      "2.0",
      "2",
      "2.",
      ".2",
      "2.1.1",
      "-2.1",
      "a.b",
      "+2.1",
      "2.18446744073709551616",
    ])
      assert.equal(consortium.get(`/service/transactions/${id}`).code, "InvalidQueryParameterValue", id);
  });

  it("is asked for in a version of the API that it knows", () => {
    const asked = (query: string, path = "/service/info") =>
      consortium.request({ method: "GET", path, query, headers: {}, body: new Uint8Array(0) });
    assert.equal(asked("api-version=2023-06-01-preview").status, 200);
    assert.equal(asked("api%2Dversion=2024%2D07%2D01").status, 200);
    assert.equal(asked("").code, "MissingApiVersionParameter");
    assert.equal(asked("Api-Version=2024-07-01").code, "MissingApiVersionParameter");
    const unknown = asked("api-version=1");
    assert.equal(unknown.code, "UnsupportedApiVersionValue");
    assert.match(unknown.message ?? "", /are: 2023-06-01-preview, 2024-07-01$/);
    const later = asked("api-version=2023-06-01-preview", "/service/javascript-app");
    assert.match(later.message ?? "", /are: 2024-07-01$/);
  });
});
