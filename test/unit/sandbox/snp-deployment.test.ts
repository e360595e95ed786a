import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeMember, type Member, readMember } from "../../../sandbox/member.js";
import { encodeEntry } from "../../../sandbox/embedded/ledger/entry.js";
import { LedgerFiles } from "../../../sandbox/embedded/ledger/files.js";
import { makeLedgerSecret } from "../../../sandbox/embedded/ledger/secrets.js";
import {
  type AzureBeginning,
  makeDeployment,
  prepareAzureNode,
  type Settings,
} from "../../../sandbox/snp/deployment.js";
import { deploymentTemplate } from "../../../sandbox/snp/template.js";

const CCF = process.env.CCF_BIN ?? "/opt/ccf/bin/js_generic";

const settings: Settings = {
  location: "westeurope",
  image: `registry.example.com/ccf@sha256:${"a".repeat(64)}`,
  storageAccountName: "ledgerfiles",
  subnetId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/nodes",
  privateDnsZone: "ledger.internal",
};
const { subnetId: _, privateDnsZone: __, ...publicSettings } = settings;
const policy = Buffer.from("package policy\n").toString("base64");
const certificate = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

interface Configuration {
  network: {
    node_to_node_interface: Addresses;
    rpc_interfaces: { primary: Addresses; operators: Addresses };
  };
  command: { type: string; join?: { target_rpc_address: string } };
  attestation: Record<string, unknown>;
}
interface Addresses {
  bind_address: string;
  published_address: string;
}

describe("a deployment of confidential nodes", function () {
  this.timeout(10_000);
  let root: string;
  let alice: Member;
  let deployment: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "consortium-snp-"));
    await makeMember(join(root, "alice"), "alice");
    alice = readMember(join(root, "alice"), "alice");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  beforeEach(() => {
    deployment = mkdtempSync(join(root, "azure-"));
    makeDeployment(deployment, settings);
    writeFileSync(join(deployment, "policy.base64"), `${policy}\n\n`);
  });

  /** A node's folder that holds a ledger of some transactions. */
  async function nodeWithLedger(transactions: number): Promise<string> {
    const folder = mkdtempSync(join(root, "node-"));
    const ledger = LedgerFiles.create(join(folder, "ledger"));
    const secret = makeLedgerSecret();
    for (let seqno = 1; seqno <= transactions; seqno += 1) {
      const digest = Buffer.alloc(32);
      const digests = { claimsDigest: digest, commitEvidenceDigest: digest };
      ledger.append(
        seqno,
        encodeEntry({ id: { view: 2, seqno }, flags: 0, ...digests, writeSet: [] }, secret),
      );
    }
    ledger.finishChunk();
    await ledger.sync();
    ledger.close();
    return folder;
  }

  const start = (): AzureBeginning => ({
    type: "Start",
    members: [alice],
    recoveryThreshold: 1,
    constitution: "export const x = 1;",
  });
  const join_ = (): AzureBeginning => ({
    type: "Join",
    targetAddress: "node0.ledger.internal:8081",
    serviceCertificatePem: certificate,
  });
  const recover = async (): Promise<AzureBeginning> => ({
    type: "Recover",
    previousServiceCertificatePem: certificate,
    nodeFolders: [await nodeWithLedger(2), await nodeWithLedger(3)],
  });
  const beginnings: readonly (readonly [string, () => AzureBeginning | Promise<AzureBeginning>])[] = [
    ["Start", start],
    ["Join", join_],
    ["Recover", recover],
  ];

  const parametersOf = (file: string) =>
    Object.entries(
      (JSON.parse(readFileSync(file, "utf8")) as { parameters: Record<string, { value: string }> })
        .parameters,
    ).map(([name, { value }]) => [name, value] as const);
  const configurationIn = (file: string) => {
    const [, encoded = ""] = parametersOf(file).find(([name]) => name === "nodeConfiguration") ?? [];
    return Buffer.from(encoded, "base64").toString("utf8");
  };
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort();

  for (const [type, beginning] of beginnings) {
    it(`has a configuration to ${type} that the node itself accepts`, async function () {
      if (!existsSync(CCF)) {
        console.warn(
          `skipped: there is no CCF node at ${CCF} to check it; install CCF 7, or name its js_generic in CCF_BIN`,
        );
        this.skip();
      }
      const { share, parametersFile } = prepareAzureNode(deployment, "node0", await beginning());
      const configuration = join(deployment, "node_config.json");
      writeFileSync(configuration, configurationIn(parametersFile));
      execFileSync(CCF, ["--config", configuration, "--check"], { cwd: share, stdio: "pipe" });
    });

    it(`tells a node that is to ${type} where its platform keeps its evidence`, async () => {
      const { parametersFile } = prepareAzureNode(deployment, "node0", await beginning());
      const { command, attestation } = JSON.parse(configurationIn(parametersFile)) as Configuration;
      assert.equal(command.type, type);
      for (const [file, name] of [
        ["snp_security_policy_file", "security-policy-base64"],
        ["snp_uvm_endorsements_file", "reference-info-base64"],
        ["snp_endorsements_file", "host-amd-cert-base64"],
      ] as const)
        assert.equal(attestation[file], `$UVM_SECURITY_CONTEXT_DIR/${name}`);
      assert.deepEqual((attestation.snp_endorsements_servers as object[])[0], {
        type: "THIM",
        url: "$Fabric_NodeIPOrFQDN:2377",
      });
    });

    it(`gives every parameter that the template demands, and no other, to ${type}`, async () => {
      const { parametersFile } = prepareAzureNode(deployment, "node0", await beginning());
      const { parameters } = deploymentTemplate("private") as {
        parameters: Record<string, { defaultValue?: unknown }>;
      };
      const demanded = Object.keys(parameters).filter((name) => parameters[name]?.defaultValue === undefined);
      assert.deepEqual(
        parametersOf(parametersFile)
          .map(([name]) => name)
          .sort(),
        demanded.sort(),
      );
    });
  }

  it("has nodes that are known by name in their private network", () => {
    const { url, joinAddress, parametersFile } = prepareAzureNode(deployment, "node1", join_());
    const { network, command } = JSON.parse(configurationIn(parametersFile)) as Configuration;
    assert.equal(url, "https://node1.ledger.internal:8080");
    assert.equal(joinAddress, "node1.ledger.internal:8081");
    assert.deepEqual(network.node_to_node_interface, {
      bind_address: "0.0.0.0:8082",
      published_address: "node1.ledger.internal:8082",
    });
    assert.equal(command.join?.target_rpc_address, "node0.ledger.internal:8081");
  });

  it("has nodes that clients reach otherwise than nodes do, if they are told so", () => {
    const { url, joinAddress } = prepareAzureNode(deployment, "node1", join_(), "ledger.example.com:443");
    assert.deepEqual([url, joinAddress], ["https://ledger.example.com:443", "node1.ledger.internal:8081"]);
  });

  it("has nodes with Azure's names where it is public", () => {
    const open = join(deployment, "open");
    makeDeployment(open, publicSettings);
    writeFileSync(join(open, "policy.base64"), policy);
    assert.equal(
      prepareAzureNode(open, "ledger-node0", start()).url,
      "https://ledger-node0.westeurope.azurecontainer.io:8080",
    );
  });

  it("puts on a node's share what it reads, and no private key", async () => {
    const shares = [];
    for (const [type, beginning] of beginnings) {
      const { share } = prepareAzureNode(deployment, `node-${type.toLowerCase()}`, await beginning());
      shares.push(files(share));
      for (const file of files(join(share, "..")))
        assert.doesNotMatch(readFileSync(join(share, "..", file), "latin1"), /PRIVATE KEY/, file);
    }
    assert.deepEqual(shares, [
      ["constitution.js", "members/alice_cert.pem", "members/alice_recovery_key.pem"],
      ["service_cert.pem"],
      ["ledger/ledger_1-3.committed", "previous_service_cert.pem"],
    ]);
  });

  it("gives every node the same policy, for which the members vote once", () => {
    const policies = ["node1", "node2"].map((name) => {
      const { parametersFile } = prepareAzureNode(deployment, name, join_());
      return parametersOf(parametersFile).find(([parameter]) => parameter === "ccePolicy")?.[1];
    });
    assert.deepEqual(policies, [policy, policy]);
  });

  describe("is refused", () => {
    const refused = (code: string, message: RegExp, run: () => unknown) =>
      assert.throws(run, (error: Error & { code?: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });

    for (const [what, change, message] of [
      ["with an image by tag, which could be moved", { image: "registry.example.com/ccf:7" }, /image/],
      ["with a region as people write it", { location: "West Europe" }, /location/],
      ["with a subnet and no DNS zone", { privateDnsZone: undefined }, /privateDnsZone/],
      ["with a DNS zone and no subnet", { subnetId: undefined }, /subnetId/],
    ] as const)
      it(what, () => {
        const changed = Object.fromEntries(
          Object.entries({ ...settings, ...change }).filter(([, value]) => value !== undefined),
        ) as Settings;
        const folder = join(deployment, "new");
        refused("InvalidSettings", message, () => makeDeployment(folder, changed));
        assert.ok(!existsSync(folder));
      });

    it("where there is one already, which stays as it is", () => {
      const before = readFileSync(join(deployment, "parameters.json"), "utf8");
      refused("FileExists", /is not overwritten/, () =>
        makeDeployment(deployment, { ...settings, location: "northeurope" }),
      );
      assert.equal(readFileSync(join(deployment, "parameters.json"), "utf8"), before);
    });

    it("a node without a policy, and is told how to make one", () => {
      rmSync(join(deployment, "policy.base64"));
      refused("NoPolicy", /az confcom acipolicygen/, () => prepareAzureNode(deployment, "node0", start()));
      assert.ok(!existsSync(join(deployment, "node0")));
    });

    it("a node under a name that was used", () => {
      prepareAzureNode(deployment, "node0", start());
      refused("NodeExists", /another name/, () => prepareAzureNode(deployment, "node0", join_()));
    });

    for (const name of ["Node0", "n", "node_0", "a--b", "0node", "node-", "../node", "a".repeat(64)])
      it(`a node with the name "${name.slice(0, 10)}"`, () =>
        refused("InvalidName", /no name for a node/, () => prepareAzureNode(deployment, name, start())));

    it("a node outside of a deployment", () => {
      refused("NotADeployment", /snp -- template/, () => prepareAzureNode(root, "node0", start()));
    });

    it("a node of a deployment whose parameters were spoilt", () => {
      writeFileSync(join(deployment, "parameters.json"), '{"parameters": {"location": {"value": "a b"}}}');
      refused("InvalidSettings", /./, () => prepareAzureNode(deployment, "node0", start()));
      writeFileSync(join(deployment, "parameters.json"), "not JSON");
      refused("NotADeployment", /parameters/, () => prepareAzureNode(deployment, "node0", start()));
    });

    it("a recovery without a ledger, or from one that is damaged, and nothing of the node is left", async () => {
      const recovering = (folder: string): AzureBeginning => ({
        type: "Recover",
        previousServiceCertificatePem: certificate,
        nodeFolders: [folder],
      });
      const empty = mkdtempSync(join(root, "node-"));
      mkdirSync(join(empty, "ledger"));
      refused("NoLedger", /ledger/, () => prepareAzureNode(deployment, "node0", recovering(empty)));
      const damaged = await nodeWithLedger(3);
      const file = join(damaged, "ledger", "ledger_1-3.committed");
      writeFileSync(file, readFileSync(file).subarray(0, -1));
      refused("LedgerDamaged", /ledger_1-3/, () =>
        prepareAzureNode(deployment, "node0", recovering(damaged)),
      );
      assert.ok(!existsSync(join(deployment, "node0")));
    });
  });
});
