import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { type CleanRoomKey, type Evidence, makeCleanRoomKey, snpCaciEvidence } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { ContractClient } from "../../sdk/contract.js";
import { type ContainerEvidence, containerEvidence } from "../support/evidence.js";
import { acceptedContract, setPolicy } from "./support/collaboration.js";
import { sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

/** EAX of CPUID leaf 1 of the processor that the evidence comes from, an AMD EPYC of the third generation (Milan). */
const MILAN = "00a00f11";

/** Where fields of a report stand (AMD 56860, table 23), and how long they are, in bytes. */
const REPORT = { policy: 0x08, measurement: 0x90, hostData: 0xc0, tcb: 0x180, signature: 0x2a0 } as const;

describe("a secret and real evidence of a container on AMD SEV-SNP", function () {
  this.timeout(30_000);
  let net: Network;
  let real: ContainerEvidence;
  let key: CleanRoomKey;
  let contractId: string;
  let secretId: string;

  before(async function () {
    const found = containerEvidence("encryption");
    if (found === undefined) return this.skip();
    real = found;
    key = { privateKey: createPrivateKey(real.privateKey), publicKeyPem: real.publicKey };
    net = await sharedNetwork();
    contractId = await acceptedContract(net);
    secretId = await new ContractClient(net.as(net.members[0]), contractId).putSecret("key", "swordfish");
    await net.pass(trustingContainer());
  });

  const hex = (at: number, length: number) => real.report.subarray(at, at + length).toString("hex");
  const trustingContainer = (contract = contractId) =>
    setPolicy(contract, "snp-caci", {
      "x-ms-sevsnpvm-hostdata": [hex(REPORT.hostData, 32)],
      "x-ms-sevsnpvm-is-debuggable": [false],
    });

  const evidence = (changes: Partial<ContainerEvidence> = {}): Evidence => {
    const { report, certificates, uvmEndorsement } = { ...real, ...changes };
    return snpCaciEvidence({
      attestation: report.toString("base64"),
      platformCertificates: Buffer.from(certificates).toString("base64"),
      uvmEndorsements: uvmEndorsement.toString("base64"),
    });
  };
  const ask = (changes: Partial<ContainerEvidence> = {}, contract = contractId) =>
    new CleanRoom(net.client, contract, key, evidence(changes)).secret(secretId);
  const refused = (asking: Promise<unknown>, detail: string) =>
    assertRefused(asking, 400, "VerifySnpAttestationFailed", detail);
  const released = async () => assert.equal((await ask()).value.toString(), "swordfish");

  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };
  const certificates = () => real.certificates.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n?/g) ?? [];

  it("come together: the very code in that container reads it", released);

  it("may be matched by everything that the hardware proves", async () => {
    const claims = {
      "x-ms-ver": ["3"],
      "x-ms-sevsnpvm-vmpl": [0],
      "x-ms-sevsnpvm-smt-allowed": [true],
      "x-ms-sevsnpvm-hostdata": [hex(REPORT.hostData, 32)],
      "x-ms-sevsnpvm-launchmeasurement": [hex(REPORT.measurement, 48)],
      "x-ms-sevsnpvm-guestsvn": [{ atLeast: 1 }],
      "uvm_endorsements-feed": ["ContainerPlat-AMD-UVM"],
      "uvm_endorsements-svn": [{ atLeast: 100 }],
    };
    await net.pass(setPolicy(contractId, "snp-caci", claims));
    await released();
    await net.pass(
      setPolicy(contractId, "snp-caci", { ...claims, "uvm_endorsements-svn": { atLeast: 10_000 } }),
    );
    await refused(ask(), "ClaimMismatch");
    await net.pass(trustingContainer());
    await released();
  });

  it("stay apart when a single bit of the report is flipped, wherever", async () => {
    for (const at of [REPORT.measurement, REPORT.hostData, REPORT.hostData + 31, REPORT.signature])
      await refused(ask({ report: flipped(real.report, at) }), "ReportSignatureInvalid");
    await refused(ask({ report: real.report.subarray(1) }), "EvidenceMalformed");
    await refused(ask({ report: Buffer.alloc(0) }), "EvidenceMalformed");
  });

  it("stay apart when the chip is not endorsed by AMD", async () => {
    const [vcek = "", intermediate = "", root = ""] = certificates();
    for (const [bundle, code] of [
      ["", "EndorsementsMissing"],
      [vcek + intermediate, "EndorsementsMissing"],
      [vcek + intermediate + net.workspace.serviceCertificatePem, "EndorsementsUntrusted"],
      [root + intermediate + vcek, "EndorsementsUntrusted"],
      [vcek + root + root, "EndorsementsBroken"],
    ] as const)
      await refused(ask({ certificates: bundle }), code);
  });

  it("stay apart when the utility VM is not endorsed (improvement 3)", async () => {
    const { uvmEndorsement } = real;
    for (const [bytes, code] of [
      [Buffer.alloc(0), "UvmEndorsementsMissing"],
      [Buffer.from("no COSE"), "UvmEndorsementsInvalid"],
      [uvmEndorsement.subarray(0, -1), "UvmEndorsementsInvalid"],
      [flipped(uvmEndorsement, uvmEndorsement.length - 1), "UvmEndorsementsInvalid"],
    ] as const)
      await refused(ask({ uvmEndorsement: bytes }), code);
  });

  it("do without that endorsement only where the members waive it (improvement 3)", async () => {
    const hostData = { "x-ms-sevsnpvm-hostdata": hex(REPORT.hostData, 32) };
    await net.pass(setPolicy(contractId, "snp-caci", { ...hostData, "allow-unendorsed": true }));
    assert.equal((await ask({ uvmEndorsement: Buffer.alloc(0) })).value.toString(), "swordfish");
    await net.pass(trustingContainer());
    await refused(ask({ uvmEndorsement: Buffer.alloc(0) }), "UvmEndorsementsMissing");
  });

  it("stay apart with another key than the attested one, though the evidence is genuine", async () => {
    const thief = new CleanRoom(net.client, contractId, makeCleanRoomKey(), evidence());
    await assertRefused(thief.secret(secretId), 400, "ReportDataMismatch");
  });

  it("stay apart under the policy of another contract, which says what it accepts instead", async () => {
    const other = await acceptedContract(net);
    await refused(ask({}, other), "NoPolicy");
    await net.pass(setPolicy(other, "snp-caci", { "x-ms-sevsnpvm-hostdata": ["00".repeat(32)] }));
    const refusal = await refused(ask({}, other), "ClaimMismatch");
    assert.deepEqual(
      refusal.details.map((detail) => ({ ...(detail as object), message: undefined })),
      [
        {
          code: "ClaimMismatch",
          claim: "x-ms-sevsnpvm-hostdata",
          presented: hex(REPORT.hostData, 32),
          accepted: ["00".repeat(32)],
          alternative: 0,
          message: undefined,
        },
      ],
    );
  });

  it("stay apart as soon as the members demand newer firmware than the machine reports (improvement 3)", async () => {
    // the report has the least significant byte first, governance the most significant
    const reported = Buffer.from(real.report.subarray(REPORT.tcb, REPORT.tcb + 8)).reverse();
    const minimum = (tcb: Buffer) => ({
      name: "set_snp_minimum_tcb_version_hex",
      args: { cpuid: MILAN, tcb_version: tcb.toString("hex") },
    });
    const newer = Buffer.from(reported);
    newer.writeUInt8(reported.readUInt8(0) + 1, 0);
    await net.pass(minimum(newer));
    const refusal = await refused(ask(), "TcbTooOld");
    assert.match(JSON.stringify(refusal.details), /microcode of at least/);
    await net.pass(minimum(reported));
    await released();
    await net.pass({ name: "remove_snp_minimum_tcb_version", args: { cpuid: MILAN } });
    await released();
  });

  it("stay apart when the firmware named beside the report is not the report's", async () => {
    const { platform, attestation } = evidence();
    const lying = { platform, attestation: { ...attestation, endorsed_tcb: "00".repeat(8) } };
    await refused(new CleanRoom(net.client, contractId, key, lying).secret(secretId), "TcbMismatch");
  });

  it("stay apart while a member has withdrawn its consent", async () => {
    const contract = new ContractClient(net.as(net.members[2] ?? net.members[0]), contractId);
    await contract.setExecution("disable");
    await assertRefused(ask(), 403, "ExecutionDisabled");
    await contract.setExecution("enable");
    await released();
  });
});
