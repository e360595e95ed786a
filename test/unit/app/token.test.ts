import assert from "node:assert/strict";
import { createLocalJWKSet, jwtVerify } from "jose";
import { putDelegate } from "../../../src/endpoints/delegates.js";
import { disableOption } from "../../../src/endpoints/execution.js";
import { getKeys } from "../../../src/endpoints/oidc.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { signedRequest } from "../../../sdk/attested.js";
import {
  ask,
  at,
  contractId,
  inForce,
  issuerUrl,
  issuing,
  keySet,
  machine,
  requestKey,
  seconds,
} from "./issuer.js";
import { generate, tenant, tokenIn } from "./issuer.js";
import { alice, asking, asMember, assertRefused, otherRoom, room, type Service } from "./service.js";

describe("a token for attested code", () => {
  it("says what was asked for, times as numbers, in the order that clients know (improvement 16)", () => {
    const service = issuing();
    const now = seconds();
    const answer = ask(service, {
      sub: "c1-alice",
      jti: "j",
      aud: "api://x",
      iat: now,
      nbf: now,
      exp: now + 300,
    });
    assert.deepEqual(Object.keys(answer.body), ["value", "release"]);
    const { header, text } = tokenIn(answer);
    assert.deepEqual(header, { alg: "PS256", typ: "JWT", kid: "base-1" });
    assert.equal(
      text,
      `{"aud":"api://x","exp":${now + 300},"iss":"${issuerUrl}","jti":"j","nbf":${now},"sub":"c1-alice","iat":${now}}`,
    );
  });

  it("is verified by the published keys, and by no others", async () => {
    const service = issuing();
    const { token } = tokenIn(ask(service));
    const expected = { issuer: issuerUrl, audience: "api://AzureADTokenExchange", subject: contractId };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keySet(service)), {
      ...expected,
      algorithms: ["PS256"],
      requiredClaims: ["exp", "iat", "nbf", "jti"],
    });
    assert.equal(payload.jti, "0b2b0f55");
    const elsewhere = inForce();
    requestKey(elsewhere, "1");
    generate(elsewhere);
    await assert.rejects(jwtVerify(token, createLocalJWKSet(keySet(elsewhere)), expected));
  });

  it("has no nbf when none is asked for", () => {
    const service = issuing();
    for (const nbf of [undefined, ""]) assert.equal("nbf" in tokenIn(ask(service, { nbf })).payload, false);
  });

  it("holds any visible ASCII, as it was asked for", () => {
    const service = issuing();
    const { payload } = tokenIn(ask(service, { jti: '"\\=?/{}', aud: "~".repeat(600) }));
    assert.deepEqual([payload.jti, payload.aud], ['"\\=?/{}', "~".repeat(600)]);
  });

  it("is a release, recorded by its subject (improvement 27)", () => {
    const service = issuing();
    assert.equal(ask(service, { sub: "c1/x" }).body.release, 1);
    const { value } = service.call(listReleases, { caller: asMember(alice), params: { contractId } }).body;
    const { item } = value[0]?.record as unknown as { item: unknown };
    assert.deepEqual(item, { kind: "token", id: "c1/x" });
  });
});

describe("a token is refused", () => {
  it("without evidence, key or parameters, in the order that clients know", () => {
    const service = issuing();
    const body = asking(machine.evidence(room));
    const refused = (changes: object, code: string, query: Parameters<typeof ask>[1] = {}) => {
      const answer = ask(service, query, { body: { ...body, ...changes } });
      assertRefused(answer, 400, code);
      return answer.body.error.message;
    };
    refused({ attestation: undefined, encrypt: undefined }, "AttestationMissing", { exp: undefined });
    refused({ encrypt: undefined }, "EncryptionMissing", { exp: undefined });
    const names = ["exp", "iat", "jti", "sub", "tid", "aud"];
    for (const [index, name] of names.entries()) {
      const rest = Object.fromEntries(names.slice(index).map((later) => [later, undefined]));
      assert.match(refused({ attestation: {} }, "InvalidInput", rest), new RegExp(`"${name}" is missing`));
      refused({}, "InvalidInput", { [name]: "" });
    }
    refused({ attestation: {} }, "VerifySnpAttestationFailed");
    refused(asking(machine.evidence(otherRoom)), "ReportDataMismatch");
  });

  it("to other code than the members trust, and where the contract gives no right to it", () => {
    const other = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
    const service = issuing();
    assertRefused(ask(service, {}, { evidence: other }), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assertRefused(ask(service, { sub: "c2" }, { contract: "c2" }), 403, "ContractNotAccepted");
    const params = { contractId, option: "execution" };
    service.call(disableOption, { caller: asMember(alice), params });
    assertRefused(ask(service), 403, "ExecutionDisabled");
  });

  it("while there is no key, and then while there is no issuer", () => {
    const service = inForce();
    assertRefused(ask(service), 405, "SigningKeyNotAvailable");
    requestKey(service, "1");
    assertRefused(ask(service), 405, "SigningKeyNotAvailable");
    generate(service);
    assertRefused(ask(service), 405, "IssuerUrlNotSet");
  });

  it("when it would last longer than an hour, or from another time than now (improvement 16)", () => {
    const service = issuing();
    const now = seconds();
    const asked = (iat: number, exp: number, nbf?: number) =>
      at(service, now + 0.999, () =>
        ask(service, { iat: now + iat, exp: now + exp, nbf: nbf === undefined ? undefined : now + nbf }),
      );
    for (const [iat, exp, nbf] of [
      [0, 3600],
      [0, 3600, 0],
      [0, 3600, 3599],
      [-300, 3300],
      [0, 3300, -300],
      [300, 3900, 300],
      [-299, -298],
    ] as const)
      assert.equal(asked(iat, exp, nbf).status, 200, `${iat} ${exp} ${nbf ?? ""}`);
    for (const [iat, exp, nbf, why] of [
      [0, 3601, undefined, /may last 3600 seconds at most/],
      [0, 3600, -1, /may last 3600 seconds at most/],
      [-300, 3301, undefined, /may last 3600 seconds at most/],
      [-301, 300, undefined, /not before, 300 seconds of the node's clock/],
      [0, 300, -301, /not before, 300 seconds of the node's clock/],
      [301, 600, undefined, /"iat" must be within/],
      [0, 0, undefined, /"exp" must be after/],
      [0, -1, undefined, /"exp" must be after/],
      [0, 300, 300, /"exp" must be after/],
      [10, 5, 0, /"exp" must be after/],
    ] as const) {
      const answer = asked(iat, exp, nbf);
      assertRefused(answer, 400, "InvalidInput");
      assert.match(answer.body.error.message, why);
    }
  });

  it("when its times are no decimal seconds, or its texts are none that everybody can read", () => {
    const service = issuing();
    const now = seconds();
    for (const name of ["exp", "iat", "nbf"]) {
      for (const value of [`${now}.5`, `-${now}`, `0x${now}`, `${now}000000`, " 1", "1e9", "now"])
        assertRefused(ask(service, { [name]: value }), 400, "InvalidInput");
    }
    for (const name of ["jti", "sub", "tid", "aud"]) {
      for (const value of ["two words", "ü", "nul\0", "line\n", "x".repeat(601)])
        assertRefused(ask(service, { [name]: value }), 400, "InvalidInput");
    }
  });
});

describe("the subject of a token (improvement 16)", () => {
  const subjects = "public:ccf.gov.token_subjects";
  const claim = (service: Service, sub: string, contract = contractId) => ask(service, { sub }, { contract });

  /** Contracts of which the names begin alike; `c1-b` is drafted only. */
  function withContracts(): Service {
    const service = issuing();
    for (const id of ["c1-a", "c12"]) {
      service.acceptContract(id);
      service.setPolicy(id, { policyType: "virtual", alternatives: [{ "virtual-svn": [3] }] });
    }
    service.ccf.put("public:contracts", "c1-b", { data: "draft" });
    return service;
  }
  const delegate = (
    service: Service,
    delegateId: string,
    type: "add" | "remove" = "add",
    contract = contractId,
  ): void => {
    const content = { type, policyType: "virtual", claims: { "virtual-hostdata": ["cd".repeat(32)] } };
    const params = { contractId: contract, delegateType: "oauth-federation-subjects", delegateId };
    const body = signedRequest(room, machine.evidence(room), content);
    assert.equal(service.call(putDelegate, { params, body }).status, 200);
  };

  it("is the contract's id, or begins with it and a boundary", () => {
    const service = withContracts();
    for (const sub of ["c1", "c1-x", "c1/x", "c1-x-y/z", "c1-a2", "c1/c12", "c1-", `c1-${"x".repeat(597)}`])
      assert.equal(claim(service, sub).status, 200, sub);
    for (const sub of ["c", "C1", "c12", "c1x", "c1.x", "c1_x", "x-c1", "x/c1", "other", "/c1", "-"])
      assertRefused(claim(service, sub), 403, "SubjectNotGranted");
  });

  it("is no other contract's, also where the names of both fit: then it is that with the longer name", () => {
    const service = withContracts();
    for (const sub of ["c1-a", "c1-a-x", "c1-a/x", "c1-b", "c1-b-x", "c1-a-c1"]) {
      assertRefused(claim(service, sub), 403, "SubjectNotGranted");
    }
    for (const sub of ["c1-a", "c1-a-x", "c1-a/x"]) assert.equal(claim(service, sub, "c1-a").status, 200);
    assertRefused(claim(service, "c1", "c1-a"), 403, "SubjectNotGranted");
    assertRefused(claim(service, "c1-x", "c12"), 403, "SubjectNotGranted");
  });

  it("may be any that the members grant to the contract", () => {
    const service = withContracts();
    service.ccf.put(subjects, "payroll", ["c2", contractId]);
    assert.equal(claim(service, "payroll").status, 200);
    assertRefused(claim(service, "payroll", "c12"), 403, "SubjectNotGranted");
    service.ccf.put(subjects, "c1-a-x", [contractId]);
    assert.equal(claim(service, "c1-a-x").status, 200);
    // what is a contract's by name stays its own
    assert.equal(claim(service, "c1-a-x", "c1-a").status, 200);
  });

  it("may be one that clean rooms of the contract have registered, as long as they have, if nobody else has it", () => {
    const service = withContracts();
    assertRefused(claim(service, "payroll"), 403, "SubjectNotGranted");
    for (const sub of ["payroll", "c12", "c1-a-x", "granted"]) delegate(service, sub);
    assert.equal(claim(service, "payroll").status, 200);
    assertRefused(claim(service, "payroll", "c12"), 403, "SubjectNotGranted");
    for (const sub of ["c12", "c1-a-x"]) assertRefused(claim(service, sub), 403, "SubjectNotGranted");
    assert.equal(claim(service, "granted").status, 200);
    service.ccf.put(subjects, "granted", ["c12"]);
    assertRefused(claim(service, "granted"), 403, "SubjectNotGranted");
    delegate(service, "payroll", "remove");
    assertRefused(claim(service, "payroll"), 403, "SubjectNotGranted");
  });

  it("stays with the contract whose clean rooms registered it first, until the members grant it to another", () => {
    const service = withContracts();
    delegate(service, "payroll");
    delegate(service, "payroll", "add", "c12");
    assertRefused(claim(service, "payroll", "c12"), 403, "SubjectNotGranted");
    assert.equal(claim(service, "payroll").status, 200);
    delegate(service, "payroll", "remove"); // who trusts it elsewhere may still do so
    assertRefused(claim(service, "payroll", "c12"), 403, "SubjectNotGranted");
    service.ccf.put(subjects, "payroll", ["c12"]);
    assert.equal(claim(service, "payroll", "c12").status, 200);
  });

  it("is delegated to other code of the contract, which then gets tokens with that subject and no other", () => {
    const service = withContracts();
    const worker = { evidence: machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) }) };
    assertRefused(ask(service, { sub: "c1-job" }, worker), 400, "VerifySnpAttestationFailed");
    delegate(service, "c1-job");
    assert.equal(tokenIn(ask(service, { sub: "c1-job" }, worker)).payload.sub, "c1-job");
    assertRefused(ask(service, { sub: "c1-jobs" }, worker), 400, "VerifySnpAttestationFailed");
    assertRefused(ask(service, { sub: "c1" }, worker), 400, "VerifySnpAttestationFailed");
  });
});

describe("the issuer of a token", () => {
  const ofMembers = "public:oidc_issuer.tenantid_issuer_url";
  const ofUsers = "public:oidc_issuer.user_tenantid_issuer_url";
  const iss = (service: Service, changes: Parameters<typeof ask>[1] = {}) =>
    tokenIn(ask(service, changes)).payload.iss;

  it("is the tenant's by its members, else by its users, else the one of all tenants", () => {
    const service = issuing();
    assert.equal(iss(service), issuerUrl);
    service.ccf.putText(ofUsers, tenant, "https://u.example");
    assert.equal(iss(service), "https://u.example");
    service.ccf.putText(ofMembers, tenant, "https://m.example");
    assert.equal(iss(service), "https://m.example");
    assert.equal(iss(service, { tid: "other" }), issuerUrl);
    assert.equal(iss(service, { iss: "" }), "https://m.example");
  });

  it("may be asked for, if it is the tenant's, that of all tenants, or one that the members voted (improvement 16)", () => {
    const service = issuing();
    const asked = ["https://m.example", "https://u.example", issuerUrl, "https://voted.example"];
    service.ccf.putText(ofMembers, tenant, "https://m.example");
    service.ccf.putText(ofUsers, tenant, "https://u.example");
    service.ccf.putText("public:ccf.gov.token_issuers", "https://voted.example", "");
    assert.deepEqual(
      asked.map((one) => iss(service, { iss: one })),
      asked,
    );
    for (const foreign of ["https://m.example/", "https://M.example", "https://evil.example", "x", "m\0"])
      assertRefused(ask(service, { iss: foreign }), 403, "IssuerUrlNotConfigured");
    // another tenant's
    assertRefused(ask(service, { tid: "other", iss: "https://m.example" }), 403, "IssuerUrlNotConfigured");
  });

  it("is not made up while no key is there", () => {
    const service = inForce();
    assertRefused(service.call(getKeys), 405, "SigningKeyNotAvailable");
    assertRefused(ask(service, { iss: "https://evil.example" }), 405, "SigningKeyNotAvailable");
  });
});
