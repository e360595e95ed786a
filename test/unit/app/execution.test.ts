import assert from "node:assert/strict";
import { disableOption, enableOption, getOptionStatus } from "../../../src/endpoints/execution.js";
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

  it("has no other options", () => {
    for (const option of ["Execution", "constructor", "x".repeat(10_000), ""]) {
      const other = { caller: asMember(alice), params: { contractId: "c1", option } };
      for (const handler of [getOptionStatus, enableOption, disableOption]) {
        assertRefused(service.call(handler, other), 400, "InvalidOption");
      }
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

describe("options of the service", () => {
  it("are disabled unless the members voted otherwise", () => {
    const service = new Service();
    const ask = (option: string) =>
      service.call(getServiceOptionStatus, { caller: asMember(alice), params: { option } });
    assert.deepEqual(ask("autoapprove-jsapp-proposal").body, { status: "disabled" });
    service.ccf.put("public:ccf.gov.cgs_runtime_options", "autoapprove-jsapp-proposal", {
      status: "enabled",
    });
    assert.deepEqual(ask("autoapprove-jsapp-proposal").body, { status: "enabled" });
    assertRefused(ask("autoapprove-everything"), 400, "InvalidOption");
  });
});
