import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { disableOption, enableOption } from "../../../src/endpoints/execution.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { releaseNamedSecret, releaseSecret } from "../../../src/endpoints/secrets.js";
import { type Evidence, makeCleanRoomKey, signedRequest } from "../../../sdk/attested.js";
import { boundRequest, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { singleKey } from "../../support/ccf.js";
import { makeServiceCertificate } from "./bound.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  assertRefused,
  asUser,
  bob,
  hostData,
  otherRoom,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";
import { ask, contractId, inForce, machine, put } from "./secrets.js";

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
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

  it("is the same for a bound request that names it in its content", () => {
    const service = inForce();
    put(service, "key", "second");
    const cert = makeServiceCertificate();
    service.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert });
    const url = "/app/attestation/secrets";
    const named = (content: Readonly<Record<string, unknown>>): Answer => {
      const as = { evidence: machine.evidence(room) };
      const said = { method: "POST", target: url, service: serviceIdentityOf(cert), key: room, as };
      const caller = { policy: "no_auth" } as const;
      return service.call(releaseNamedSecret, {
        caller,
        method: "POST",
        url,
        body: boundRequest({ ...said, content }),
      });
    };
    const secret = { contractId, secretId: `${alice}_key` };
    assert.equal(unwrapped(named(secret)), "second");
    const first = named({ ...secret, version: 1 });
    assert.deepEqual([unwrapped(first), first.body.release, first.body.version], ["swordfish", 2, 1]);
    assertRefused(named({ ...secret, version: 3 }), 404, "SecretNotFound");
    assertRefused(named({ ...secret, secretId: `${alice}_unknown` }), 404, "SecretNotFound");
    for (const content of [{}, { contractId }, { ...secret, version: 0 }, { ...secret, contractId: 1 }])
      assertRefused(named(content), 400, "InvalidBody");
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
