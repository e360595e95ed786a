import assert from "node:assert/strict";
import { getDeploymentInfo, getDeploymentSpec } from "../../../src/endpoints/deployments.js";
import { assertRefused, Service } from "./service.js";

for (const [part, handler, table] of [
  ["spec", getDeploymentSpec, "public:ccf.gov.deployment_specs"],
  ["info", getDeploymentInfo, "public:ccf.gov.deployment_info"],
] as const)
  describe(`the deployment ${part} of a contract`, () => {
    const ask = (service: Service, contractId = "c1") => service.call(handler, { params: { contractId } });
    const setting = (contractId: string, name = `set_deployment_${part}`) => ({
      name,
      args: { contractId, [part]: { data: 1 } },
    });

    it("is told to anybody, and is empty until it is decided (improvement 13)", () => {
      const service = new Service();
      assert.deepEqual(ask(service).body, { proposalIds: [], data: {} });
      service.acceptContract("c1", { governance: { parties: ["somebody"] } });
      for (const data of [{ template: [1] }, "text", 0]) {
        service.ccf.put(table, "c1", { data });
        assert.deepEqual(ask(service).body, { proposalIds: [], data });
      }
      assert.deepEqual(ask(service, "c2").body, { proposalIds: [], data: {} });
    });

    it("is found by the contract's id, however many contracts there are (improvement 13)", () => {
      const service = new Service();
      for (let number = 0; number < 3; number++) service.ccf.put(table, `c${number}`, { data: number });
      const { kv } = ccf;
      const forEach = () => assert.fail("looked at every contract");
      ccf.kv = new Proxy(kv, {
        get: (tables, name: string) => ({ ...tables[name], ...(name === table && { forEach }) }),
      });
      assert.equal(ask(service).body.data, 1);
    });

    it("comes with the open proposals that would change it", () => {
      const service = new Service();
      service.propose("p1", setting("c1"), setting("c2"));
      service.propose("p2", setting("c2"));
      service.propose("p3", setting("c1", `set_deployment_${part === "spec" ? "info" : "spec"}`));
      assert.deepEqual((ask(service).body as unknown as { proposalIds: unknown }).proposalIds, ["p1"]);
    });

    it("is asked by the id of a contract", () => {
      assertRefused(ask(new Service(), "a b"), 400, "InvalidPath");
    });
  });
