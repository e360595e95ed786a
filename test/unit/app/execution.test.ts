import assert from "node:assert/strict";
import { disableOption, enableOption, getOptionStatus } from "../../../src/endpoints/execution.js";
import { serviceOptionNames } from "../../../src/schemas/service-options.js";
import { getServiceOptionStatus } from "../../../src/endpoints/runtimeoptions.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  asUser,
  bob,
  invited,
  room,
  Service,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

describe("consent to execution", () => {
  let service: Service;
  const params = { contractId: "c1", option: "execution" };
  beforeEach(() => {
    service = new Service();
  });

  const status = () => service.call(getOptionStatus, { caller: asUser("e".repeat(64)), params }).body;
  const disable = (id: string) => service.call(disableOption, { caller: asMember(id), params });
  const enable = (id: string) => service.call(enableOption, { caller: asMember(id), params });

  it("is not there before the contract is accepted", () => {
    assert.equal(status().status, "disabled");
    assert.equal(status().reason.code, "ContractNotAccepted");
    assertRefused(enable(alice), 400, "ContractNotAccepted");
    assertRefused(disable(alice), 400, "ContractNotAccepted");
  });

  it("is given with the acceptance, and withdrawn and given back by each member for itself", () => {
    service.acceptContract("c1");
    assert.deepEqual(status(), { status: "enabled" });
    assert.equal(disable(alice).status, 200);
    assert.equal(disable(bob).status, 200);
    assert.equal(status().reason.code, "ContractDisabled");
    assert.ok(status().reason.message.includes(alice) && status().reason.message.includes(bob));
    enable(alice);
    assert.equal(status().status, "disabled");
    assert.ok(!status().reason.message.includes(alice));
    enable(bob);
    assert.deepEqual(status(), { status: "enabled" });
  });

  it("is not held back by who is no longer a member", () => {
    service.acceptContract("c1");
    disable(bob);
    service.ccf.run("governance", () => {
      ccf.kv["public:ccf.gov.members.info"]?.delete(ccf.strToBuf(bob));
    });
    assert.deepEqual(status(), { status: "enabled" });
  });

  it("is a matter of active members", () => {
    service.acceptContract("c1");
    assertRefused(disable(invited), 403, "MemberNotActive");
    assertRefused(service.call(disableOption, { caller: asUser(alice), params }), 403, "CallerNotAuthorized");
  });

  it("is the only option that members switch", () => {
    service.acceptContract("c1");
    for (const option of ["Execution", "constructor", "x".repeat(10_000), "", "logging", "telemetry"]) {
      const other = { caller: asMember(alice), params: { contractId: "c1", option } };
      for (const handler of [enableOption, disableOption])
        assertRefused(service.call(handler, other), 400, "InvalidOption");
    }
  });

  it("is told to clean rooms that prove what they are", () => {
    service.acceptContract("c1");
    service.setPolicy("c1", virtualPolicy);
    const machine = new VirtualMachine();
    machine.registerWith(service);
    const ask = (body: unknown) =>
      service.call(getOptionStatus, { caller: { policy: "no_auth" }, params, body });
    assert.deepEqual(ask(asking(machine.evidence(room))).body, { status: "enabled" });
    disable(bob);
    assert.equal(ask(asking(machine.evidence(room))).body.reason.code, "ContractDisabled");
    const wrong = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
    assertRefused(ask(asking(wrong)), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assertRefused(ask({}), 400, "AttestationMissing");
    assertRefused(ask(""), 400, "InvalidJson");
  });
});

for (const [option, table] of [
  ["logging", "public:ccf.gov.contracts_logging_status"],
  ["telemetry", "public:ccf.gov.contracts_telemetry_status"],
] as const)
  describe(`consent to ${option}`, () => {
    let service: Service;
    const ask = (name: string = option) =>
      service.call(getOptionStatus, {
        caller: asUser("e".repeat(64)),
        params: { contractId: "c1", option: name },
      });
    const enabling = (contractId: string, what = `enable_${option}`) => ({
      name: `set_contract_runtime_options_${what}`,
      args: { contractId },
    });
    beforeEach(() => {
      service = new Service();
      service.acceptContract("c1");
    });

    it("is what the members have decided, disabled until they do", () => {
      assert.deepEqual(ask().body, { status: "disabled", proposalIds: [] });
      for (const status of ["enabled", "disabled"]) {
        service.ccf.put(table, "c1", { status });
        assert.deepEqual(ask().body, { status, proposalIds: [] });
      }
    });

    it("comes with the open proposals that would give it", () => {
      service.propose("p1", enabling("c1"));
      service.propose("p2", enabling("c2"), enabling("c1", `disable_${option}`));
      assert.deepEqual(ask().body, { status: "disabled", proposalIds: ["p1"] });
    });

    it("is not there unless the contract is in force", () => {
      service.ccf.put(table, "c1", { status: "enabled" });
      service.endContract("c1", "p9");
      const { status, reason, ...more } = ask().body;
      assert.deepEqual([status, reason.code, more], ["disabled", "ContractEnded", {}]);
      const other = { caller: asMember(alice), params: { contractId: "c2", option } };
      assert.equal(service.call(getOptionStatus, other).body.reason.code, "ContractNotAccepted");
    });

    it("is told to clean rooms that prove what they are", () => {
      service.setPolicy("c1", virtualPolicy);
      service.ccf.put(table, "c1", { status: "enabled" });
      const machine = new VirtualMachine();
      machine.registerWith(service);
      const attested = (claims = {}) =>
        service.call(getOptionStatus, {
          caller: { policy: "no_auth" },
          params: { contractId: "c1", option },
          body: asking(machine.evidence(room, claims)),
        });
      assert.deepEqual(attested().body, { status: "enabled", proposalIds: [] });
      const wrong = attested({ "virtual-hostdata": "cd".repeat(32) });
      assertRefused(wrong, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    });

    it("has a name, exactly as it is written", () => {
      for (const name of [option.toUpperCase(), "constructor", "x".repeat(10_000), ""])
        assertRefused(ask(name), 400, "InvalidOption");
    });
  });

describe("options of the service", () => {
  it("are disabled unless the members voted otherwise", () => {
    const service = new Service();
    const ask = (option: string) =>
      service.call(getServiceOptionStatus, { caller: asMember(alice), params: { option } });
    for (const option of serviceOptionNames) assert.deepEqual(ask(option).body, { status: "disabled" });
    service.ccf.put("public:ccf.gov.cgs_runtime_options", "autoapprove-jsapp-proposal", {
      status: "enabled",
    });
    assert.deepEqual(ask("autoapprove-jsapp-proposal").body, { status: "enabled" });
    assertRefused(ask("autoapprove-everything"), 400, "InvalidOption");
  });
});
