import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ACTIONS } from "../../../constitution/actions/index.js";
import { Consortium, alice, certificate, idOf } from "./consortium.js";

/** What operating a CCF service and a consortium takes. */
const names = `
  set_constitution set_member remove_member set_member_data set_user remove_user set_user_data set_recovery_threshold
  trigger_recovery_shares_refresh trigger_ledger_rekey transition_service_to_open set_js_app remove_js_app
  set_js_runtime_options refresh_js_app_bytecode_cache set_ca_cert_bundle remove_ca_cert_bundle set_jwt_issuer
  set_jwt_public_signing_keys remove_jwt_issuer add_node_code remove_node_code add_snp_measurement remove_snp_measurement
  add_snp_host_data remove_snp_host_data add_snp_uvm_endorsement remove_snp_uvm_endorsement set_snp_minimum_tcb_version
  set_snp_minimum_tcb_version_hex remove_snp_minimum_tcb_version set_node_data transition_node_to_trusted remove_node
  set_node_certificate_validity set_all_nodes_certificate_validity set_service_certificate_validity
  set_service_configuration trigger_ledger_chunk trigger_snapshot assert_service_identity add_virtual_measurement
  remove_virtual_measurement add_virtual_host_data remove_virtual_host_data cleanup_legacy_jwt_records set_contract
  end_contract set_deployment_spec set_deployment_info set_contract_runtime_options_enable_logging
  set_contract_runtime_options_disable_logging set_contract_runtime_options_enable_telemetry
  set_contract_runtime_options_disable_telemetry
  set_clean_room_policy set_cgs_runtime_options set_virtual_attestation_key remove_virtual_attestation_key
  set_user_identity remove_user_identity set_user_invitation_by_jwt_claims remove_user_invitation_by_jwt_claims
  set_jwt_audience remove_jwt_audience set_member_document
  enable_ca ca_enable_rotate_signing_key set_ca_policy remove_ca_policy
  enable_oidc_issuer oidc_issuer_enable_rotate_signing_key set_oidc_issuer_url add_token_issuer remove_token_issuer
  grant_token_subject revoke_token_subject enable_signing signing_enable_rotate_signing_key set_signing_mode`;

describe("the text of a proposal", () => {
  const invalid: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
    ["nothing", "", /not JSON/],
    ["what is not JSON", "{actions: []}", /not JSON/],
    ["a list", "[]", /the proposal must be object/],
    ["null", "null", /the proposal must be object/],
    ["no actions", "{}", /the proposal must have "actions"/],
    ["an empty list of actions (improvement 9)", '{"actions":[]}', /"actions" must have at least 1 items/],
    ["actions that are no list", '{"actions":{"length":1}}', /"actions" must be array/],
    ["an action that is no object", '{"actions":["trigger_snapshot"]}', /"actions.0" must be object/],
    ["an action without a name", '{"actions":[{"args":{}}]}', /"actions.0" must have "name"/],
    [
      "arguments that are no object",
      '{"actions":[{"name":"x","args":[]}]}',
      /"actions.0.args" must be object/,
    ],
    ["other fields of an action", '{"actions":[{"name":"x","then":1}]}', /must not have "then"/],
    ["other fields", '{"actions":[{"name":"x"}],"why":"because"}', /must not have "why"/],
  ];
  for (const [what, text, reason] of invalid)
    it(`is refused with ${what}`, () => assert.match(new Consortium().problemOf(text), reason));

  it("is refused with more than 256 actions", () => {
    const actions = Array.from({ length: 257 }, () => ({ name: "trigger_snapshot" }));
    assert.match(new Consortium().problem(...actions), /"actions" must have at most 256 items/);
  });

  it("is refused with an action that does not exist", () => {
    for (const name of ["set_everything", "constructor", "__proto__", "toString"])
      assert.equal(new Consortium().problem({ name }), `action 0 (${name}): there is no action "${name}"`);
  });

  it("is refused with the same action twice, which can only be a mistake", () => {
    const remove = { name: "remove_user", args: { user_id: alice } };
    const consortium = new Consortium();
    consortium.ccf.putText("public:ccf.gov.users.certs", alice, "x");
    assert.equal(consortium.problem(remove), "");
    assert.equal(consortium.problem(remove, remove), "action 1 (remove_user): it repeats action 0");
  });

  it("is told everything that is wrong with it, each with the action's place and name", () => {
    assert.equal(
      new Consortium().problem(
        { name: "remove_user", args: { user_id: 5 } },
        { name: "trigger_snapshot" },
        { name: "dance" },
      ),
      'action 0 (remove_user): "user_id" must be string; action 2 (dance): there is no action "dance"',
    );
  });
});

describe("arguments", () => {
  it("may be absent, null or empty where an action takes none", () => {
    const consortium = new Consortium();
    for (const args of [undefined, null, {}])
      assert.equal(consortium.problem({ name: "trigger_ledger_rekey", args }), "");
  });

  it("that are null count as absent, as tools send them", () => {
    const cert = certificate("somebody");
    const consortium = new Consortium();
    consortium.accept({ name: "set_member", args: { cert, encryption_pub_key: null, member_data: null } });
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.members.info", idOf(cert)), {
      status: "Accepted",
    });
    assert.match(consortium.problem({ name: "set_user", args: { cert: null } }), /"args" must have "cert"/);
  });

  it("that nobody reads are refused by their name", () => {
    const consortium = new Consortium();
    for (const name of Object.keys(ACTIONS))
      assert.match(consortium.problem({ name, args: { surprise: 1 } }), /must (not )?have "/, name);
    assert.match(
      consortium.problem({ name: "trigger_snapshot", args: { surprise: 1 } }),
      /must not have "surprise", which nobody reads/,
    );
  });
});

describe("the list of actions", () => {
  it("has everything that operating a service takes", () => {
    assert.deepEqual(Object.keys(ACTIONS).sort(), names.trim().split(/\s+/).sort());
  });
});

describe("apply()", () => {
  it("checks again, since the service may have changed during the vote", () => {
    const consortium = new Consortium();
    consortium.ccf.putText("public:ccf.gov.users.certs", alice, "x");
    const remove = { name: "remove_user", args: { user_id: alice } };
    const [first, second] = [consortium.open(alice, remove), consortium.open(alice, remove)];
    consortium.decide(first);
    assert.throws(() => consortium.decide(second), {
      message: `action 0 (remove_user): there is no user ${alice}`,
    });
  });
});

describe("docs/governance.md", () => {
  it("explains every action", () => {
    const text = readFileSync(new URL("../../../docs/governance.md", import.meta.url), "utf8");
    for (const name of Object.keys(ACTIONS)) assert.ok(text.includes(`\`${name}\``), name);
  });
});
