import assert from "node:assert/strict";
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from "node:crypto";
import { signCose } from "../../../../sdk/cose.js";
import { Store } from "../../../../sandbox/embedded/kv/store.js";
import { identifyCaller } from "../../../../sandbox/embedded/rpc/authentication/caller.js";
import { policyFrom } from "../../../../sandbox/embedded/rpc/authentication/named-policies.js";
import { RpcError } from "../../../../sandbox/embedded/rpc/errors.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";
import type { RpcRequest } from "../../../../sandbox/embedded/rpc/http.js";
import { makeCertificate } from "../../../../sandbox/embedded/tls/certificates.js";

const DAY = 24 * 3600 * 1000;

interface Person {
  id: string;
  pem: string;
  der: Uint8Array;
  privateKey: KeyObject;
}

function person(subject: string, validFrom = new Date(Date.now() - DAY), validityDays = 10): Person {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const pem = makeCertificate({ subject, publicKey, issuer: privateKey, validFrom, validityDays });
  const der = new X509Certificate(pem).raw;
  return { id: createHash("sha256").update(der).digest("hex"), pem, der, privateKey };
}

const [alice, member, stranger] = ["alice", "member", "stranger"].map((name) => person(name)) as [
  Person,
  Person,
  Person,
];
const expired = person("expired", new Date(Date.now() - 20 * DAY));
const early = person("early", new Date(Date.now() + 10 * DAY));

const issuerKeys = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

function state() {
  const tx = new Store().begin();
  for (const { id, pem } of [alice, expired, early]) tables.userCertificates(tx).set(id, pem);
  tables.users(tx).set(alice.id, { user_data: { role: "reader" } });
  tables.memberCertificates(tx).set(member.id, member.pem);
  tables.memberCertificates(tx).set(expired.id, expired.pem);
  const spki = (key: KeyObject) =>
    createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");
  const key = { issuer: "https://issuer.example", public_key: spki(issuerKeys.rsa.privateKey) };
  tables.jwtSigningKeys(tx).set("rsa", [key]);
  tables.jwtSigningKeys(tx).set("ec", [{ ...key, public_key: spki(issuerKeys.ec.privateKey) }]);
  tables.jwtSigningKeys(tx).set("bound", [{ ...key, constraint: "https://issuer.example" }]);
  const microsoft = "https://login.microsoftonline.com/{tenantid}/v2.0";
  tables.jwtSigningKeys(tx).set("microsoft", [{ ...key, constraint: microsoft }]);
  return tx;
}

const tx = state();

function call(policies: unknown[], request: Partial<RpcRequest> & { as?: Person }) {
  const whole = { method: "GET", path: "/", query: "", headers: {}, body: new Uint8Array(), ...request };
  return identifyCaller(policies.map(policyFrom), { ...whole, peerCertificate: request.as?.der }, tx);
}

function refusal(policies: unknown[], request: Partial<RpcRequest> & { as?: Person } = {}) {
  try {
    call(policies, request);
  } catch (error) {
    assert.ok(error instanceof RpcError && error.status === 401, String(error));
    assert.equal(error.code, "InvalidAuthenticationInfo");
    const details = (error.details ?? []) as { auth_policy: string; message: string }[];
    return {
      messages: details.map(({ auth_policy, message }) => `${auth_policy}: ${message}`),
      challenge: error.headers["www-authenticate"],
    };
  }
  return assert.fail("was let in");
}

describe("authentication by certificate", () => {
  it("knows users by their certificate, with the data that members gave them", () => {
    const data = { role: "reader" };
    assert.deepEqual(call(["user_cert"], { as: alice }), {
      policy: "user_cert",
      id: alice.id,
      data,
      cert: alice.pem,
    });
  });

  it("refuses as user whoever is not registered or shows no certificate", () => {
    assert.deepEqual(refusal(["user_cert"]).messages, ["user_cert: No caller user certificate"]);
    for (const as of [stranger, member])
      assert.deepEqual(refusal(["user_cert"], { as }).messages, [
        "user_cert: Could not find matching user certificate",
      ]);
  });

  it("refuses users whose certificate is not valid at present", () => {
    assert.match(
      refusal(["user_cert"], { as: expired }).messages[0] ?? "",
      /is after certificate's Not After/,
    );
    assert.match(
      refusal(["user_cert"], { as: early }).messages[0] ?? "",
      /is before certificate's Not Before/,
    );
  });

  it("knows members, whatever the dates of their certificate", () => {
    assert.deepEqual(call(["member_cert"], { as: member }), {
      policy: "member_cert",
      id: member.id,
      data: null,
      cert: member.pem,
    });
    assert.equal(call(["member_cert"], { as: expired })?.policy, "member_cert");
    assert.deepEqual(refusal(["member_cert"], { as: alice }).messages, [
      "member_cert: Could not find matching member certificate",
    ]);
  });

  it("takes any certificate that is valid at present, where that is asked for", () => {
    assert.deepEqual(call(["any_cert"], { as: stranger }), { policy: "any_cert", cert: stranger.pem });
    assert.deepEqual(refusal(["any_cert"]).messages, ["any_cert: No caller certificate"]);
    assert.match(refusal(["any_cert"], { as: expired }).messages[0] ?? "", /Not After/);
  });
});

describe("authentication by several policies", () => {
  it("asks nothing where there is no policy", () => {
    assert.equal(call([], { as: alice }), undefined);
    assert.deepEqual(call(["no_auth"], { as: alice }), { policy: "no_auth" });
  });

  it("takes the first that accepts", () => {
    assert.equal(call(["any_cert", "user_cert"], { as: alice })?.policy, "any_cert");
    assert.equal(call(["user_cert", "member_cert"], { as: member })?.policy, "member_cert");
  });

  it("tells what each misses, and gives the challenge of the last", () => {
    const { messages, challenge } = refusal(["user_cert", "jwt", "user_cose_sign1"]);
    assert.deepEqual(messages, [
      "user_cert: No caller user certificate",
      "jwt: Missing authorization header",
      "user_cose_sign1: Missing content-type header",
    ]);
    assert.equal(challenge, 'COSE-SIGN1 realm="Signed request access"');
    assert.equal(refusal(["jwt", "user_cert"]).challenge, undefined);
  });

  it("can ask for all of several, in the order of their names", () => {
    const all = { all_of: ["user_cert", "any_cert"] };
    const caller = call([all], { as: alice });
    assert.ok(caller?.policy === "all_of");
    assert.deepEqual(
      caller.identities.map(([name]) => name),
      ["any_cert", "user_cert"],
    );
    assert.deepEqual(refusal([all], { as: stranger }).messages, [
      "any_cert+user_cert: user_cert:Could not find matching user certificate",
    ]);
  });

  it("fails for policies that nobody knows", () => {
    for (const policy of ["nonsense", "member_cose_sign1", { all_of: ["nonsense"] }])
      assert.throws(() => call([policy], {}), /^Error: Unknown auth policy: /);
    for (const policy of [
      5,
      null,
      ["no_auth"],
      { all_of: [] },
      { all_of: "no_auth" },
      { all_of: ["no_auth", 5] },
      {},
    ])
      assert.throws(() => call([policy], {}), /^Error: Unsupported auth policy\. /);
    assert.throws(
      () => call([{ all_of: ["no_auth", "no_auth"] }], {}),
      /duplicate policies identified by no_auth/,
    );
  });
});

describe("authentication by token", () => {
  const HOUR = 3600;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "https://issuer.example", exp: now + HOUR };

  function token(
    payload: object,
    { kid = "rsa", alg = "RS256", key = issuerKeys.rsa.privateKey } = {},
  ): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const content = `${part({ alg, kid })}.${part(payload)}`;
    const signature = sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
    return `${content}.${signature.toString("base64url")}`;
  }
  const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
  const reason = (authorization: string) => refusal(["jwt"], { headers: { authorization } }).messages[0];

  it("knows the bearer of a token that a registered key signed", () => {
    const caller = call(["jwt"], bearer(token({ ...claims, sub: "me" })));
    assert.deepEqual(caller, {
      policy: "jwt",
      jwt: {
        keyIssuer: "https://issuer.example",
        header: { alg: "RS256", kid: "rsa" },
        payload: { ...claims, sub: "me" },
      },
    });
    const ec = { kid: "ec", alg: "ES256", key: issuerKeys.ec.privateKey };
    assert.equal(call(["jwt"], bearer(token(claims, ec)))?.policy, "jwt");
  });

  it("refuses tokens that are signed by another key, changed, or by a key nobody registered", () => {
    const good = token(claims);
    const other = token({ ...claims, sub: "another" });
    const mixed = [...other.split(".").slice(0, 2), good.split(".")[2]].join(".");
    assert.equal(reason(`Bearer ${mixed}`), "jwt: Signature verification failed");
    assert.equal(
      reason(`Bearer ${token(claims, { kid: "ec", key: issuerKeys.rsa.privateKey })}`),
      "jwt: Signature verification failed",
    );
    assert.equal(
      reason(`Bearer ${token(claims, { kid: "unknown" })}`),
      "jwt: JWT signing key not found for kid unknown",
    );
    assert.match(reason(`Bearer ${token(claims, { alg: "none" })}`) ?? "", /"none" is not convertible/);
  });

  it("refuses tokens outside their time", () => {
    assert.match(reason(`Bearer ${token({ ...claims, exp: now - 5 })}`) ?? "", /is after token's Expiration/);
    assert.match(
      reason(`Bearer ${token({ ...claims, nbf: now + HOUR })}`) ?? "",
      /is before token's Not Before/,
    );
  });

  it("holds a key to its issuer where one is stated with it", () => {
    assert.equal(call(["jwt"], bearer(token(claims, { kid: "bound" })))?.policy, "jwt");
    for (const payload of [
      { ...claims, iss: "https://issuer.example/" },
      { ...claims, iss: "https://someone.else" },
      { ...claims, tid: "tenant" },
    ])
      assert.match(
        reason(`Bearer ${token(payload, { kid: "bound" })}`) ?? "",
        /failed issuer constraint validation/,
      );
  });

  it("holds tokens of the Microsoft identity platform to their tenant", () => {
    const issuer = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`;
    const kid = { kid: "microsoft" };
    assert.ok(call(["jwt"], bearer(token({ ...claims, iss: issuer("a"), tid: "a" }, kid))));
    for (const payload of [
      { ...claims, iss: issuer("a"), tid: "b" },
      { ...claims, iss: issuer("a") },
      { ...claims, tid: "a" },
      { ...claims, iss: issuer("$&"), tid: "a" },
    ])
      assert.match(reason(`Bearer ${token(payload, kid)}`) ?? "", /failed issuer constraint validation/);
  });

  it("refuses what is no token", () => {
    assert.equal(reason("Bearer"), "jwt: Authorization header only contains one field");
    assert.equal(reason("bearer x.y.z"), "jwt: Authorization header does not have Bearer scheme");
    assert.equal(reason("Bearer x.y"), "jwt: Malformed JWT: must contain exactly 3 parts");
    assert.equal(reason("Bearer bnVsbA.e30.e30"), "jwt: JWT header or payload is not an object");
    assert.match(reason("Bearer e30.e30.e30") ?? "", /Missing required field 'alg' in object: \{\}/);
    assert.match(reason("Bearer AAAA.e30.e30") ?? "", /is not valid JSON/);
    assert.throws(() => call(["jwt"], bearer("!!.??.**")), /Could not decode update from base64/);
    assert.throws(() => call(["jwt"], bearer("x.y.z")), /Could not decode final from base64/);
  });

  it("refuses claims of wrong types", () => {
    assert.match(reason(`Bearer ${token({ iss: "x" })}`) ?? "", /Missing required field 'exp'/);
    for (const payload of [
      { ...claims, exp: "tomorrow" },
      { ...claims, iss: 5 },
      { ...claims, nbf: "x" },
    ])
      assert.throws(
        () => call(["jwt"], bearer(token(payload))),
        (error) => error instanceof RpcError && error.status === 400 && error.code === "InvalidInput",
      );
  });
});

describe("authentication by a signed request", () => {
  const headers = { "content-type": "application/cose" };
  function signed({ privateKey, id }: Person, payload = "content", detached = false) {
    const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const protectedHeaders = new Map([[4, new Uint8Array(Buffer.from(id))]]);
    return signCose({ privateKeyPem, protectedHeaders, payload: Buffer.from(payload), detached });
  }
  const reason = (body: Uint8Array) => refusal(["user_cose_sign1"], { headers, body }).messages[0];

  it("knows users who signed, and hands the content on", () => {
    const caller = call(["user_cose_sign1"], { headers, body: signed(alice) });
    assert.ok(caller?.policy === "user_cose_sign1");
    assert.equal(caller.id, alice.id);
    assert.equal(Buffer.from(caller.cose.content).toString(), "content");
  });

  it("refuses others, changed messages and messages without content", () => {
    assert.equal(reason(signed(stranger)), "user_cose_sign1: Signer is not a known user");
    assert.equal(
      reason(signed({ ...stranger, id: alice.id })),
      "user_cose_sign1: Failed to validate COSE Sign1",
    );
    assert.equal(reason(signed(alice, "content", true)), "user_cose_sign1: Failed to validate COSE Sign1");
    const changed = Buffer.from(signed(alice));
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    assert.equal(reason(changed), "user_cose_sign1: Failed to validate COSE Sign1");
  });

  it("fails for what is no signed message", () => {
    for (const body of [Buffer.from("not cbor"), new Uint8Array()])
      assert.throws(
        () => call(["user_cose_sign1"], { headers, body }),
        /Failed to parse COSE_Sign1 outer array/,
      );
  });
});
