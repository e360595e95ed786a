import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { Consortium, certificate, olga, alice, publicKey } from "./consortium.js";

const issuer = "https://login.example.com/tenant/v2.0";
const issuers = "public:ccf.gov.jwt.issuers";
const bundles = "public:ccf.gov.tls.ca_cert_bundles";
const cert = certificate("root");
const jwk = (kind: "rsa" | "P-256", more: object = {}): object => ({
  ...createPublicKey(publicKey(kind)).export({ format: "jwk" }),
  kid: kind,
  ...more,
});
const x5c = { kty: "RSA", kid: "x", x5c: [cert.replace(/-----[^-]+-----|\n/g, "")] };

const setIssuer = (args: object) => ({ name: "set_jwt_issuer", args: { issuer, ...args } });
const setBundle = (name = "roots") => ({ name: "set_ca_cert_bundle", args: { name, cert_bundle: cert } });
const removeBundle = { name: "remove_ca_cert_bundle", args: { name: "roots" } };
const setKeys = (keys: readonly object[]) => ({
  name: "set_jwt_public_signing_keys",
  args: { issuer, jwks: { keys } },
});

describe("CA certificate bundles", () => {
  it("are set and removed by name", () => {
    const consortium = new Consortium();
    consortium.accept({ name: "set_ca_cert_bundle", args: { name: "roots", cert_bundle: cert + cert } });
    assert.equal(consortium.ccf.get(bundles, "roots"), cert + cert);
    consortium.accept(removeBundle);
    assert.deepEqual(consortium.ccf.keys(bundles), []);
    assert.match(consortium.problem(removeBundle), /there is no CA certificate bundle "roots"/);
  });

  it("are refused without a certificate", () => {
    const args = { name: "roots", cert_bundle: "hello" };
    assert.match(
      new Consortium().problem({ name: "set_ca_cert_bundle", args }),
      /"cert_bundle" must be X.509/,
    );
  });

  it("are an operator's, unless the keys of an issuer are fetched on their word", () => {
    const consortium = new Consortium();
    assert.equal(consortium.proposing(olga, setBundle()), "Accepted");
    assert.equal(consortium.proposing(alice, setBundle()), "Open");
    consortium.ccf.put(issuers, issuer, { issuer, ca_cert_bundle_name: "roots" });
    assert.equal(consortium.proposing(olga, setBundle()), "Open");
    assert.equal(consortium.proposing(olga, removeBundle), "Open");
    assert.equal(consortium.proposing(olga, setBundle("others")), "Accepted");
  });

  it("are not touched under a name that only begins like theirs", () => {
    const consortium = new Consortium();
    consortium.accept(setBundle(), setIssuer({ auto_refresh: true, ca_cert_bundle_name: "roots" }));
    const before = consortium.ccf.get(bundles, "roots");
    const args = { name: "roots\0", cert_bundle: certificate("another root") };
    assert.equal(consortium.proposing(olga, { name: "set_ca_cert_bundle", args }), "Accepted");
    consortium.accept({ name: "set_ca_cert_bundle", args });
    assert.equal(consortium.ccf.get(bundles, "roots"), before);
    consortium.accept({ name: "remove_ca_cert_bundle", args: { name: "roots\0" } });
    assert.deepEqual(consortium.ccf.keys(bundles), ["roots"]);
  });

  it("are the voters' as soon as an open proposal relies on them", () => {
    const consortium = new Consortium();
    consortium.open(alice, setIssuer({ auto_refresh: true, ca_cert_bundle_name: "roots", jwks: null }));
    assert.equal(consortium.proposing(olga, setBundle()), "Open");
  });
});

describe("set_jwt_issuer", () => {
  it("stores an issuer, and its keys if they come along", () => {
    const consortium = new Consortium();
    const jwks = { keys: [jwk("rsa"), jwk("P-256"), x5c] };
    consortium.accept(setIssuer({ jwks, auto_refresh: false, key_filter: "all", ca_cert_bundle_name: null }));
    assert.deepEqual(consortium.ccf.get(issuers, issuer), { issuer, auto_refresh: false });
    assert.deepEqual(consortium.ccf.effects, [
      ["setJwtPublicSigningKeys", issuer, { issuer, auto_refresh: false }, jwks],
    ]);
  });

  it("takes any text for an issuer whose keys are not fetched", () => {
    const consortium = new Consortium();
    consortium.accept(setIssuer({ issuer: "my issuer" }));
    assert.deepEqual(consortium.ccf.get(issuers, "my issuer"), { issuer: "my issuer" });
    assert.deepEqual(consortium.ccf.effects, []);
  });

  it("needs the vote, whoever proposes it: it decides who is a user (improvement 9)", () => {
    for (const action of [setIssuer({}), setKeys([jwk("rsa")])])
      assert.equal(new Consortium().proposing(olga, action), "Open");
  });

  it("has keys fetched only from a server that nodes can know", () => {
    const consortium = new Consortium();
    const refresh = (args: object) =>
      setIssuer({ auto_refresh: true, ca_cert_bundle_name: "roots", ...args });
    assert.match(consortium.problem(refresh({})), /there is no CA certificate bundle "roots"/);
    assert.equal(consortium.problem(setBundle(), refresh({})), "");
    consortium.accept(setBundle());
    assert.equal(consortium.problem(refresh({})), "");
    assert.match(consortium.problem(refresh({ ca_cert_bundle_name: null })), /takes "ca_cert_bundle_name"/);
    for (const wrong of [
      "my issuer",
      "http://a.example",
      "https://",
      "https://a.example/?q",
      "https://a.example#f",
    ])
      assert.match(
        consortium.problem(refresh({ issuer: wrong })),
        /must be a URL that starts with https/,
        wrong,
      );
  });

  const unreadable: readonly (readonly [what: string, keys: unknown, reason: RegExp])[] = [
    ["no keys", [], /"jwks.keys" must have at least 1 items/],
    ["a key without an id", [jwk("rsa", { kid: undefined })], /must have "kid"/],
    ["a key that is none", [{ kid: "k", kty: "RSA" }], /the key "k" is no RSA or elliptic curve key/],
    ["half a key", [{ kid: "k", kty: "RSA", n: "AQAB" }], /the key "k" is no RSA/],
    [
      "a point on no curve",
      [{ kid: "k", kty: "EC", crv: "P-256", x: "AA", y: "AA" }],
      /the key "k" is no RSA/,
    ],
    ["a certificate that is none", [{ kid: "k", kty: "RSA", x5c: ["AAAA"] }], /the key "k" is no RSA/],
    ["no certificate", [{ kid: "k", kty: "RSA", x5c: [] }], /the key "k" is no RSA/],
    [
      "a key for somebody else's tokens",
      [jwk("rsa", { issuer: "https://evil.example" })],
      /is not at the host of/,
    ],
    ["a key for nobody's tokens", [jwk("rsa", { issuer: "nobody" })], /is not at the host of/],
    ["a key for a similar host", [jwk("rsa", { issuer: "https://n.example.com" })], /is not at the host of/],
  ];
  for (const [what, keys, reason] of unreadable)
    it(`is refused with ${what}`, () =>
      assert.match(new Consortium().problem(setIssuer({ jwks: { keys } })), reason));

  it("takes keys bound to its own host or one above it", () => {
    const keys = [
      jwk("rsa", { kid: "1", issuer: "https://login.example.com/other" }),
      jwk("rsa", { kid: "2", issuer: "https://example.com" }),
    ];
    assert.equal(new Consortium().problem(setIssuer({ jwks: { keys } })), "");
  });
});

describe("set_jwt_public_signing_keys", () => {
  it("replaces the keys of an issuer that is there, or comes in the same proposal", () => {
    const consortium = new Consortium();
    const keys = [jwk("rsa")];
    assert.match(consortium.problem(setKeys(keys)), /there is no JWT issuer/);
    consortium.accept(setIssuer({}), setKeys(keys));
    assert.deepEqual(consortium.ccf.effects, [["setJwtPublicSigningKeys", issuer, { issuer }, { keys }]]);
    assert.match(consortium.problem(setKeys([{ kid: "k", kty: "EC" }])), /the key "k" is no RSA/);
  });
});

describe("remove_jwt_issuer", () => {
  const remove = { name: "remove_jwt_issuer", args: { issuer } };

  it("removes an issuer and its keys; an operator may do it alone", () => {
    const consortium = new Consortium();
    assert.match(consortium.problem(remove), /there is no JWT issuer/);
    consortium.accept(setIssuer({}));
    assert.equal(consortium.proposing(olga, remove), "Accepted");
    consortium.accept(remove);
    assert.deepEqual(consortium.ccf.keys(issuers), []);
    assert.deepEqual(consortium.ccf.effects, [["removeJwtPublicSigningKeys", issuer]]);
  });
});

describe("cleanup_legacy_jwt_records", () => {
  const tables = ["keys", "keys_metadata", "key_issuer"].map(
    (name) => `public:ccf.gov.jwt.public_signing_${name}`,
  );

  it("clears what earlier versions of CCF kept", () => {
    const consortium = new Consortium();
    for (const table of tables) consortium.ccf.put(table, "kid", 1);
    consortium.accept({ name: "cleanup_legacy_jwt_records" });
    for (const table of tables) assert.deepEqual(consortium.ccf.keys(table), [], table);
  });

  it("can insist on there being new ones", () => {
    const consortium = new Consortium();
    const clean = { name: "cleanup_legacy_jwt_records", args: { ensure_new_records_exist: true } };
    assert.match(consortium.problem(clean), /there are no signing keys/);
    consortium.ccf.put("public:ccf.gov.jwt.public_signing_keys_metadata_v2", "kid", []);
    assert.equal(consortium.problem(clean), "");
  });
});
