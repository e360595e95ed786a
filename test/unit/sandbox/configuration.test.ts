import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Interfaces,
  nodeConfiguration,
  nodeFiles,
  prepareNode,
} from "../../../sandbox/ccf/configuration.js";
import type { Beginning } from "../../../sandbox/engine.js";
import { makeMember, type Member, readMember } from "../../../sandbox/member.js";

const CCF = process.env.CCF_BIN ?? "/opt/ccf/bin/js_generic";

const interfaces: Interfaces = {
  clients: { bind: "0.0.0.0:8080", published: "service.example.com:443" },
  operators: { bind: "0.0.0.0:8081", published: "10.0.0.7:8081" },
  nodes: { bind: "0.0.0.0:8082", published: "10.0.0.7:8082" },
};
const certificate = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

describe("the configuration of a CCF node", function () {
  this.timeout(10_000);
  let folder: string;
  let alice: Member;

  before(async () => {
    const root = mkdtempSync(join(tmpdir(), "consortium-member-"));
    await makeMember(root, "alice");
    alice = readMember(root, "alice");
  });

  after(() => rmSync(alice.folder, { recursive: true, force: true }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "consortium-node-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const beginnings = (): Record<"start" | "join" | "recover", Beginning> => ({
    start: { type: "Start", members: [alice], recoveryThreshold: 1, constitution: "export const x = 1;" },
    join: {
      type: "Join",
      serviceCertificatePem: certificate,
      target: { joinAddress: "10.0.0.4:8081" } as Extract<Beginning, { type: "Join" }>["target"],
    },
    recover: { type: "Recover", previousServiceCertificatePem: certificate },
  });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");

  for (const name of ["start", "join", "recover"] as const)
    it(`to ${name} is accepted by the node itself`, function () {
      if (!existsSync(CCF)) {
        console.warn(
          `skipped: there is no CCF node at ${CCF} to check it; install CCF 7, or name its js_generic in CCF_BIN`,
        );
        this.skip();
      }
      prepareNode(folder, beginnings()[name], interfaces, "10.0.0.4:8081");
      execFileSync(CCF, ["--config", nodeFiles.configuration, "--check"], { cwd: folder, stdio: "pipe" });
    });

  it("holds no private key, neither itself nor what is written beside it", () => {
    prepareNode(folder, beginnings().start, interfaces);
    const written = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
    assert.ok(written.includes("members/alice_cert.pem"));
    for (const name of written) assert.doesNotMatch(read(name), /PRIVATE KEY/, name);
  });

  it("says where others reach the node, and names each of these places in its certificate", () => {
    const { network, node_certificate } = nodeConfiguration({ type: "Recover" }, interfaces) as {
      network: { rpc_interfaces: Record<string, object> };
      node_certificate: { subject_alt_names: string[] };
    };
    assert.deepEqual(node_certificate.subject_alt_names, [
      "dNSName:service.example.com",
      "iPAddress:10.0.0.7",
    ]);
    assert.deepEqual(network.rpc_interfaces.primary, {
      bind_address: "0.0.0.0:8080",
      published_address: "service.example.com:443",
    });
  });

  it("gives snapshots to nodes only, at an interface that is not the clients'", () => {
    const { network } = nodeConfiguration({ type: "Recover" }, interfaces) as {
      network: { rpc_interfaces: Record<string, { enabled_operator_features?: string[] }> };
    };
    assert.deepEqual(network.rpc_interfaces.operators?.enabled_operator_features, ["SnapshotRead"]);
    assert.equal(network.rpc_interfaces.primary?.enabled_operator_features, undefined);
  });

  it("names where a platform keeps its evidence, on confidential hardware", () => {
    const attestation = {
      snp_security_policy_file: "$UVM_SECURITY_CONTEXT_DIR/security-policy-base64",
      snp_uvm_endorsements_file: "$UVM_SECURITY_CONTEXT_DIR/reference-info-base64",
    };
    const configuration = nodeConfiguration({ type: "Recover" }, interfaces, attestation);
    assert.deepEqual((configuration as { attestation: unknown }).attestation, attestation);
  });
});
