import assert from "node:assert/strict";
import { createHash, createPrivateKey } from "node:crypto";
import { releaseSecret, putContractSecret } from "../../../src/endpoints/secrets.js";
import { containerEvidence, type ContainerEvidence } from "../../support/evidence.js";
import { installVerifier, restoreClock } from "../../support/snp-node.js";
import { SnpPlatform } from "../../support/snp-platform.js";
import { alice, asMember, assertRefused, room, Service, unwrapped } from "./service.js";

const contractId = "c1";
const base64 = (content: Uint8Array | string): string => Buffer.from(content).toString("base64");
const hostData = (report: Buffer): string => report.subarray(0xc0, 0xe0).toString("hex");

function serviceTrusting(alternative: object): Service {
  const service = new Service();
  service.acceptContract(contractId);
  service.setPolicy(contractId, { policyType: "snp-caci", alternatives: [alternative] });
  const params = { contractId, secretName: "key" };
  service.call(putContractSecret, { caller: asMember(alice), params, body: { value: "swordfish" } });
  return service;
}

const ask = (service: Service, attestation: object, publicKey: string) =>
  service.call(releaseSecret, {
    params: { contractId, secretName: `${alice}_key` },
    body: { attestation, encrypt: { publicKey: base64(publicKey) } },
  });

describe("releasing a secret against real SEV-SNP evidence", () => {
  let real: ContainerEvidence;
  let policy: object;

  before(function () {
    const found = containerEvidence("encryption");
    if (found === undefined) return this.skip();
    real = found;
    policy = { "x-ms-sevsnpvm-hostdata": [hostData(real.report)], "x-ms-sevsnpvm-is-debuggable": [false] };
  });
  after(restoreClock);

  const evidence = (changes: Partial<ContainerEvidence> = {}) => {
    const { report, certificates, uvmEndorsement } = { ...real, ...changes };
    return {
      evidence: base64(report),
      endorsements: base64(certificates),
      uvm_endorsements: base64(uvmEndorsement),
    };
  };
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };

  it("works, and wraps the secret to the key that the report binds", () => {
    const service = serviceTrusting(policy);
    installVerifier();
    const answer = ask(service, evidence(), real.publicKey);
    assert.equal(answer.status, 200);
    assert.equal(unwrapped(answer, createPrivateKey(real.privateKey)), "swordfish");
  });

  it("matches every claim that the service says it can match", () => {
    const service = serviceTrusting({
      "x-ms-ver": ["3"],
      "x-ms-sevsnpvm-guestsvn": [real.report.readUInt32LE(4), { atLeast: 1 }],
      "x-ms-sevsnpvm-smt-allowed": [true],
      "x-ms-sevsnpvm-is-debuggable": [false],
      "x-ms-sevsnpvm-familyId": [real.report.subarray(0x10, 0x20).toString("hex")],
      "x-ms-sevsnpvm-imageId": [real.report.subarray(0x20, 0x30).toString("hex")],
      "x-ms-sevsnpvm-vmpl": [0],
      "x-ms-sevsnpvm-reportdata": [
        createHash("sha256").update(real.publicKey).digest("hex") + "00".repeat(32),
      ],
      "x-ms-sevsnpvm-launchmeasurement": [real.report.subarray(0x90, 0xc0).toString("hex")],
      "x-ms-sevsnpvm-hostdata": [hostData(real.report)],
      "x-ms-sevsnpvm-idkeydigest": [real.report.subarray(0xe0, 0x110).toString("hex")],
      "x-ms-sevsnpvm-authorkeydigest": [real.report.subarray(0x110, 0x140).toString("hex")],
      "x-ms-sevsnpvm-reportid": [real.report.subarray(0x140, 0x160).toString("hex")],
      "uvm_endorsements-feed": ["ContainerPlat-AMD-UVM"],
      "uvm_endorsements-svn": [{ atLeast: 100 }],
    });
    installVerifier();
    assert.equal(ask(service, evidence(), real.publicKey).status, 200);
  });

  it("refuses each way of spoiling the evidence with its own code", () => {
    const service = serviceTrusting(policy);
    installVerifier();
    const [vcek = "", ask_ = "", ark = ""] =
      real.certificates.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [];
    for (const [changes, code] of [
      [{ report: flipped(real.report, 0x90) }, "ReportSignatureInvalid"],
      [{ report: flipped(real.report, 0x2a0) }, "ReportSignatureInvalid"],
      [{ report: real.report.subarray(1) }, "EvidenceMalformed"],
      [{ report: Buffer.alloc(0) }, "EvidenceMalformed"],
      [{ report: flipped(real.report, 0) }, "ReportVersionUnsupported"],
      [{ report: flipped(real.report, 0x188) }, "ProcessorUnsupported"],
      [{ certificates: "" }, "EndorsementsMissing"],
      [{ certificates: vcek + ask_ }, "EndorsementsMissing"],
      [{ certificates: ark + ask_ + vcek }, "EndorsementsUntrusted"],
      [{ certificates: vcek + ark + ark }, "EndorsementsBroken"],
      [{ uvmEndorsement: Buffer.alloc(0) }, "UvmEndorsementsMissing"],
      [{ uvmEndorsement: Buffer.from("no COSE") }, "UvmEndorsementsInvalid"],
      [
        { uvmEndorsement: flipped(real.uvmEndorsement, real.uvmEndorsement.length - 1) },
        "UvmEndorsementsInvalid",
      ],
    ] satisfies [Partial<ContainerEvidence>, string][]) {
      assertRefused(ask(service, evidence(changes), real.publicKey), 400, "VerifySnpAttestationFailed", code);
    }
    const tcb = (endorsed_tcb: string) => ask(service, { ...evidence(), endorsed_tcb }, real.publicKey);
    assertRefused(tcb("0000000000000000"), 400, "VerifySnpAttestationFailed", "TcbMismatch");
    assert.equal(tcb("").status, 200);
    for (const attestation of [
      {},
      { ...evidence(), evidence: 7 },
      { ...evidence(), evidence: "A" },
      { evidence: {} },
    ]) {
      assertRefused(
        ask(service, attestation, real.publicKey),
        400,
        "VerifySnpAttestationFailed",
        "EvidenceMalformed",
      );
    }
    assertRefused(ask(service, evidence(), room.publicKeyPem), 400, "ReportDataMismatch");
    assertRefused(ask(service, evidence(), `${real.publicKey}\n`), 400, "ReportDataMismatch");
  });

  it("says so when certificates are outside their validity", () => {
    const service = serviceTrusting(policy);
    for (const at of [new Date("2100-01-01"), new Date("2010-01-01")]) {
      installVerifier({ at });
      const answer = ask(service, evidence(), real.publicKey);
      assertRefused(answer, 400, "VerifySnpAttestationFailed", "EndorsementsExpired");
    }
  });

  it("refuses another contract's policy, claim by claim", () => {
    const service = serviceTrusting({ ...policy, "x-ms-sevsnpvm-hostdata": ["00".repeat(32)] });
    installVerifier();
    const answer = ask(service, evidence(), real.publicKey);
    assertRefused(answer, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assert.deepEqual(
      answer.body.error.details?.map(({ claim, presented }: { claim: string; presented: string }) => [
        claim,
        presented,
      ]),
      [["x-ms-sevsnpvm-hostdata", hostData(real.report)]],
    );
  });

  it("refuses firmware older than the members have voted for that processor (improvement 3)", () => {
    const service = serviceTrusting(policy);
    installVerifier();
    const vote = (minimum: object) => {
      service.ccf.put("public:ccf.gov.nodes.snp.tcb_versions", "00a00f11", minimum);
    };
    const reported = { boot_loader: 4, tee: 0, snp: 24, microcode: 219 };
    vote(reported);
    assert.equal(ask(service, evidence(), real.publicKey).status, 200);
    for (const component of ["boot_loader", "tee", "snp", "microcode"] as const) {
      vote({ ...reported, [component]: reported[component] + 1 });
      const answer = ask(service, evidence(), real.publicKey);
      assertRefused(answer, 400, "VerifySnpAttestationFailed", "TcbTooOld");
      assert.match(String(answer.body.error.details?.[0]?.message), new RegExp(`${component} of at least`));
    }
    vote({ ...reported, fmc: 1 });
    assertRefused(ask(service, evidence(), real.publicKey), 400, "VerifySnpAttestationFailed", "TcbTooOld");
  });

  it("does without an endorsed utility VM only where an alternative of the policy waives it (improvement 3)", () => {
    const { uvm_endorsements: _, ...unendorsed } = evidence();
    const strict = serviceTrusting(policy);
    installVerifier();
    assertRefused(
      ask(strict, unendorsed, real.publicKey),
      400,
      "VerifySnpAttestationFailed",
      "UvmEndorsementsMissing",
    );
    const waiving = { ...policy, "allow-unendorsed": [true] };
    assert.equal(ask(serviceTrusting(waiving), unendorsed, real.publicKey).status, 200);

    const elsewhere = serviceTrusting(policy);
    const other = { "x-ms-sevsnpvm-hostdata": ["00".repeat(32)], "allow-unendorsed": [true] };
    elsewhere.setPolicy(contractId, { policyType: "snp-caci", alternatives: [policy, other] });
    const answer = ask(elsewhere, unendorsed, real.publicKey);
    assertRefused(answer, 400, "VerifySnpAttestationFailed", "UvmEndorsementsMissing");
    assert.equal(answer.body.error.details?.[0]?.claim, "uvm_endorsements-did");
  });
});

describe("genuine SEV-SNP reports that are not acceptable", () => {
  const platform = new SnpPlatform();
  after(restoreClock);

  const refused = (change: (report: Buffer) => void) => {
    const bound = createHash("sha256").update(room.publicKeyPem).digest();
    const report = platform.report((bytes) => {
      bytes.set(bound, 0x50);
      change(bytes);
    });
    const service = serviceTrusting({
      "x-ms-sevsnpvm-hostdata": ["00".repeat(32)],
      "allow-unendorsed": [true],
    });
    installVerifier({ rootKey: () => platform.rootKey });
    return ask(
      service,
      { evidence: base64(report), endorsements: base64(platform.certificates) },
      room.publicKeyPem,
    );
  };

  it("are accepted when nothing is wrong with them", () => {
    assert.equal(refused(() => undefined).status, 200);
  });

  for (const [what, change, code] of [
    ["a debuggable guest", (report) => report.writeUInt8(0b1001, 0x0a), "DebugEnabled"],
    ["a guest that can be migrated", (report) => report.writeUInt8(0b0101, 0x0a), "MigrationEnabled"],
    ["the host instead of a guest", (report) => report.writeUInt32LE(4, 0x30), "ReportFromHost"],
    ["a masked chip key", (report) => report.writeUInt8(0b10, 0x48), "ReportNotSignedByChip"],
    ["another kind of key", (report) => report.writeUInt8(0b100, 0x48), "ReportNotSignedByChip"],
    ["older firmware than the chip's certificate", (report) => report.writeUInt8(218, 0x187), "TcbTooOld"],
    ["another chip", (report) => report.fill(8, 0x1a0, 0x1e0), "ChipMismatch"],
  ] satisfies [string, (report: Buffer) => void, string][]) {
    it(`are refused of ${what}`, () => {
      assertRefused(refused(change), 400, "VerifySnpAttestationFailed", code);
    });
  }
});
