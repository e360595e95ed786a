import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { snpCvmEvidence, type SnpCvmReport } from "../../../sdk/attested.js";
import { putContractSecret, releaseSecret } from "../../../src/endpoints/secrets.js";
import { ConfidentialVm, newAttestationKey, type VmChanges } from "../../support/confidential-vm.js";
import { installVerifier, restoreClock } from "../../support/snp-node.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  assertRefused,
  otherRoom,
  room,
  Service,
  unwrapped,
} from "./service.js";
import { jwkOf } from "../../support/jwk.js";

const contractId = "c1";
const vm = new ConfidentialVm();
const pcr = (index: number): string => vm.pcrs[index]?.toString("base64") ?? "";

const trusting: object = {
  pcr0: [pcr(0)],
  pcr4: [pcr(4)],
  pcr7: [pcr(7)],
  "x-ms-sevsnpvm-launchmeasurement": [vm.measurement.toString("hex")],
  "x-ms-sevsnpvm-is-debuggable": [false],
  "x-ms-sevsnpvm-vmpl": [0],
  "x-ms-ver": ["3"],
  "vm-configuration-secure-boot": [true],
  "vm-configuration-tpm-enabled": [true],
  "vm-configuration-vmUniqueId": ["VM-1"],
};

/** Asks for a secret of a contract that trusts the VM. */
function ask(report: SnpCvmReport, { key = room, policy = trusting, minimumTcb = {} } = {}): Answer {
  const service = new Service();
  installVerifier({ rootKey: () => vm.platform.rootKey });
  service.acceptContract(contractId);
  service.setPolicy(contractId, { policyType: "snp-cvm", alternatives: [policy] });
  service.ccf.put("public:ccf.gov.nodes.snp.tcb_versions", "00a00f10", minimumTcb);
  const params = { contractId, secretName: "key" };
  service.call(putContractSecret, { caller: asMember(alice), params, body: { value: "swordfish" } });
  return service.call(releaseSecret, {
    params: { contractId, secretName: `${alice}_key` },
    body: asking(snpCvmEvidence(report), key),
  });
}

const evidence = (changes?: VmChanges): SnpCvmReport => vm.evidence(room.publicKeyPem, changes);

describe("a confidential VM that asks for a secret", () => {
  after(restoreClock);

  const released = (report: SnpCvmReport): void => {
    const answer = ask(report);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(unwrapped(answer), "swordfish");
  };

  it("gets it, wrapped to the key that its user data binds", () => {
    released(evidence());
    assertRefused(ask(evidence(), { key: otherRoom }), 400, "ReportDataMismatch");
  });

  it("gets it whatever its quote is about beside what the policy names", () => {
    const quote = { indices: [0, 4, 7, 23], bitmapBytes: 4 };
    released(evidence({ quote, pcrs: { ...vm.pcrs, 23: Buffer.alloc(32) } }));
    const { "vm-configuration": _, ...claims } = vm.runtimeClaims(room.publicKeyPem);
    const report = evidence({ claimsText: JSON.stringify(claims) });
    assertRefused(ask(report), 400, "VerifySnpAttestationFailed", "ClaimMissing");
    assert.equal(ask(report, { policy: { pcr4: [pcr(4)] } }).status, 200);
  });

  it("gets it with a nonce that is text, even such as is base64 too", () => {
    for (const nonce of ["a nonce!", "nonce123"])
      released({ ...evidence({ quote: { nonce: Buffer.from(nonce) } }), nonce });
  });

  it("gets it only with a quote that was made for its key, where the policy says so (improvement 4)", () => {
    const policy = { pcr4: [pcr(4)], "nonce-binds-key": [true] };
    const digest = createHash("sha256").update(room.publicKeyPem).digest();
    assert.equal(ask(evidence({ quote: { nonce: digest } }), { policy }).status, 200);
    // of a VM that was trustworthy before it was booted again and bound a key
    const earlier = evidence().evidence.tpmQuote;
    const later = evidence({ pcrs: { ...vm.pcrs, 4: Buffer.alloc(32, 0xee) } });
    const { pcrs } = evidence().evidence;
    const mixed = { ...later, evidence: { ...later.evidence, tpmQuote: earlier, pcrs } };
    assert.equal(ask(mixed, { policy: { pcr4: [pcr(4)] } }).status, 200);
    assertRefused(ask(mixed, { policy }), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    for (const nonce of [Buffer.alloc(0), digest.subarray(1), Buffer.concat([digest, Buffer.alloc(32)])]) {
      const answer = ask(evidence({ quote: { nonce } }), { policy });
      assertRefused(answer, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    }
  });

  it("gets it with an attestation key of 3072 bits", () => {
    const attestationKey = newAttestationKey(3072);
    const { n, e } = jwkOf(createPublicKey(attestationKey));
    const keys = [{ kid: "HCLAkPub", kty: "RSA", n, e }];
    released(evidence({ runtimeClaims: { keys }, quotedBy: attestationKey, certified: attestationKey }));
  });
});

describe("genuine evidence of a confidential VM that is not acceptable (improvement 4)", () => {
  after(restoreClock);

  const [weakKey, otherKey] = [newAttestationKey(1024), newAttestationKey()];
  const jwk = (key: typeof weakKey) => ({
    kid: "HCLAkPub",
    kty: "RSA",
    ...jwkOf(createPublicKey(key)),
  });
  const named = (keys: unknown) => ({ runtimeClaims: { keys } });

  for (const [what, code, ...changes] of [
    [
      "a guest that the host can debug",
      "DebugEnabled",
      { snpReport: (report) => report.writeUInt8(0b1001, 0x0a) },
    ],
    [
      "a guest that can be migrated",
      "MigrationEnabled",
      { snpReport: (report) => report.writeUInt8(0b0101, 0x0a) },
    ],
    ["another chip", "ChipMismatch", { snpReport: (report) => report.fill(8, 0x1a0, 0x1e0) }],
    [
      "firmware older than the chip's certificate",
      "TcbTooOld",
      { snpReport: (report) => report.writeUInt8(218, 0x187) },
    ],
    [
      "the VM itself instead of its firmware",
      "VmplNotZero",
      { snpReport: (report) => report.writeUInt32LE(2, 0x30) },
    ],
    ["other runtime claims", "RuntimeClaimsMismatch", { snpReport: (report) => report.fill(1, 0x50, 0x70) }],
    [
      "runtime claims and something more",
      "RuntimeClaimsMismatch",
      { snpReport: (report) => report.fill(1, 0x8f, 0x90) },
    ],
    [
      "claims that are no JSON",
      "HclReportMalformed",
      { claimsText: "claims" },
      { claimsText: "" },
      { claimsText: "[]" },
    ],
    [
      "claims that are others than documented",
      "HclReportMalformed",
      named("none"),
      { runtimeClaims: { "user-data": 7 } },
    ],
    [
      "no attestation key",
      "AttestationKeyMissing",
      named([]),
      named([{ ...jwk(otherKey), kid: "HCLEkPub" }]),
    ],
    [
      "an attestation key of another kind",
      "AttestationKeyMissing",
      named([{ ...jwk(otherKey), kty: "EC" }]),
      named([{ kid: "HCLAkPub", kty: "RSA" }]),
    ],
    [
      "an attestation key that is none",
      "AttestationKeyMissing",
      named([{ ...jwk(otherKey), n: "A" }]),
      named([{ ...jwk(otherKey), e: "A" }]),
    ],
    ["a certificate of another key", "AikCertificateMismatch", { certified: otherKey }],
    ["something else than a quote", "QuoteMalformed", { quote: { type: 0x8017 } }, { quote: { magic: 0 } }],
    [
      "a quote signed in another way",
      "QuoteMalformed",
      { quote: { scheme: 0x0016 } },
      { quote: { hash: 0x000c } },
    ],
    ["a quote by another key", "QuoteSignatureInvalid", { quotedBy: otherKey }],
    [
      "a quote by a short key",
      "QuoteSignatureInvalid",
      { ...named([jwk(weakKey)]), quotedBy: weakKey, certified: weakKey },
    ],
    [
      "a quote of another bank",
      "PcrSelectionMismatch",
      { quote: { banks: [0x0004] } },
      { quote: { banks: [0x000c] } },
    ],
    [
      "a quote of several banks, or none",
      "PcrSelectionMismatch",
      { quote: { banks: [0x000b, 0x0004] } },
      { quote: { banks: [] } },
      { quote: { banks: [0x000b, 0x000b] } },
    ],
    [
      "a quote of other PCRs",
      "PcrSelectionMismatch",
      { quote: { indices: [0, 4] } },
      { quote: { indices: [0, 4, 7, 8] } },
      { quote: { indices: [0, 4, 7, 24], bitmapBytes: 4 } },
    ],
    [
      "no user data",
      "UserDataMissing",
      { runtimeClaims: { "user-data": undefined } },
      { runtimeClaims: { "user-data": "" } },
    ],
    [
      "user data of another length",
      "UserDataMissing",
      { runtimeClaims: { "user-data": "00" } },
      { runtimeClaims: { "user-data": "0".repeat(129) } },
    ],
  ] satisfies [string, string, ...VmChanges[]][]) {
    it(`is refused with ${code} of ${what}`, () => {
      for (const change of changes)
        assertRefused(ask(evidence(change)), 400, "VerifySnpAttestationFailed", code);
    });
  }

  it("is refused with its own code where PCRs are sent that are not the quote's, or are none (improvement 4)", () => {
    const report = evidence();
    for (const [changes, code] of [
      [{ "7": pcr(4) }, "PcrDigestMismatch"],
      [{ "8": pcr(4) }, "PcrSelectionMismatch"],
      [{ "07": pcr(7) }, "PcrIndexInvalid"],
      [{ "24": pcr(7) }, "PcrIndexInvalid"],
      [{ "7": "" }, "PcrValueInvalid"],
      [{ "7": `${pcr(7)}AAAA` }, "PcrValueInvalid"],
    ] as const) {
      const pcrs = { ...report.evidence.pcrs, ...changes };
      const spoilt = { ...report, evidence: { ...report.evidence, pcrs } };
      assertRefused(ask(spoilt), 400, "VerifySnpAttestationFailed", code);
    }
  });

  it("is refused with ProductMismatch of another processor than it names", () => {
    assert.equal(ask({ ...evidence(), product: "Milan" }).status, 200);
    for (const product of ["Genoa", "Turin"] as const)
      assertRefused(ask({ ...evidence(), product }), 400, "VerifySnpAttestationFailed", "ProductMismatch");
  });

  it("is refused with its own code where parts of two VMs, or of two moments, are put together (improvement 4)", () => {
    const [report, other] = [evidence(), evidence({ snpReport: (bytes) => bytes.fill(1, 0x140, 0x160) })];
    const mixed = (part: Partial<SnpCvmReport["evidence"]>) => ({
      ...report,
      evidence: { ...report.evidence, ...part },
    });
    const foreign = new ConfidentialVm().evidence(room.publicKeyPem).evidence;
    for (const [spoilt, code] of [
      [mixed({ snpReport: other.evidence.snpReport }), "SnpReportMismatch"],
      [mixed({ snpReport: foreign.snpReport, hclReport: foreign.hclReport }), "ReportSignatureInvalid"],
      [mixed({ aikCert: foreign.aikCert ?? "" }), "AikCertificateMismatch"],
      [mixed({ tpmQuote: foreign.tpmQuote }), "QuoteSignatureInvalid"],
      [{ ...report, nonce: other.nonce + "AAAA" }, "NonceMismatch"],
    ] as const)
      assertRefused(ask(spoilt), 400, "VerifySnpAttestationFailed", code);
  });

  it("is refused with TcbTooOld of firmware older than the members have voted", () => {
    const minimumTcb = { boot_loader: 4, tee: 0, snp: 24, microcode: 219 };
    assert.equal(ask(evidence(), { minimumTcb }).status, 200);
    const answer = ask(evidence(), { minimumTcb: { ...minimumTcb, microcode: 220 } });
    assertRefused(answer, 400, "VerifySnpAttestationFailed", "TcbTooOld");
  });
});
