import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { snpCvmEvidence, type SnpCvmReport } from "../../../sdk/attested.js";
import { getOptionStatus } from "../../../src/endpoints/execution.js";
import { verifySnpCvm } from "../../../src/policy/snp-cvm.js";
import { TestCcf } from "../../support/ccf.js";
import { vmEvidence } from "../../support/evidence.js";
import { installVerifier, restoreClock } from "../../support/snp-node.js";
import { base64, codeOf, derOf, flipped, RealVm, verify } from "./real-vm.js";
import { assertRefused, Service } from "./service.js";

let real: RealVm;

function useRealEvidence(): void {
  before(function () {
    const found = vmEvidence();
    if (found === undefined) return this.skip();
    real = new RealVm(found);
  });
  beforeEach(() => {
    new TestCcf().install();
    installVerifier();
  });
  after(restoreClock);
}

describe("real evidence of a confidential VM on SEV-SNP", () => {
  useRealEvidence();

  it("holds, and proves PCRs, firmware and configuration", () => {
    const { claims, reportData, signed } = verify(real.report);
    const snp = real.bytes("snpReport");
    for (const [index, value] of Object.entries(real.report.evidence.pcrs))
      assert.equal(claims[`pcr${index}`], value);
    assert.equal(claims["x-ms-sevsnpvm-launchmeasurement"], snp.subarray(0x90, 0xc0).toString("hex"));
    assert.equal(claims["x-ms-sevsnpvm-idkeydigest"], snp.subarray(0xe0, 0x110).toString("hex"));
    assert.equal(claims["x-ms-sevsnpvm-vmpl"], 0);
    assert.equal(claims["vm-configuration-secure-boot"], true);
    assert.equal(claims["vm-configuration-tpm-enabled"], true);
    assert.match(String(claims["vm-configuration-vmUniqueId"]), /^[0-9A-F-]{36}$/);
    assert.ok(!("x-ms-sevsnpvm-reportdata" in claims), "which is the firmware's, not the VM's");
    const digest = createHash("sha256").update(real.publicKey).digest("hex");
    assert.equal(reportData, digest + "0".repeat(64), "in lower case");
    assert.deepEqual(Buffer.from(signed), Buffer.concat([real.bytes("tpmQuote"), snp]));
  });

  it("holds as byte strings too, and without what is optional", () => {
    const { evidence, nonce, platformCertificates } = real.report;
    const raw = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, "base64")).buffer;
    const { tpmQuote, hclReport, snpReport, aikCert: aik = "", pcrs } = evidence;
    const asBytes = {
      evidence: {
        tpmQuote: raw(tpmQuote),
        hclReport: raw(hclReport),
        snpReport: raw(snpReport),
        aikCert: raw(aik),
        pcrs: Object.fromEntries(Object.entries(pcrs).map(([index, text]) => [index, raw(text)])),
      },
      nonce: raw(nonce),
      platformCertificates,
    };
    const verified = verify(real.report);
    assert.deepEqual(verifySnpCvm(asBytes), verified);
    for (const aikCert of ["", null, new ArrayBuffer(0)])
      assert.deepEqual(verifySnpCvm({ ...asBytes, evidence: { ...asBytes.evidence, aikCert } }), verified);
    for (const product of ["", null, "Milan"])
      assert.deepEqual(verifySnpCvm({ ...asBytes, product }), verified);
  });

  it("holds with AMD's certificates in any order, whatever stands beside them", () => {
    const [vcek, ask, ark] = real.certificates;
    for (const bundle of [
      [vcek, ark, ask],
      [ask, vcek, ark],
      [ask, ark, vcek],
      [ark, vcek, ask],
      [ark, ask, vcek],
      [ark, ask, vcek, ark],
      ["# AMD\r\n", vcek, "\n", ark, ask],
    ])
      assert.equal(codeOf(real.endorsedBy(...bundle)), "verified");
  });

  it("claims PCRs in one spelling, however they are sent (improvement 4)", () => {
    const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
    const sent = Object.entries(real.report.evidence.pcrs).map(([index, text]) => [index, urlSafe(text)]);
    const { claims } = verify(real.withPcrs(Object.fromEntries(sent) as Record<string, string>));
    assert.deepEqual(claims, verify(real.report).claims);
  });

  it("is not helped by runtime claims beside the HCL report", () => {
    const { attestation } = snpCvmEvidence(real.report);
    const runtimeClaims = { "user-data": "00".repeat(64), keys: [] };
    const more = { ...(attestation.evidence as object), runtimeClaims };
    assert.deepEqual(verifySnpCvm({ ...attestation, evidence: more }), verify(real.report));
  });
});

describe("real evidence of a confidential VM, spoilt", () => {
  useRealEvidence();

  const refused = (code: string, ...spoilt: SnpCvmReport[]): void => {
    for (const [index, one] of spoilt.entries()) assert.equal(codeOf(one), code, `variant ${index}`);
  };
  const flip = (field: "tpmQuote" | "hclReport" | "snpReport" | "aikCert", at: number): SnpCvmReport =>
    real.with({ [field]: flipped(real.bytes(field), at) });

  it("is refused when it is not encoded, or its fields are no fields", () => {
    for (const field of ["tpmQuote", "hclReport", "snpReport", "aikCert"])
      refused("EvidenceMalformed", real.with({ [field]: "A" }));
    const { attestation } = snpCvmEvidence(real.report);
    const { evidence, nonce, platformCertificates } = attestation;
    for (const spoilt of [
      undefined,
      "evidence",
      {},
      { nonce, platformCertificates },
      { evidence, nonce },
      { evidence, platformCertificates },
      { ...attestation, platformCertificates: 7 },
      { ...attestation, product: 7 },
      ...["tpmQuote", "hclReport", "snpReport", "pcrs"].flatMap((field) => [
        { ...attestation, evidence: { ...(evidence as object), [field]: 7 } },
        { ...attestation, evidence: { ...(evidence as object), [field]: null } },
      ]),
    ])
      assert.throws(() => verifySnpCvm(spoilt), { code: "EvidenceMalformed" });
  });

  it("is refused when the HCL report is none", () => {
    const hcl = real.bytes("hclReport");
    const end = 1236 + hcl.readUInt32LE(1232);
    refused("HclReportMalformed", ...[0, 4, 8, 12, 16, 31].map((at) => flip("hclReport", at)));
    refused("HclReportMalformed", ...[1216, 1220, 1224, 1228, 1232].map((at) => flip("hclReport", at)));
    refused("HclReportMalformed", flip("hclReport", end), flip("hclReport", hcl.length - 1));
    for (const size of [0, 1235, end - 1])
      refused("HclReportMalformed", real.with({ hclReport: hcl.subarray(0, size) }));
    assert.equal(codeOf(real.with({ hclReport: hcl.subarray(0, end) })), "verified", "unfilled");
  });

  it("is refused when the hardware does not vouch for it", () => {
    refused(
      "SnpReportMismatch",
      flip("snpReport", 0x90),
      flip("hclReport", 32),
      real.with({ snpReport: "" }),
    );
    refused("ReportVersionUnsupported", real.withReportFlipped(0));
    refused("ProcessorUnsupported", real.withReportFlipped(0x188));
    const [vmpl, data, measurement, signature] = [0x30, 0x50, 0x90, 0x2a0];
    for (const at of [vmpl, data, measurement, signature])
      refused("ReportSignatureInvalid", real.withReportFlipped(at));
    refused("RuntimeClaimsMismatch", flip("hclReport", 1236), flip("hclReport", 1236 + 900));
    for (const product of ["Genoa", "Turin"] as const)
      refused("ProductMismatch", { ...real.report, product });
  });

  it("is refused when AMD does not vouch for the hardware", () => {
    const [vcek, ask, ark] = real.certificates;
    refused("EndorsementsMissing", real.endorsedBy(), real.endorsedBy(vcek, ask), real.endorsedBy(ark));
    refused("EndorsementsUntrusted", real.endorsedBy(vcek, ask, ask), real.endorsedBy(vcek, vcek, vcek));
    refused("EndorsementsBroken", real.endorsedBy(vcek, vcek, ark), real.endorsedBy(vcek, ark, ark));
    for (const at of [new Date("2100-01-01"), new Date("2010-01-01")]) {
      installVerifier({ at });
      refused("EndorsementsExpired", real.report);
    }
  });

  it("is refused when the certificate is not of the attestation key (improvement 4)", () => {
    const aik = real.bytes("aikCert");
    refused("AikCertificateMismatch", flip("aikCert", 0), flip("aikCert", aik.length - 1));
    for (const aikCert of [aik.subarray(1), Buffer.alloc(3), derOf(real.certificates[0])])
      refused("AikCertificateMismatch", real.with({ aikCert }));
  });

  it("is refused when the quote is none, or not signed by the attestation key", () => {
    const quote = real.bytes("tpmQuote");
    const [size, magic, type, scheme, hash] = [0, 2, 7, 148, 150];
    for (const at of [size, magic, type, scheme, hash]) refused("QuoteMalformed", flip("tpmQuote", at));
    for (const tpmQuote of ["", quote.subarray(0, -1), Buffer.concat([quote, Buffer.alloc(1)])])
      refused("QuoteMalformed", real.with({ tpmQuote }));
    const [signer, nonce, pcrDigest, signature] = [20, 50, 130, 200];
    for (const at of [signer, nonce, pcrDigest, signature])
      refused("QuoteSignatureInvalid", flip("tpmQuote", at));
  });

  it("is refused when the quote was asked for with another nonce", () => {
    for (const nonce of ["", "raw", base64(Buffer.alloc(32)), `${real.report.nonce}AAAA`])
      refused("NonceMismatch", { ...real.report, nonce });
    const { attestation } = snpCvmEvidence(real.report);
    for (const nonce of [7, null])
      assert.throws(() => verifySnpCvm({ ...attestation, nonce }), { code: "NonceMismatch" });
  });

  it("is refused when the quote is not about exactly these PCRs (improvement 4)", () => {
    const { pcrs } = real.report.evidence;
    const alias = { "7": undefined, "07": pcrs["7"] };
    refused("PcrIndexInvalid", real.withPcrs(alias), real.withPcrs({ "07": pcrs["7"] }));
    for (const name of ["24", "", "+1", "1.0", "0x1", "-1", "length", "constructor"])
      refused("PcrIndexInvalid", real.withPcrs({ [name]: pcrs["0"] }));
    for (const value of ["", "A", base64(Buffer.alloc(31)), base64(Buffer.alloc(33))])
      refused("PcrValueInvalid", real.withPcrs({ "7": value }));
    refused("PcrSelectionMismatch", real.withPcrs({ "7": undefined }), real.withPcrs({ "0": undefined }));
    refused(
      "PcrDigestMismatch",
      real.withPcrs({ "7": pcrs["8"] }),
      real.withPcrs({ "4": pcrs["7"], "7": pcrs["4"] }),
    );
  });
});

describe("a confidential VM that asks for consent with real evidence", () => {
  useRealEvidence();

  const params = { contractId: "c1", option: "execution" };
  const ask = (policy: object, changed = real.report) => {
    const service = new Service();
    installVerifier();
    service.acceptContract("c1");
    service.setPolicy("c1", { policyType: "snp-cvm", alternatives: [policy] });
    return service.call(getOptionStatus, { params, body: snpCvmEvidence(changed) });
  };

  it("gets it where the contract trusts what has booted", () => {
    const { pcrs } = real.report.evidence;
    const answer = ask({ pcr4: [pcrs["4"]], pcr7: [pcrs["7"]], "vm-configuration-secure-boot": [true] });
    assert.deepEqual([answer.status, answer.body.status], [200, "enabled"]);
  });

  it("is told which PCR the contract does not trust", () => {
    const policy = { pcr4: [base64(Buffer.alloc(32))] };
    const answer = ask(policy);
    assertRefused(answer, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    const { claim, presented } = answer.body.error.details?.[0] ?? {};
    assert.deepEqual([claim, presented], ["pcr4", real.report.evidence.pcrs["4"]]);
    const hidden = ask(policy, real.withPcrs({ "4": undefined }));
    assertRefused(hidden, 400, "VerifySnpAttestationFailed", "PcrSelectionMismatch");
  });
});
