import assert from "node:assert/strict";
import { serviceOptionNames } from "../../../src/schemas/service-options.js";
import { Consortium, type ProposedAction, alice, bob, carol, olga } from "./consortium.js";

const all = { [alice]: true, [bob]: true, [carol]: true };

function withContract(): Consortium {
  const consortium = new Consortium();
  consortium.accept({ name: "set_contract", args: { contractId: "c1", contract: { data: "text" } } });
  return consortium;
}

describe("set_cgs_runtime_options", () => {
  const set = (option: string, status: string) => ({
    name: "set_cgs_runtime_options",
    args: { option, status },
  });

  it("turns an option of the service on and off", () => {
    const consortium = new Consortium();
    for (const option of serviceOptionNames)
      for (const status of ["enabled", "disabled"]) {
        consortium.accept(set(option, status));
        assert.deepEqual(consortium.ccf.get("public:ccf.gov.cgs_runtime_options", option), { status });
      }
  });

  it("is refused for what is no option or no state of one", () => {
    assert.match(
      new Consortium().problem(set("autoapprove-everything", "enabled")),
      /"option" must be one of/,
    );
    assert.match(
      new Consortium().problem(set("autoapprove-jsapp-proposal", "on")),
      /"status" must be one of/,
    );
  });
});

for (const [option, table] of [
  ["logging", "public:ccf.gov.contracts_logging_status"],
  ["telemetry", "public:ccf.gov.contracts_telemetry_status"],
] as const)
  describe(`set_contract_runtime_options_..._${option}`, () => {
    const switching = (what: "enable" | "disable", contractId = "c1"): ProposedAction => ({
      name: `set_contract_runtime_options_${what}_${option}`,
      args: { contractId },
    });

    it("turns it on and off", () => {
      const consortium = withContract();
      for (const what of ["enable", "disable"] as const) {
        consortium.accept(switching(what));
        assert.deepEqual(consortium.ccf.get(table, "c1"), { status: `${what}d` });
      }
    });

    it("takes the vote to turn it on, which everybody may veto, and nobody's to turn it off", () => {
      const consortium = withContract();
      const enabling = consortium.open(olga, switching("enable"));
      assert.equal(consortium.outcome(enabling), "Open");
      assert.equal(consortium.outcome(enabling, { ...all, [olga]: false }), "Rejected");
      assert.equal(consortium.outcome(enabling, all), "Accepted");
      for (const member of [alice, olga])
        assert.equal(consortium.proposing(member, switching("disable")), "Accepted");
      assert.equal(consortium.proposing(alice, switching("disable"), switching("enable")), "Open");
    });

    it("is refused for a contract that is not accepted, or has ended", () => {
      const consortium = withContract();
      for (const what of ["enable", "disable"] as const)
        assert.match(consortium.problem(switching(what, "c2")), /the contract "c2" is not accepted/);
      consortium.accept({ name: "end_contract", args: { contractId: "c1" } });
      assert.match(consortium.problem(switching("enable")), /the contract "c1" has ended/);
    });
  });

for (const [part, table] of [
  ["spec", "public:ccf.gov.deployment_specs"],
  ["info", "public:ccf.gov.deployment_info"],
] as const)
  describe(`set_deployment_${part}`, () => {
    const set = (value: unknown, contractId = "c1"): ProposedAction => ({
      name: `set_deployment_${part}`,
      args: { contractId, [part]: value },
    });

    it("keeps what was decided last, whatever JSON it is", () => {
      const consortium = withContract();
      for (const data of [{ template: { pods: [1, 2] } }, "text", null]) {
        consortium.accept(set({ data }));
        assert.deepEqual(consortium.ccf.get(table, "c1"), { data });
      }
    });

    it("takes the vote, and everybody may veto it", () => {
      const consortium = withContract();
      const proposal = consortium.open(olga, set({ data: {} }));
      assert.equal(consortium.outcome(proposal), "Open");
      assert.equal(consortium.outcome(proposal, all), "Accepted");
      assert.equal(consortium.outcome(proposal, { ...all, [olga]: false }), "Rejected");
    });

    it("is refused for a contract that is not accepted or has ended, and for what says nothing", () => {
      const consortium = withContract();
      assert.match(consortium.problem(set({ data: {} }, "c2")), /the contract "c2" is not accepted/);
      assert.match(consortium.problem(set({})), /must have "data"/);
      assert.match(consortium.problem(set("text")), /must be object/);
      assert.match(consortium.problem(set({ data: 1, more: 2 })), /must not have "more"/);
      consortium.accept({ name: "end_contract", args: { contractId: "c1" } });
      assert.match(consortium.problem(set({ data: {} })), /the contract "c1" has ended/);
    });
  });
