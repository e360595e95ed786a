import assert from "node:assert/strict";
import { ACTIONS } from "../../../constitution/actions/index.js";
import {
  Consortium,
  type ProposedAction,
  alice,
  bob,
  carol,
  certificate,
  idOf,
  olga,
  operatorData,
  publicKey,
} from "./consortium.js";

const cert = certificate("dora");
const all = { [alice]: true, [bob]: true, [carol]: true };
const setMember = (args: object = {}) => ({ name: "set_member", args: { cert, ...args } });
const removeMember = (member_id: string) => ({ name: "remove_member", args: { member_id } });
const setContract = (contractId: string) => ({
  name: "set_contract",
  args: { contractId, contract: { data: "text" } },
});

describe("resolve()", () => {
  it("waits for all voters, and no longer than acceptance is possible (improvement 14)", () => {
    const consortium = new Consortium();
    const proposal = consortium.open(alice, { name: "remove_js_app" });
    assert.equal(consortium.outcome(proposal), "Open");
    assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
    assert.equal(consortium.outcome(proposal, all), "Accepted");
    assert.equal(consortium.outcome(proposal, { ...all, [carol]: false }), "Rejected");
  });

  it("lets an operator decide what operating takes, and only that", () => {
    new Consortium();
    const members = [{ id: olga, status: "Active" as const, data: operatorData }];
    const given = { members, earlier: () => [], elsewhere: () => [] };
    const args = {
      ...{ member_data: operatorData, recovery_threshold: 254, member_id: olga },
      ...{ cpuid: "00a00f11", tcb_version: "5417000000000004" },
    };
    const alone = Object.keys(ACTIONS).filter((name) => ACTIONS[name]?.decision?.operator?.(args, given));
    assert.deepEqual(alone.sort(), [
      "add_snp_uvm_endorsement",
      "remove_ca_cert_bundle",
      "remove_jwt_issuer",
      "remove_member",
      "remove_node",
      "remove_snp_uvm_endorsement",
      "set_ca_cert_bundle",
      "set_member",
      "set_node_certificate_validity",
      "set_node_data",
      "set_recovery_threshold",
      "set_service_certificate_validity",
      "set_snp_minimum_tcb_version_hex",
      "transition_node_to_trusted",
      "transition_service_to_open",
      "trigger_ledger_chunk",
      "trigger_snapshot",
    ]);
  });

  it("lets every member veto contracts, what is decided about them, and attestation keys", () => {
    const vetoable = Object.keys(ACTIONS).filter((name) => ACTIONS[name]?.decision?.veto);
    assert.deepEqual(vetoable, [
      "set_virtual_attestation_key",
      "set_contract",
      "end_contract",
      "set_clean_room_policy",
      "set_deployment_spec",
      "set_deployment_info",
      "set_member_document",
      "set_contract_runtime_options_enable_logging",
      "set_contract_runtime_options_enable_telemetry",
    ]);
    const consortium = new Consortium();
    assert.equal(
      consortium.outcome(consortium.open(alice, setContract("c1")), { ...all, [olga]: false }),
      "Rejected",
    );
    const other = consortium.open(alice, { name: "remove_js_app" });
    assert.equal(consortium.outcome(other, { ...all, [olga]: false }), "Accepted");
  });

  it("lets an operator add and remove operators, but touch nobody who votes (improvement 9)", () => {
    const consortium = new Consortium();
    const other = "f".repeat(64);
    consortium.member(other, { member_data: { isOperator: "true" } });
    assert.equal(consortium.proposing(olga, setMember({ member_data: operatorData })), "Accepted");
    assert.equal(consortium.proposing(olga, removeMember(other)), "Accepted");
    assert.equal(consortium.proposing(olga, setMember()), "Open");
    assert.equal(consortium.proposing(olga, setMember({ member_data: { isOperator: "false" } })), "Open");
    assert.equal(consortium.proposing(olga, removeMember(alice)), "Open");
    assert.equal(consortium.proposing(alice, removeMember(other)), "Open");

    consortium.member(idOf(cert), { member_data: { name: "dora, who votes" } });
    assert.equal(consortium.proposing(olga, setMember({ member_data: operatorData })), "Open");
    consortium.member(idOf(cert), { member_data: { isRecoveryOperator: true } });
    assert.equal(consortium.proposing(olga, setMember({ member_data: operatorData })), "Open");
  });

  it("lets no operator give away a role to which voters have delegated something (improvement 9)", () => {
    const consortium = new Consortium();
    for (const role of [
      { isRecoveryOperator: true },
      { cgsRoles: { cgsOperator: true } },
      { cgsRoles: { contractOperator: "true" } },
    ])
      assert.equal(
        consortium.proposing(olga, setMember({ member_data: { ...operatorData, ...role } })),
        "Open",
      );
  });

  it("stays with the vote about a member who has left meanwhile (improvement 10)", () => {
    const consortium = new Consortium();
    const proposals = [removeMember(carol), { name: "set_member_data", args: { member_id: carol } }].map(
      (action) => consortium.open(alice, action),
    );
    consortium.accept(removeMember(carol));
    for (const proposal of proposals) {
      assert.equal(consortium.outcome(proposal, { [alice]: true }), "Open");
      assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Accepted");
      assert.throws(() => consortium.decide(proposal), /there is no member/);
    }
  });

  it("lets no operator hand out recovery shares or lower the recovery threshold", () => {
    const consortium = new Consortium();
    const withShare = setMember({ member_data: operatorData, encryption_pub_key: publicKey("rsa") });
    assert.equal(consortium.proposing(olga, withShare), "Open");
    const threshold = (recovery_threshold: number) => ({
      name: "set_recovery_threshold",
      args: { recovery_threshold },
    });
    assert.equal(consortium.proposing(olga, threshold(2)), "Accepted");
    consortium.accept(threshold(2));
    assert.equal(consortium.proposing(olga, threshold(1)), "Open");
  });

  it("lets an operator found a service until the first voter is invited (improvement 9)", () => {
    const consortium = new Consortium();
    const rows = "public:ccf.gov.members.info";
    for (const voter of [alice, bob, carol]) consortium.member(voter, { member_data: operatorData });
    assert.equal(consortium.proposing(olga, { name: "remove_js_app" }), "Accepted");
    assert.equal(consortium.proposing(olga, setContract("c1")), "Open");
    assert.equal(consortium.proposing(olga, setMember()), "Accepted");
    consortium.accept(setMember());
    assert.deepEqual(consortium.ccf.get(rows, idOf(cert)), { status: "Accepted" });
    assert.equal(consortium.proposing(olga, { name: "remove_js_app" }), "Open");
  });

  it("rejects what would settle a contract twice, and a second proposal for it", () => {
    const consortium = new Consortium();
    const first = consortium.open(alice, setContract("c1"));
    assert.equal(consortium.proposing(bob, setContract("c1")), "Rejected");
    assert.equal(consortium.outcome(first, all), "Accepted");
    consortium.decide(first);
    assert.equal(consortium.proposing(bob, setContract("c1")), "Rejected");
    assert.equal(consortium.proposing(bob, setContract("c2"), setContract("c1")), "Rejected");
    assert.equal(consortium.proposing(bob, setContract("c2"), setContract("c3")), "Open");
    assert.equal(consortium.proposing(bob, setContract("c4"), { name: "trigger_snapshot" }), "Rejected");
  });

  it("accepts no contract while a member who would have to vote is invited", () => {
    const consortium = new Consortium();
    const proposal = consortium.open(alice, setContract("c1"));
    consortium.member(idOf(cert), { status: "Accepted" });
    assert.equal(consortium.outcome(proposal, all), "Open");
    consortium.member(idOf(cert), {});
    assert.equal(consortium.outcome(proposal, all), "Open");
    assert.equal(consortium.outcome(proposal, { ...all, [idOf(cert)]: true }), "Accepted");
  });

  const delegated: (readonly [option: string, role: string, action: ProposedAction])[] = [
    [
      "autoapprove-constitution-proposal",
      "cgsOperator",
      { name: "set_constitution", args: { constitution: "x" } },
    ],
    ["autoapprove-jsapp-proposal", "cgsOperator", { name: "set_js_app", args: {} }],
    [
      "autoapprove-cleanroompolicy-proposal",
      "contractOperator",
      { name: "set_clean_room_policy", args: { contractId: "c1", type: "add", claims: {} } },
    ],
  ];
  for (const part of ["spec", "info"])
    delegated.push([
      `autoapprove-deployment${part}-proposal`,
      "contractOperator",
      { name: `set_deployment_${part}`, args: { contractId: "c1", [part]: { data: 1 } } },
    ]);
  for (const [option, role, action] of delegated)
    it(`lets a ${role} decide ${action.name} while ${option} is enabled`, () => {
      const consortium = new Consortium();
      const options = "public:ccf.gov.cgs_runtime_options";
      consortium.member(olga, { member_data: { cgsRoles: { [role]: "true" } } });
      assert.equal(consortium.proposing(olga, action), "Open");
      consortium.ccf.put(options, option, { status: "enabled" });
      assert.equal(consortium.proposing(olga, action), "Accepted");
      assert.equal(consortium.proposing(alice, action), "Open");
      consortium.ccf.put(options, option, { status: "disabled" });
      assert.equal(consortium.proposing(olga, action), "Open");
    });
});
