import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { attestedRequest, makeCleanRoomKey, snpCvmEvidence, type SnpCvmReport } from "../../sdk/attested.js";
import { ContractClient } from "../../sdk/contract.js";
import { optionStatus } from "../../src/schemas/answers/options.js";
import { type VmEvidence, vmEvidence } from "../support/evidence.js";
import { acceptedContract, setPolicy } from "./support/collaboration.js";
import { founders, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

/** Where fields of a report stand (AMD 56860, table 23), in bytes. */
const REPORT = { measurement: 0x90, hostData: 0xc0 } as const;

// The user data of this evidence binds an elliptic curve key, to which no secret can be wrapped; consent needs no key.
describe("consent to real evidence of a confidential VM on AMD SEV-SNP", function () {
  this.timeout(30_000);
  let net: Network;
  let real: VmEvidence;
  let contractId: string;

  before(async function () {
    const found = vmEvidence();
    if (found === undefined) return this.skip();
    real = found;
    net = await sharedNetwork();
    contractId = await acceptedContract(net);
    await net.pass(trustingVm());
  });

  const pcr = (index: number): string => real.report.evidence.pcrs[String(index)] ?? "";
  const snpReport = () => Buffer.from(real.report.evidence.snpReport, "base64");
  const trustingVm = (contract = contractId) =>
    setPolicy(contract, "snp-cvm", {
      pcr4: [pcr(4)],
      pcr7: [pcr(7)],
      "x-ms-sevsnpvm-launchmeasurement": [
        snpReport().subarray(REPORT.measurement, REPORT.hostData).toString("hex"),
      ],
      "vm-configuration-secure-boot": [true],
    });
  const ask = async (report: SnpCvmReport = real.report, contract = contractId) => {
    const path = `/app/contracts/${contract}/runtimeoptions/execution/status`;
    return (await net.client.post(path, snpCvmEvidence(report))).as(optionStatus);
  };
  const spoilt = (changes: Partial<SnpCvmReport["evidence"]>): SnpCvmReport => ({
    ...real.report,
    evidence: { ...real.report.evidence, ...changes },
  });
  const flipped = (base64: string, at: number): string => {
    const bytes = Buffer.from(base64, "base64");
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes.toString("base64");
  };
  const refused = (report: SnpCvmReport, detail: string) =>
    assertRefused(ask(report), 400, "VerifySnpAttestationFailed", detail);
  const granted = async () => assert.deepEqual(await ask(), { status: "enabled" });

  it("is given where the members trust what that VM has booted", granted);

  it("is given with AMD's certificates in any order", async () => {
    const pems =
      real.report.platformCertificates.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [];
    const reversed = { ...real.report, platformCertificates: pems.reverse().join("") };
    assert.deepEqual(await ask(reversed), { status: "enabled" });
  });

  it("is not given when a single bit is flipped, wherever", async () => {
    const { tpmQuote, hclReport, snpReport, aikCert = "", pcrs } = real.report.evidence;
    const both = {
      snpReport: flipped(snpReport, REPORT.measurement),
      hclReport: flipped(hclReport, 32 + REPORT.measurement),
    };
    for (const [report, code] of [
      [spoilt({ hclReport: flipped(hclReport, 0) }), "HclReportMalformed"],
      [spoilt({ hclReport: flipped(hclReport, 32) }), "SnpReportMismatch"],
      [spoilt({ snpReport: flipped(snpReport, REPORT.measurement) }), "SnpReportMismatch"],
      [spoilt(both), "ReportSignatureInvalid"],
      [spoilt({ hclReport: flipped(hclReport, 1300) }), "RuntimeClaimsMismatch"],
      [spoilt({ aikCert: flipped(aikCert, 300) }), "AikCertificateMismatch"],
      [spoilt({ tpmQuote: flipped(tpmQuote, 2) }), "QuoteMalformed"],
      [spoilt({ tpmQuote: flipped(tpmQuote, 130) }), "QuoteSignatureInvalid"],
      [spoilt({ tpmQuote: flipped(tpmQuote, 408) }), "QuoteSignatureInvalid"],
      [{ ...real.report, nonce: flipped(real.report.nonce, 0) }, "NonceMismatch"],
      [spoilt({ pcrs: { ...pcrs, "7": flipped(pcr(7), 31) } }), "PcrDigestMismatch"],
      [{ ...real.report, platformCertificates: "" }, "EndorsementsMissing"],
      [{ ...real.report, product: "Genoa" }, "ProductMismatch"],
    ] satisfies [SnpCvmReport, string][])
      await refused(report, code);
  });

  it("is not given when PCRs are left out, renamed or swapped", async () => {
    const { "7": seven = "", ...others } = real.report.evidence.pcrs;
    await refused(spoilt({ pcrs: others }), "PcrSelectionMismatch");
    await refused(spoilt({ pcrs: { ...others, "07": seven } }), "PcrIndexInvalid");
    await refused(spoilt({ pcrs: { ...others, "7": pcr(4), "4": seven } }), "PcrDigestMismatch");
    await refused(spoilt({ pcrs: { ...others, "7": "AAAA" } }), "PcrValueInvalid");
  });

  it("is not given under a policy that trusts another VM, which says claim by claim what it trusts", async () => {
    const other = await acceptedContract(net);
    await assertRefused(ask(real.report, other), 400, "VerifySnpAttestationFailed", "NoPolicy");
    const trusted = Buffer.alloc(32).toString("base64");
    await net.pass(setPolicy(other, "snp-cvm", { pcr4: [pcr(4)], pcr7: [trusted] }));
    const refusal = await assertRefused(
      ask(real.report, other),
      400,
      "VerifySnpAttestationFailed",
      "ClaimMismatch",
    );
    assert.deepEqual(
      refusal.details.map((detail) => ({ ...(detail as object), message: undefined })),
      [
        {
          code: "ClaimMismatch",
          claim: "pcr7",
          presented: pcr(7),
          accepted: [trusted],
          alternative: 0,
          message: undefined,
        },
      ],
    );
    await net.pass(setPolicy(other, "snp-caci", { "x-ms-sevsnpvm-hostdata": ["00".repeat(32)] }));
    await assertRefused(ask(real.report, other), 400, "VerifySnpAttestationFailed", "PolicyTypeMismatch");
  });

  it("is withdrawn by any member", async () => {
    const contract = new ContractClient(net.as(founders(net)[2]), contractId);
    await contract.setExecution("disable");
    assert.equal((await ask()).status, "disabled");
    await contract.setExecution("enable");
    await granted();
  });

  it("is no secret: the evidence is genuine, but binds another key than the one that asks", async () => {
    const secretId = await new ContractClient(net.as(founders(net)[0]), contractId).putSecret(
      "key",
      "swordfish",
    );
    const path = `/app/contracts/${contractId}/secrets/${secretId}`;
    const thief = attestedRequest(makeCleanRoomKey(), snpCvmEvidence(real.report));
    await assertRefused(net.client.post(path, thief), 400, "ReportDataMismatch");
    const owner = attestedRequest(
      { ...makeCleanRoomKey(), publicKeyPem: real.publicKey },
      snpCvmEvidence(real.report),
    );
    await assertRefused(net.client.post(path, owner), 400, "EncryptionKeyUnsupported");
  });
});
