import assert from "node:assert/strict";
import { verifySnpAttestation } from "../../../../sandbox/embedded/snp/verify.js";
import { SnpPlatform } from "../../../support/snp-platform.js";

describe("verifySnpAttestation() of genuine reports that are not acceptable", () => {
  const platform = new SnpPlatform();

  const verify = (change?: (report: Buffer) => void, from: SnpPlatform = platform) =>
    verifySnpAttestation(platform.report(change), from.certificates, undefined, undefined, {
      at: new Date(),
      rootKey: () => from.rootKey,
    });

  it("accepts a report with nothing wrong in it, of a chip that its root endorses", () => {
    assert.equal(verify().attestation.reported_tcb, "db18000000000004");
  });

  const refusals: [what: string, change: (report: Buffer) => void, message: RegExp][] = [
    ["a debuggable guest", (report) => report.writeUInt8(0b1001, 0x0a), /debugging must not be enabled/],
    [
      "a guest that may migrate",
      (report) => report.writeUInt8(0b0101, 0x0a),
      /migration must not be enabled/,
    ],
    [
      "a report that the host asked for",
      (report) => report.writeUInt32LE(4, 0x30),
      /host generated \(VMPL 4 > 3\)/,
    ],
    ["a masked chip key", (report) => report.writeUInt8(0b10, 0x48), /Mask chip key must not be set/],
    [
      "a report not signed by the chip's own key",
      (report) => report.writeUInt8(0b100, 0x48),
      /must be signed by VCEK: 1/,
    ],
    [
      "an older microcode than endorsed",
      (report) => report.writeUInt8(218, 0x187),
      /does not meet or exceed the endorsed TCB/,
    ],
    [
      "an older boot loader than endorsed",
      (report) => report.writeUInt8(3, 0x180),
      /does not meet or exceed/,
    ],
    [
      "another chip than endorsed",
      (report) => report.fill(8, 0x1a0, 0x1e0),
      /Chip ID in attestation does not match/,
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => verify(change), { name: "SnpVerificationError", message });
    });
  }

  it("accepts a newer TCB than endorsed", () => {
    assert.equal(
      verify((report) => report.writeUInt8(220, 0x187)).attestation.reported_tcb,
      "dc18000000000004",
    );
  });

  it("refuses a report of another chip, and certificates of another root", () => {
    assert.throws(() => verify(undefined, new SnpPlatform()), /did not sign this attestation/);
    assert.throws(
      () => verifySnpAttestation(platform.report(), platform.certificates),
      /root of trust public key for this attestation was not the expected one/,
    );
  });
});
