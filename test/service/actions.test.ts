import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { ACTIONS } from "../../constitution/actions/index.js";
import { builtFile } from "../../sandbox/project.js";
import { makeIdentity } from "../../sandbox/member.js";
import { activateMember, propose, type Action } from "../../sdk/governance.js";
import { memberIdOf } from "../../sdk/identity.js";
import type { Network } from "../../sandbox/network.js";
import { ownNetwork, type TestNetwork } from "./support/network.js";
import { jwkOf } from "../support/jwk.js";

/** Only a node that asks to join can be trusted, and a service needs the one that it has. */
const untried = ["transition_node_to_trusted", "remove_node"];

describe("every action, decided by votes on a running service", function () {
  this.timeout(60_000);
  let network: TestNetwork | undefined;
  let net: Network;
  const tried = new Set<string>();

  before(async () => {
    network = await ownNetwork();
    net = network.net;
  });
  after(async () => {
    await network?.end();
  });

  const accept = async (...actions: readonly Action[]): Promise<void> => {
    await net.pass(...actions);
    for (const { name } of actions) tried.add(name);
  };

  it("adds, changes and removes members and users", async () => {
    const [dora, user] = await Promise.all([makeIdentity("dora"), makeIdentity("user")]);
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const encryption_pub_key = publicKey.export({ type: "spki", format: "pem" }).toString();
    const [member_id, user_id] = [dora, user].map(({ certificatePem }) => memberIdOf(certificatePem));
    const member = {
      cert: dora.certificatePem,
      encryption_pub_key,
      member_data: { isRecoveryOperator: true },
    };
    await accept({ name: "set_member", args: member });
    await activateMember(net.client, dora);
    await accept({ name: "set_member_data", args: { member_id, member_data: { isOperator: true } } });
    await accept({ name: "remove_member", args: { member_id } });

    await accept({ name: "set_user", args: { cert: user.certificatePem, user_data: { a: 1 } } });
    await accept({ name: "set_user_data", args: { user_id, user_data: { a: 2 } } });
    await accept({ name: "remove_user", args: { user_id } });
  });

  it("invites, registers and removes users who call with tokens", async () => {
    const claims = { oid: ["user"], tid: "tenant" };
    const invitation = { invitationId: "invitation", accountType: "microsoft", claims };
    await accept({ name: "set_user_invitation_by_jwt_claims", args: { ...invitation, type: "add" } });
    const user = { id: "user", accountType: "microsoft", data: { tenantId: "tenant", identifier: null } };
    await accept({ name: "set_user_identity", args: { ...user, invitationId: "invitation" } });
    await accept({
      name: "remove_user_invitation_by_jwt_claims",
      args: { invitationId: "invitation" },
    });
    await accept({ name: "remove_user_identity", args: { id: "user" } });
  });

  it("accepts contracts and decides what they trust", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = publicKey.export({ type: "spki", format: "der" });
    const public_key = createPublicKey({ key: der, type: "spki", format: "der" }).export({
      type: "spki",
      format: "pem",
    });
    const key_id = createHash("sha256").update(der).digest("hex");
    await accept({
      name: "set_contract",
      args: { contractId: "actions-1", contract: { data: { text: "ü" } } },
    });
    await accept({
      name: "set_member_document",
      args: { documentId: "actions-1", document: { contractId: "actions-1", data: { text: "ü" } } },
    });
    const claims = { "virtual-measurement": ["m"] };
    await accept({
      name: "set_clean_room_policy",
      args: { contractId: "actions-1", type: "add", policyType: "virtual", claims },
    });
    await accept({ name: "set_virtual_attestation_key", args: { public_key } });
    await accept({ name: "remove_virtual_attestation_key", args: { key_id } });
    await accept({
      name: "set_cgs_runtime_options",
      args: { option: "autoapprove-jsapp-proposal", status: "disabled" },
    });
    await accept({
      name: "set_contract",
      args: { contractId: "actions-2", contract: { data: 1, expires: "2030-01-01T00:00:00Z" } },
    });
    for (const part of ["spec", "info"])
      await accept({
        name: `set_deployment_${part}`,
        args: { contractId: "actions-2", [part]: { data: { text: "ü" } } },
      });
    for (const what of ["enable", "disable"])
      for (const option of ["logging", "telemetry"])
        await accept({
          name: `set_contract_runtime_options_${what}_${option}`,
          args: { contractId: "actions-2" },
        });
    await accept({ name: "end_contract", args: { contractId: "actions-2" } });
    const [alice] = net.members;
    const again = { name: "set_contract", args: { contractId: "actions-1", contract: { data: 1 } } };
    assert.equal((await propose(net.client, alice, [again])).proposalState, "Rejected");
  });

  it("decides whose tokens are accepted", async () => {
    const { certificatePem: cert_bundle } = await makeIdentity("root");
    const issuer = "https://issuer.example";
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwks = { keys: [{ ...jwkOf(publicKey), kid: "one", issuer }] };
    await accept(
      { name: "set_ca_cert_bundle", args: { name: "roots", cert_bundle } },
      { name: "set_jwt_issuer", args: { issuer, auto_refresh: true, ca_cert_bundle_name: "roots", jwks } },
    );
    await accept({ name: "set_jwt_public_signing_keys", args: { issuer, jwks } });
    await accept({ name: "set_jwt_audience", args: { audience: "api://consortium" } });
    await accept({ name: "remove_jwt_audience" });
    await accept({ name: "cleanup_legacy_jwt_records", args: { ensure_new_records_exist: true } });
    await accept(
      { name: "remove_jwt_issuer", args: { issuer } },
      { name: "remove_ca_cert_bundle", args: { name: "roots" } },
    );
  });

  it("decides which tokens and signatures the service gives to attested code", async () => {
    const args = { kid: "k" };
    await accept({ name: "enable_oidc_issuer", args }, { name: "enable_signing", args });
    await accept(
      { name: "oidc_issuer_enable_rotate_signing_key" },
      { name: "signing_enable_rotate_signing_key" },
      { name: "set_signing_mode", args: { mode: "raw" } },
    );
    const issuer = { issuer_url: "https://issuer.example/c" };
    await accept({ name: "set_oidc_issuer_url", args: issuer }, { name: "add_token_issuer", args: issuer });
    await accept({ name: "remove_token_issuer", args: issuer });
    const subject = { contractId: "actions-1", subject: "payroll" };
    await accept({ name: "grant_token_subject", args: subject });
    await accept({ name: "revoke_token_subject", args: subject });
  });

  it("decides what the certificate authority of a contract does", async () => {
    const contractId = "actions-1";
    await accept({ name: "enable_ca", args: { contractId } });
    await accept({ name: "ca_enable_rotate_signing_key", args: { contractId } });
    await accept({ name: "set_ca_policy", args: { contractId, allowedDnsNames: ["*.cleanroom.local"] } });
    await accept({ name: "remove_ca_policy", args: { contractId } });
  });

  it("decides which code may join", async () => {
    const host_data = createHash("sha256").update("policy").digest("hex");
    const measurement = "0".repeat(96);
    const did = "did:x509:0:sha256:abc::subject:CN:x";
    const tcb_version = { boot_loader: 4, tee: 0, snp: 23, microcode: 84 };
    const cpuid = "00a00f11";
    const pairs: readonly (readonly [suffix: string, add: object, remove: object])[] = [
      ["node_code", { code_id: host_data }, { code_id: host_data }],
      ["snp_measurement", { measurement }, { measurement }],
      ["snp_host_data", { host_data, security_policy: "policy" }, { host_data }],
      ["snp_uvm_endorsement", { did, feed: "f", svn: "1" }, { did, feed: "f" }],
      ["virtual_measurement", { measurement: "m" }, { measurement: "m" }],
      ["virtual_host_data", { host_data }, { host_data }],
    ];
    for (const [suffix, add, remove] of pairs) {
      await accept({ name: `add_${suffix}`, args: { ...add } });
      await accept({ name: `remove_${suffix}`, args: { ...remove } });
    }
    await accept({ name: "set_snp_minimum_tcb_version", args: { cpuid, tcb_version } });
    await accept({
      name: "set_snp_minimum_tcb_version_hex",
      args: { cpuid, tcb_version: "5417000000000004" },
    });
    await accept({ name: "remove_snp_minimum_tcb_version", args: { cpuid } });
  });

  it("operates the service and its nodes", async () => {
    const valid_from = new Date().toISOString().replace("T", " ").slice(0, 19);
    const { nodes } = (await net.client.get("/node/network/nodes")).json() as {
      nodes: { node_id: string }[];
    };
    const node_id = nodes[0]?.node_id;
    await accept({
      name: "assert_service_identity",
      args: { service_identity: net.workspace.serviceCertificatePem },
    });
    await accept({
      name: "transition_service_to_open",
      args: { next_service_identity: net.workspace.serviceCertificatePem, previous_service_identity: null },
    });
    await accept({ name: "set_recovery_threshold", args: { recovery_threshold: 2 } });
    await accept({ name: "set_service_configuration", args: { recent_cose_proposals_window_size: 100 } });
    for (const name of ["trigger_recovery_shares_refresh", "trigger_ledger_rekey"]) await accept({ name });
    for (const name of ["trigger_ledger_chunk", "trigger_snapshot"]) await accept({ name, args: {} });
    await accept({ name: "set_node_data", args: { node_id, node_data: { zone: "a" } } });
    await accept({
      name: "set_node_certificate_validity",
      args: { node_id, valid_from, validity_period_days: 10 },
    });
    await accept({ name: "set_all_nodes_certificate_validity", args: { valid_from } });
    await accept({
      name: "set_service_certificate_validity",
      args: { valid_from, validity_period_days: 20 },
    });
  });

  it("deploys and removes the application and the constitution", async () => {
    const bundle: unknown = JSON.parse(readFileSync(builtFile("bundle.json"), "utf8"));
    const constitution = readFileSync(builtFile("constitution.js"), "utf8");
    const limits = { max_heap_bytes: 104_857_600, max_stack_bytes: 1_048_576, max_execution_time_ms: 1000 };
    await accept({ name: "set_constitution", args: { constitution } });
    await accept({ name: "set_js_runtime_options", args: limits });
    await accept({ name: "set_js_app", args: { bundle, disable_bytecode_cache: true } });
    await accept({ name: "refresh_js_app_bytecode_cache" });
    await accept({ name: "remove_js_app" });
  });

  it("leaves out none but those that would take another node", () => {
    assert.deepEqual([...tried, ...untried].sort(), Object.keys(ACTIONS).sort());
  });
});
