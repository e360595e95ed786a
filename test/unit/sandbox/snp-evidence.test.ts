import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { verifyNodes } from "../../../sandbox/snp/evidence.js";
import { containerEvidence } from "../../support/evidence.js";
import { SnpPlatform } from "../../support/snp-platform.js";

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
/** A node's id, which its hardware attests. */
const idOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest("hex");

describe("the evidence of the nodes of a service", function () {
  this.timeout(10_000);
  const platform = new SnpPlatform();
  const trust = { at: new Date(), rootKey: () => platform.rootKey };
  const validity = { validFrom: new Date(Date.now() - 60_000), validityDays: 1 };
  const [serviceKey, nodeKey] = [newKey(), newKey()];
  const serviceCertificatePem = makeCertificate({
    subject: "service",
    publicKey: createPublicKey(serviceKey),
    issuer: serviceKey,
    authority: true,
    ...validity,
  });
  const hostData = "ab".repeat(32);

  /** What CCF tells of a node; `reported` is what its hardware attests instead of its id. */
  const quote = (key: KeyObject, { reported = idOf(key), change = (_: Buffer): void => undefined } = {}) => ({
    node_id: idOf(key),
    format: "AMD_SEV_SNP_v1",
    raw: platform
      .report((report) => {
        report.write(reported, 0x50, "hex");
        report.write("cd".repeat(48), 0x90, "hex");
        report.write(hostData, 0xc0, "hex");
        report.writeUInt8(1, 0x18a); // stepping
        change(report);
      })
      .toString("base64"),
    endorsements: platform.certificates.toString("base64"),
  });

  let quotes: object[];
  let server: Server;
  let node: { url: string; serviceCertificatePem: string };

  before(async () => {
    const cert = makeCertificate({
      subject: "node",
      publicKey: createPublicKey(nodeKey),
      issuer: { certificate: serviceCertificatePem, privateKey: serviceKey },
      alternativeNames: ["127.0.0.1"],
      ...validity,
    });
    server = createServer({ cert, key: pem(nodeKey) }, (_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ quotes }));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    node = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, serviceCertificatePem };
  });
  after(() => server.close());

  const refused = (code: string, message: RegExp, expected?: string) =>
    assert.rejects(verifyNodes(node, expected, trust), { name: "VerificationError", code, message });

  it("says of every node what members vote about: policy, measurement, processor, firmware", async () => {
    const other = newKey();
    quotes = [quote(nodeKey), quote(other)];
    const found = await verifyNodes(node, hostData, trust);
    const rest = {
      hostData,
      measurement: "cd".repeat(48),
      uvm: undefined,
      cpuid: "00a00f11",
      tcbVersion: "db18000000000004",
    };
    assert.deepEqual(found, [
      { nodeId: idOf(nodeKey), ...rest },
      { nodeId: idOf(other), ...rest },
    ]);
  });

  it("is refused of a node that no hardware protects", async () => {
    quotes = [quote(nodeKey), { ...quote(newKey()), format: "Insecure_Virtual" }];
    await refused("NotConfidential", /Insecure_Virtual/);
  });

  it("is refused of a node under another policy than the expected one, also if only one is", async () => {
    const change = (report: Buffer): void => void report.write("00", 0xc0, "hex");
    quotes = [quote(nodeKey), quote(newKey(), { change })];
    await refused("OtherPolicy", /00abab.*not abab/, hostData);
    assert.equal((await verifyNodes(node, undefined, trust)).length, 2);
  });

  it("is refused if it was changed, or is not signed by genuine hardware", async () => {
    const { raw, ...others } = quote(nodeKey);
    const changed = Buffer.from(raw, "base64");
    changed.writeUInt8(0, 0xc0);
    quotes = [{ ...others, raw: changed.toString("base64") }];
    await refused("InvalidEvidence", /did not sign/);
    quotes = [quote(nodeKey)];
    await assert.rejects(verifyNodes(node), { code: "InvalidEvidence", message: /root of trust/ });
  });

  it("is refused of a machine whose host can look into it", async () => {
    quotes = [quote(nodeKey, { change: (report) => void report.writeUInt8(0x08, 0x0a) })];
    await refused("InvalidEvidence", /debugging/);
  });

  it("is refused if it is the evidence of another node", async () => {
    quotes = [quote(nodeKey, { reported: idOf(newKey()) })];
    await refused("OtherKey", /another key than its own/);
  });

  it("is refused if it goes beyond the id, where a node attests nothing", async () => {
    quotes = [quote(nodeKey, { change: (report) => void report.writeUInt8(1, 0x8f) })];
    await refused("OtherKey", /another key than its own/);
  });

  it("is refused if whoever answers only passes on what genuine nodes attest", async () => {
    quotes = [quote(newKey())];
    await refused("OtherKey", /no hardware attests/);
    quotes = [];
    await refused("OtherKey", /no hardware attests/);
  });

  it("is not asked of a node of another service", async () => {
    quotes = [quote(nodeKey)];
    const key = newKey();
    const other = makeCertificate({
      subject: "other",
      publicKey: createPublicKey(key),
      issuer: key,
      authority: true,
      ...validity,
    });
    const asking = verifyNodes({ ...node, serviceCertificatePem: other }, hostData, trust);
    await assert.rejects(asking, { name: "ServiceError" });
  });

  it("includes who endorses the machine: real evidence holds, up to whose key it is of", async function () {
    const real = containerEvidence("signing");
    if (!real) this.skip();
    const { report, certificates, uvmEndorsement } = real;
    const evidence = (uvm: Buffer) => ({
      ...quote(nodeKey),
      raw: report.toString("base64"),
      endorsements: Buffer.from(certificates).toString("base64"),
      uvm_endorsements: uvm.toString("base64"),
    });
    quotes = [evidence(uvmEndorsement)];
    await assert.rejects(verifyNodes(node), { code: "OtherKey" });
    quotes = [evidence(uvmEndorsement.subarray(0, -1))];
    await assert.rejects(verifyNodes(node), { code: "InvalidEvidence" });
  });
});
