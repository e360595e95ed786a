import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { disableOption, enableOption } from "../../../src/endpoints/execution.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import {
  deleteContractSecret,
  listSecrets,
  putContractSecret,
  releaseSecret,
} from "../../../src/endpoints/secrets.js";
import { type Evidence, makeCleanRoomKey, signedRequest } from "../../../sdk/attested.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  asToken,
  asUser,
  bob,
  hostData,
  invited,
  otherRoom,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
const contractId = "c1";
const machine = new VirtualMachine();

/** A contract in force that trusts code on the machine, with one secret of Alice's. */
function inForce(): Service {
  const service = new Service();
  service.acceptContract(contractId, { text: "we share" });
  service.setPolicy(contractId, virtualPolicy);
  machine.registerWith(service);
  put(service, "key", "swordfish");
  return service;
}

const put = (service: Service, secretName: string, value: unknown, caller = asMember(alice)) =>
  service.call(putContractSecret, { caller, params: { contractId, secretName }, body: { value } });

const ask = (service: Service, body: unknown, secretName = `${alice}_key`, query = "") =>
  service.call(releaseSecret, { params: { contractId, secretName }, query, body });

describe("storing secrets", () => {
  it("works for members, users and registered tokens, each under a name of its own", () => {
    const service = inForce();
    service.ccf.put("public:ccf.gov.user_identities", "u1", {
      accountType: "microsoft",
      data: { tenantId: "t" },
    });
    assert.deepEqual(put(service, "n", "v").body, { secretId: `${alice}_n`, version: 1 });
    assert.deepEqual(put(service, "n", "v", asUser(bob)).body, { secretId: `${bob}_n`, version: 1 });
    assert.deepEqual(put(service, "n", "v", asToken({ oid: "u1", tid: "t" })).body, {
      secretId: "u1_n",
      version: 1,
    });
    const listed = service.call(listSecrets, { caller: asUser(bob), params: { contractId } });
    const ids = [`${alice}_key`, `${alice}_n`, `${bob}_n`, "u1_n"];
    assert.deepEqual(listed.body, { value: ids.map((secretId) => ({ secretId })) });
  });

  it("needs a contract, drafted or accepted (improvement 22)", () => {
    const service = new Service();
    assertRefused(put(service, "n", "v"), 404, "ContractNotFound");
    service.ccf.put("public:contracts", contractId, { data: "draft" });
    assert.equal(put(service, "n", "v").status, 200);
  });

  it("takes a non-empty string of at most 25,600 characters", () => {
    const service = inForce();
    assert.equal(put(service, "n", "x".repeat(25_600)).status, 200);
    assertRefused(put(service, "n", "x".repeat(25_601)), 400, "ValueTooLarge");
    for (const value of [undefined, null, "", 7, ["v"], { v: 1 }])
      assertRefused(put(service, "n", value), 400, "ValueMissing");
    const send = (body: string) =>
      service.call(putContractSecret, {
        caller: asMember(alice),
        params: { contractId, secretName: "n" },
        body,
      });
    for (const body of ["", "v", "{", "\0"]) assertRefused(send(body), 400, "InvalidJson");
    for (const body of ["[]", "null", '"v"']) assertRefused(send(body), 400, "InvalidBody");
  });

  it("refuses names that a path or a key could not carry", () => {
    const service = inForce();
    for (const name of ["a/b", "a b", "ä", "", "x".repeat(129), "x".repeat(10_000)]) {
      assertRefused(put(service, name, "v"), 400, "InvalidPath");
    }
  });

  it("keeps owners apart whose joined ids read the same (improvement 20)", () => {
    const service = inForce();
    for (const oid of ["u", "u_x", "cleanroom"]) {
      service.ccf.put("public:ccf.gov.user_identities", oid, {
        accountType: "microsoft",
        data: { tenantId: "t" },
      });
    }
    const [u, ux, cleanroom] = ["u", "u_x", "cleanroom"].map((oid) => asToken({ oid, tid: "t" }));
    assert.equal(put(service, "x_n", "first", u).status, 200);
    assertRefused(put(service, "n", "second", ux), 403, "SecretNotOwned");
    assert.equal(put(service, "n", "first", cleanroom).status, 200);
    const body = signedRequest(room, machine.evidence(room), { value: "second" });
    const params = { contractId, secretName: "n" };
    assertRefused(service.call(putContractSecret, { params, body }), 403, "SecretNotOwned");
  });

  it("is refused to members that are not active", () => {
    assertRefused(put(inForce(), "n", "v", asMember(invited)), 403, "MemberNotActive");
  });

  it("works for clean rooms with evidence and a signature by the key that the evidence binds", () => {
    const service = inForce();
    const params = { contractId, secretName: "model" };
    const send = (body: object) =>
      service.call(putContractSecret, { caller: { policy: "no_auth" }, params, body });
    const evidence = machine.evidence(room);
    const good = signedRequest(room, evidence, { value: "weights" });
    assert.deepEqual(send(good).body, { secretId: "cleanroom_model", version: 1 });

    assertRefused(send({ ...good, attestation: undefined }), 400, "AttestationMissing");
    assertRefused(send({ ...good, encrypt: undefined }), 400, "ReportDataMismatch");
    // somebody else's evidence, own signing key
    const theirs = signedRequest(otherRoom, evidence, { value: "planted" });
    assertRefused(send({ ...theirs, encrypt: good.encrypt }), 400, "ReportDataMismatch");
    assertRefused(
      send({ ...theirs, sign: { ...theirs.sign, publicKey: good.sign.publicKey }, encrypt: good.encrypt }),
      400,
      "SignatureMismatch",
    );
    assertRefused(send({ ...good, sign: undefined }), 400, "SignatureMismatch");
    const other = Buffer.from(JSON.stringify({ value: "other" })).toString("base64");
    assertRefused(send({ ...good, data: other }), 400, "SignatureMismatch");
    assertRefused(send({ ...good, data: undefined }), 400, "DataMissing");
    assertRefused(send(signedRequest(room, evidence, "no object")), 400, "ValueMissing");
    // what is not signed never stands in for what is
    const beside = { ...signedRequest(room, evidence, null), value: "planted" };
    assertRefused(send(beside), 400, "ValueMissing");
    assertRefused(send(signedRequest(room, evidence, { value: "x".repeat(25_601) })), 400, "ValueTooLarge");
  });
});

describe("deleting secrets", () => {
  const remove = (service: Service, secretName: string, caller = asMember(alice)) =>
    service.call(deleteContractSecret, { caller, params: { contractId, secretName } });

  it("is for the owner, and takes all versions away (improvement 22)", () => {
    const service = inForce();
    put(service, "key", "second");
    assertRefused(remove(service, "key", asMember(bob)), 404, "SecretNotFound");
    assert.equal(remove(service, "key").status, 200);
    assertRefused(remove(service, "key"), 404, "SecretNotFound");
    for (const query of ["", "version=1", "version=2"]) {
      assertRefused(
        ask(service, asking(machine.evidence(room)), `${alice}_key`, query),
        404,
        "SecretNotFound",
      );
    }
    assert.deepEqual(service.ccf.keys("secret_versions"), []);
  });

  it("costs no more where others were deleted before", () => {
    const service = inForce();
    const costOfDeleting = (): number => {
      const before = service.ccf.operations;
      remove(service, "key");
      return service.ccf.operations - before;
    };
    const once = costOfDeleting();
    for (let times = 0; times < 50; times++) {
      put(service, "key", "again");
      assert.equal(costOfDeleting(), once);
    }
  });

  it("is not for somebody else whose id and name join to the same (improvement 20)", () => {
    const service = inForce();
    for (const oid of ["u", "u_x"]) service.addIdentity(oid);
    const [owner, other] = ["u", "u_x"].map((oid) => asToken({ oid, tid: "t1" }));
    put(service, "x_n", "theirs", owner);
    assertRefused(remove(service, "n", other), 403, "SecretNotOwned");
    assert.equal(remove(service, "x_n", owner).status, 200);
  });

  it("is refused to callers whose id no secret can have", () => {
    const service = inForce();
    service.addIdentity("a b");
    const caller = asToken({ oid: "a b", tid: "t1" });
    assertRefused(put(service, "n", "v", caller), 400, "InvalidParameter");
    assertRefused(remove(service, "n", caller), 400, "InvalidParameter");
  });

  it("never lets a version number mean two values (improvement 22)", () => {
    const service = inForce();
    remove(service, "key");
    assert.equal(put(service, "key", "again").body.version, 2);
    assertRefused(
      ask(service, asking(machine.evidence(room)), `${alice}_key`, "version=1"),
      404,
      "SecretNotFound",
    );
  });
});

describe("releasing a secret to attested code", () => {
  it("wraps it to the key that the evidence binds", () => {
    const service = inForce();
    const answer = ask(service, asking(machine.evidence(room)));
    assert.deepEqual([answer.status, answer.body.release, answer.body.version], [200, 1, 1]);
    assert.equal(unwrapped(answer), "swordfish");
  });

  it("gives the newest version or the one that is named, NUL and all of Unicode included (improvements 21 and 22)", () => {
    const service = inForce();
    put(service, "key", "second\0Schlüssel 🗝");
    const value = (query: string): string =>
      unwrapped(ask(service, asking(machine.evidence(room)), `${alice}_key`, query));
    assert.deepEqual(
      [value(""), value("version=1"), value("version=2")],
      ["second\0Schlüssel 🗝", "swordfish", "second\0Schlüssel 🗝"],
    );
    const at = (query: string) => ask(service, asking(machine.evidence(room)), `${alice}_key`, query);
    assertRefused(at("version=3"), 404, "SecretNotFound");
    for (const version of ["0", "-1", "1.5", "x", ""])
      assertRefused(at(`version=${version}`), 400, "InvalidParameter");
  });

  it("is recorded with a number without gaps, refusals not counted, and the record is the claim (improvement 27)", () => {
    const service = inForce();
    const evidence = machine.evidence(room);
    ask(service, asking(evidence));
    const claims: string[] = [];
    for (let round = 2; round <= 5; round++) {
      assertRefused(ask(service, asking(evidence), `${alice}_unknown`), 404, "SecretNotFound");
      assert.equal(ask(service, asking(evidence)).body.release, round);
      claims.push(Buffer.from(service.ccf.claimsDigest ?? new ArrayBuffer(0)).toString("hex"));
    }
    const page = service.call(listReleases, {
      caller: asMember(bob),
      params: { contractId },
      query: "from=2&limit=3",
    });
    assert.deepEqual(
      page.body.value.map(({ record }) => record.release),
      [2, 3, 4],
    );
    assert.equal(page.body.nextLink, "/app/contracts/c1/releases?from=5&limit=3");
    const digests = page.body.value.map(({ record }) => sha256(canonicalize(record) ?? ""));
    assert.deepEqual(digests, claims.slice(0, 3));
    const last = service.call(listReleases, {
      caller: asMember(bob),
      params: { contractId },
      query: "from=5&limit=3",
    });
    assert.equal(last.body.value.length, 1);
    assert.equal(last.body.nextLink, undefined);
    assert.match(String(last.body.value[0]?.transactionId), /^2\.\d+$/);
  });

  it("is recorded with what was decided on (improvement 27)", () => {
    const service = inForce();
    const evidence = machine.evidence(room);
    ask(service, asking(evidence));
    const { body } = service.call(listReleases, { caller: asUser(bob), params: { contractId } });
    const { contractVersion, ...record } = body.value[0]?.record ?? { contractVersion: "" };
    assert.match(contractVersion, /^2\.\d+$/);
    assert.deepEqual(record, {
      contractId,
      release: 1,
      item: { kind: "secret", id: `${alice}_key`, version: 1 },
      contractDigest: sha256(canonicalize({ text: "we share" }) ?? ""),
      policyDigest: sha256(canonicalize(virtualPolicy) ?? ""),
      platform: "virtual",
      evidenceDigest: sha256(Buffer.from(String(evidence.attestation.statement), "base64")),
      alternative: 0,
      claims: { "virtual-hostdata": hostData },
      recipientKeyDigest: sha256(room.publicKeyPem),
    });
  });

  it("asks for consent, contract and policy in that very transaction (improvement 28)", () => {
    const service = inForce();
    const body = asking(machine.evidence(room));
    const params = { contractId, option: "execution" };
    service.call(disableOption, { caller: asMember(bob), params });
    assertRefused(ask(service, body), 403, "ExecutionDisabled");
    service.call(enableOption, { caller: asMember(bob), params });
    assert.equal(ask(service, body).status, 200);
    service.setPolicy(contractId, { ...virtualPolicy, alternatives: [{ "virtual-svn": [{ atLeast: 4 }] }] });
    assertRefused(ask(service, body), 400, "VerifySnpAttestationFailed", "ClaimMismatch");

    const drafted = new Service();
    drafted.ccf.put("public:contracts", contractId, { data: "draft" });
    drafted.setPolicy(contractId, virtualPolicy);
    machine.registerWith(drafted);
    put(drafted, "key", "v");
    assertRefused(ask(drafted, body), 403, "ContractNotAccepted");
  });

  it("explains a refusal claim by claim, with nothing secret in it (improvement 29)", () => {
    const service = inForce();
    const alternatives = [
      { "virtual-hostdata": ["11".repeat(32)], "virtual-svn": [{ atLeast: 9 }] },
      { "virtual-hostdata": ["22".repeat(32), "33".repeat(32)] },
    ];
    service.setPolicy(contractId, { policyType: "virtual", alternatives });
    const { body } = ask(service, asking(machine.evidence(room)));
    assert.deepEqual(body.error.details, [
      {
        code: "ClaimMismatch",
        message: `The claim virtual-hostdata is "${hostData}"; accepted: "${"22".repeat(32)}", "${"33".repeat(32)}".`,
        alternative: 1,
        claim: "virtual-hostdata",
        presented: hostData,
        accepted: ["22".repeat(32), "33".repeat(32)],
      },
    ]);
    assert.ok(!JSON.stringify(body).includes("swordfish"));
  });

  it("refuses evidence that does not hold, each way with its own code", () => {
    const service = inForce();
    const { platform, attestation } = machine.evidence(room);
    const spoiled = (change: object): Evidence => ({ platform, attestation: { ...attestation, ...change } });
    const otherStatement = machine.evidence(room, { "virtual-svn": 99 }).attestation.statement;
    const stranger = new VirtualMachine();
    const unsigned = (statement: string): Evidence =>
      spoiled({ statement: Buffer.from(statement).toString("base64") });
    for (const [evidence, code] of [
      [spoiled({ statement: otherStatement }), "StatementSignatureInvalid"],
      [spoiled({ signature: "AAAA" }), "StatementSignatureInvalid"],
      [spoiled({ signature: "" }), "StatementSignatureInvalid"],
      [unsigned("{}"), "StatementSignatureInvalid"],
      [spoiled({ keyId: stranger.keyId }), "KeyNotTrusted"],
      [spoiled({ keyId: "constructor" }), "KeyNotTrusted"],
      [stranger.evidence(room), "KeyNotTrusted"],
      [spoiled({ statement: "A" }), "EvidenceMalformed"],
      [spoiled({ statement: 7 }), "EvidenceMalformed"],
      [spoiled({ keyId: undefined }), "EvidenceMalformed"],
      [machine.evidence(room, { other: 1 } as never), "EvidenceMalformed"],
      [machine.evidence(room, { "virtual-hostdata": hostData.toUpperCase() }), "EvidenceMalformed"],
      [machine.evidence(room, { "virtual-is-debuggable": true }), "DebugEnabled"],
    ] satisfies [Evidence, string][]) {
      assertRefused(ask(service, asking(evidence)), 400, "VerifySnpAttestationFailed", code);
    }
    // evidence of another clean room: it does not bind this key
    assertRefused(ask(service, asking(machine.evidence(otherRoom))), 400, "ReportDataMismatch");
    const noPem = { ...asking(machine.evidence(room)), encrypt: { publicKey: "A" } };
    assertRefused(ask(service, noPem), 400, "ReportDataMismatch");
  });

  it("refuses platforms that the service does not know, or the policy is not about", () => {
    const service = inForce();
    const evidence = asking(machine.evidence(room));
    for (const platform of ["constructor", "sgx", "snp", "VIRTUAL"]) {
      assertRefused(ask(service, { ...evidence, platform }), 400, "UnsupportedPlatform");
    }
    for (const platform of ["", null, undefined, "snp-caci"]) {
      assertRefused(
        ask(service, { ...evidence, platform }),
        400,
        "VerifySnpAttestationFailed",
        "PolicyTypeMismatch",
      );
    }
    service.acceptContract("c2");
    const elsewhere = service.call(releaseSecret, {
      params: { contractId: "c2", secretName: "x" },
      body: evidence,
    });
    assertRefused(elsewhere, 400, "VerifySnpAttestationFailed", "NoPolicy");
  });

  it("refuses requests without evidence or key, and keys that nothing can be wrapped to", () => {
    const service = inForce();
    const good = asking(machine.evidence(room));
    assertRefused(ask(service, { ...good, attestation: undefined }), 400, "AttestationMissing");
    assertRefused(ask(service, { ...good, attestation: "text" }), 400, "AttestationMissing");
    assertRefused(ask(service, { ...good, encrypt: undefined }), 400, "EncryptionMissing");
    assertRefused(ask(service, { ...good, encrypt: { publicKey: 7 } }), 400, "EncryptionMissing");
    assertRefused(ask(service, "not JSON"), 400, "InvalidJson");
    assertRefused(ask(service, []), 400, "InvalidBody");
    const ec = { ...makeCleanRoomKey(), publicKeyPem: "no key at all" };
    assertRefused(ask(service, asking(machine.evidence(ec), ec)), 400, "EncryptionKeyUnsupported");
  });

  it("ignores fields that other endpoints need, as existing clients send them", () => {
    const body = { ...signedRequest(room, machine.evidence(room), {}), more: { than: "needed" } };
    assert.equal(ask(inForce(), body).status, 200);
  });
});
