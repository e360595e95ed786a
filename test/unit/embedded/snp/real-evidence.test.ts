import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { SnpVerificationError } from "../../../../sandbox/embedded/snp/errors.js";
import { amdRootKey } from "../../../../sandbox/embedded/snp/amd-roots.js";
import { verifySnpAttestation } from "../../../../sandbox/embedded/snp/verify.js";
import { containerEvidence, type ContainerEvidence } from "../../../support/evidence.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("verifySnpAttestation() of real evidence", () => {
  let real: ContainerEvidence;

  before(function () {
    const found = containerEvidence("encryption");
    if (found === undefined) return this.skip();
    real = found;
  });

  const verify = (changes: Partial<ContainerEvidence> & { tcb?: string; at?: Date } = {}) => {
    const { report, certificates, uvmEndorsement, tcb, at } = { ...real, ...changes };
    const trust = at && { at, rootKey: amdRootKey };
    return verifySnpAttestation(report, Buffer.from(certificates), uvmEndorsement, tcb, trust);
  };
  const refuses = (changes: Parameters<typeof verify>[0], message: string | RegExp) => {
    assert.throws(
      () => verify(changes),
      (error) => {
        assert.ok(error instanceof SnpVerificationError, String(error));
        if (typeof message === "string") assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      },
    );
  };
  const flipped = (bytes: Buffer, offset: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(offset) ^ 1, offset);
    return copy;
  };
  const certificates = (): string[] =>
    real.certificates.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [];

  it("tells what the report says, and who endorses its launch measurement", () => {
    const { attestation, uvm_endorsements } = verify();
    assert.equal(
      hex(attestation.report_data),
      createHash("sha256").update(real.publicKey).digest("hex") + "00".repeat(32),
    );
    assert.equal(attestation.version, 3);
    assert.equal(attestation.policy.debug, 0);
    assert.equal(uvm_endorsements?.feed, "ContainerPlat-AMD-UVM");
    assert.ok(Number(uvm_endorsements.svn) >= 100);
  });

  it("refuses a report with one bit changed, wherever the chip signed it", () => {
    for (const offset of [0x04, 0x08, 0x50, 0x90, 0xc0, 0x180, 0x1a0, 0x29f, 0x2a0, 0x2e8]) {
      refuses(
        { report: flipped(real.report, offset) },
        "SEV-SNP: Chip certificate (VCEK) did not sign this attestation",
      );
    }
  });

  it("refuses a report of another size, version, signature algorithm or CPU", () => {
    refuses({ report: real.report.subarray(1) }, /not of expected size 1184: 1183/);
    refuses({ report: flipped(real.report, 0) }, /Attestation version is 2 not >= expected minimum 3/);
    refuses({ report: flipped(real.report, 0x34) }, /Unsupported signature algorithm: 0/);
    refuses({ report: flipped(real.report, 0x188) }, /Unsupported CPUID family 24 model 1/);
  });

  it("refuses certificates that are missing, in another order, or that do not lead to AMD's root", () => {
    const [vcek = "", ask = "", ark = ""] = certificates();
    refuses({ certificates: "" }, "Expected 3 endorsement certificates but got 0");
    refuses({ certificates: vcek + ask }, "Expected 3 endorsement certificates but got 2");
    refuses(
      { certificates: ark + ask + vcek },
      /root of trust public key for this attestation was not the expected one/,
    );
    refuses(
      { certificates: vcek + ark + ark },
      /chain of signatures from the root of trust to this attestation is broken/,
    );
    refuses({ certificates: `before ${vcek + ask + ark}` }, /wrong tag/);
  });

  it("refuses certificates outside their validity", () => {
    refuses({ at: new Date("2100-01-01") }, /not self signed as expected/);
    refuses({ at: new Date("2010-01-01") }, /not self signed as expected/);
  });

  it("compares the TCB that the caller knows to be endorsed", () => {
    const { reported_tcb } = verify().attestation;
    assert.equal(verify({ tcb: reported_tcb.toUpperCase() }).attestation.reported_tcb, reported_tcb);
    refuses({ tcb: "0000000000000000" }, /does not match reported TCB/);
    refuses({ tcb: reported_tcb.slice(2) }, "Invalid TCB version data size: 7");
    refuses({ tcb: "TCB" }, "Input string 'TCB' is not of even length: 3");
  });

  it("refuses endorsements of the utility VM that were changed, cut or are none", () => {
    const { uvmEndorsement } = real;
    refuses(
      { uvmEndorsement: flipped(uvmEndorsement, uvmEndorsement.length - 1) },
      "Signature verification failed",
    );
    refuses({ uvmEndorsement: uvmEndorsement.subarray(0, -1) }, /Failed to parse COSE envelope/);
    refuses({ uvmEndorsement: Buffer.alloc(0) }, /Failed to parse COSE envelope/);
    refuses(
      { uvmEndorsement: Buffer.concat([uvmEndorsement, Buffer.alloc(1)]) },
      "Signature verification failed",
    );
    refuses({ uvmEndorsement: Buffer.from([0xa0]) }, /Not a tagged value/);
    refuses(
      { uvmEndorsement: flipped(uvmEndorsement, 3000) },
      /certificate chain verification failed: .* \(depth: \d\)/,
    );
  });
});
