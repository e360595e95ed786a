import assert from "node:assert/strict";
import { TestCcf } from "../../support/ccf.js";
import { vmEvidence } from "../../support/evidence.js";
import { installVerifier, rememberVerdicts, restoreClock } from "../../support/snp-node.js";
import { base64, codeOf, derOf, flipped, RealVm } from "./real-vm.js";

const range = (start: number, end: number, step = 1): number[] =>
  Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step);

describe("real evidence of a confidential VM does not hold when a single bit is flipped", function () {
  this.timeout(60_000);
  let real: RealVm;

  before(function () {
    const found = vmEvidence();
    if (found === undefined) return this.skip();
    real = new RealVm(found);
    new TestCcf().install();
    installVerifier();
    rememberVerdicts();
    assert.equal(codeOf(real.report), "verified");
  });
  after(restoreClock);

  const sweep = (field: Parameters<RealVm["bytes"]>[0], places: readonly number[]): void => {
    const whole = real.bytes(field);
    const holding = places.filter((at) => codeOf(real.with({ [field]: flipped(whole, at) })) === "verified");
    assert.deepEqual(holding, []);
  };

  it("in any byte of the quote", () => {
    sweep("tpmQuote", range(0, real.bytes("tpmQuote").length));
  });

  it("in any byte of the HCL report, what is around its parts included", () => {
    sweep("hclReport", range(0, real.bytes("hclReport").length));
  });

  it("in any byte of the SEV-SNP report, or of both copies of it", () => {
    sweep("snpReport", range(0, 1184));
    const signedPart = range(0, 0x2a0, 7);
    const signature = [...range(0x2a0, 0x2a0 + 48, 7), ...range(0x2e8, 0x2e8 + 48, 7)];
    const holding = [...signedPart, ...signature].filter(
      (at) => codeOf(real.withReportFlipped(at)) === "verified",
    );
    assert.deepEqual(holding, []);
  });

  it("in the key that the certificate of the attestation key certifies, or after this certificate", () => {
    const aik = real.bytes("aikCert");
    const claims = real.bytes("hclReport").subarray(1236).toString().split("\0")[0] ?? "";
    const { keys } = JSON.parse(claims) as { keys: { n: string }[] };
    const modulus = Buffer.from(keys[0]?.n ?? "", "base64url");
    const at = aik.indexOf(modulus);
    sweep("aikCert", range(at - 33, at + modulus.length + 5)); // all of SubjectPublicKeyInfo
    sweep("aikCert", [...range(aik.readUInt16BE(2) + 4, aik.length, 9), aik.length - 1]);
  });

  it("in any byte of any PCR, or of the nonce", () => {
    for (const [index, value] of Object.entries(real.report.evidence.pcrs)) {
      const whole = Buffer.from(value, "base64");
      for (const at of range(0, whole.length)) {
        const spoilt = real.withPcrs({ [index]: base64(flipped(whole, at)) });
        assert.equal(codeOf(spoilt), "PcrDigestMismatch", `PCR ${index}, byte ${at}`);
      }
    }
    const nonce = Buffer.from(real.report.nonce, "base64");
    for (const at of range(0, nonce.length))
      assert.equal(codeOf({ ...real.report, nonce: base64(flipped(nonce, at)) }), "NonceMismatch");
  });

  it("in AMD's certificates", () => {
    for (const [index, pem] of real.certificates.entries()) {
      const der = derOf(pem);
      const holding = range(0, der.length, 13).filter((at) => {
        const spoilt = `-----BEGIN CERTIFICATE-----\n${base64(flipped(der, at))}\n-----END CERTIFICATE-----\n`;
        return codeOf(real.endorsedBy(...real.certificates.with(index, spoilt))) === "verified";
      });
      assert.deepEqual(holding, [], `certificate ${index}`);
    }
  });
});
