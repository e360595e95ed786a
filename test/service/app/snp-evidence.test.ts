import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import type { Network } from "../../../sandbox/network.js";
import { type CleanRoomKey, makeCleanRoomKey, snpCaciEvidence } from "../../../sdk/attested.js";
import { CleanRoom } from "../../../sdk/clean-room.js";
import type { ContractClient } from "../../../sdk/contract.js";
import { ServiceError } from "../../../sdk/errors.js";
import { containerEvidence, type ContainerEvidence } from "../../support/evidence.js";
import { sharedNetwork } from "../support/network.js";
import { acceptedContract, trust } from "./parties.js";

describe("a secret and real SEV-SNP evidence", function () {
  this.timeout(60_000);
  let net: Network;
  let contract: ContractClient;
  let real: ContainerEvidence;
  let realKey: CleanRoomKey;
  let secretId: string;

  before(async function () {
    const found = containerEvidence("encryption");
    if (found === undefined) return this.skip();
    real = found;
    realKey = { privateKey: createPrivateKey(real.privateKey), publicKeyPem: real.publicKey };
    net = await sharedNetwork();
    contract = await acceptedContract(net);
    await trust(net, contract, "snp-caci", { "x-ms-sevsnpvm-hostdata": [hostDataOf(real)] });
    secretId = await contract.putSecret("key", "swordfish");
  });

  const hostDataOf = ({ report }: ContainerEvidence): string => report.subarray(0xc0, 0xe0).toString("hex");

  const ask = (changes: Partial<ContainerEvidence> = {}, key = realKey, contractId = contract.id) => {
    const { report, certificates, uvmEndorsement } = { ...real, ...changes };
    const evidence = snpCaciEvidence({
      attestation: report.toString("base64"),
      platformCertificates: Buffer.from(certificates).toString("base64"),
      uvmEndorsements: uvmEndorsement.toString("base64"),
    });
    return new CleanRoom(net.client, contractId, key, evidence).secret(secretId);
  };
  const refused = (asking: Promise<unknown>, code: string, detail?: string) =>
    assert.rejects(asking, (error) => {
      assert.ok(error instanceof ServiceError, String(error));
      const [first] = error.details as { code?: string }[];
      assert.deepEqual([error.code, first?.code], [code, detail]);
      return true;
    });
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };

  it("come together: the code on that machine, and nobody else, reads it", async () => {
    assert.equal((await ask()).value.toString(), "swordfish");
  });

  it("do not when a bit of the report is flipped", () =>
    refused(
      ask({ report: flipped(real.report, 0x90) }),
      "VerifySnpAttestationFailed",
      "ReportSignatureInvalid",
    ));

  it("do not when endorsements are missing or somebody else's", async () => {
    await refused(ask({ certificates: "" }), "VerifySnpAttestationFailed", "EndorsementsMissing");
    await refused(
      ask({ uvmEndorsement: Buffer.alloc(0) }),
      "VerifySnpAttestationFailed",
      "UvmEndorsementsMissing",
    );
    const broken = flipped(real.uvmEndorsement, real.uvmEndorsement.length - 1);
    await refused(ask({ uvmEndorsement: broken }), "VerifySnpAttestationFailed", "UvmEndorsementsInvalid");
  });

  it("do not with another key than the attested one", () =>
    refused(ask({}, makeCleanRoomKey()), "ReportDataMismatch"));

  it("do not under another contract's policy", async () => {
    const other = await acceptedContract(net);
    await refused(ask({}, realKey, other.id), "VerifySnpAttestationFailed", "NoPolicy");
    await trust(net, other, "snp-caci", { "x-ms-sevsnpvm-hostdata": ["00".repeat(32)] });
    await refused(ask({}, realKey, other.id), "VerifySnpAttestationFailed", "ClaimMismatch");
  });

  it("do not once the members demand newer firmware of that processor", async () => {
    const cpuid = "00a00f11"; // Milan
    const tcb_version = { boot_loader: 4, tee: 0, snp: 24, microcode: 220 };
    await net.pass({ name: "set_snp_minimum_tcb_version", args: { cpuid, tcb_version } });
    await refused(ask(), "VerifySnpAttestationFailed", "TcbTooOld");
    await net.pass({ name: "remove_snp_minimum_tcb_version", args: { cpuid } });
    assert.equal((await ask()).value.toString(), "swordfish");
  });

  it("do not while a member has withdrawn its consent", async () => {
    await contract.setExecution("disable");
    await refused(ask(), "ExecutionDisabled");
    await contract.setExecution("enable");
    assert.equal((await ask()).value.toString(), "swordfish");
  });
});
