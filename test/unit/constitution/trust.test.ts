import assert from "node:assert/strict";
import { Consortium, publicKey } from "./consortium.js";

const table = "public:ccf.gov.attestation_trust";
const cpuid = "00a00f11";
const key = { name: "set_virtual_attestation_key", args: { public_key: publicKey("P-256") } };
const minimum = {
  name: "set_snp_minimum_tcb_version_hex",
  args: { cpuid, tcb_version: "5417000000000004" },
};

describe("attested sessions end", () => {
  const epoch = ({ ccf }: Consortium): string | undefined => ccf.getText(table, "epoch");

  it("when the key of a machine is removed, and not when one is registered", () => {
    const consortium = new Consortium();
    consortium.accept(key);
    assert.equal(epoch(consortium), undefined);
    const [key_id] = consortium.ccf.keys("public:ccf.gov.virtual_attestation_keys");
    const proposal = consortium.accept({ name: "remove_virtual_attestation_key", args: { key_id } });
    assert.equal(epoch(consortium), proposal);
  });

  it("when the least firmware is set, by its parts or as one number, and when it is removed", () => {
    const consortium = new Consortium();
    const parts = { boot_loader: 4, tee: 0, snp: 23, microcode: 84 };
    for (const action of [
      minimum,
      { name: "set_snp_minimum_tcb_version", args: { cpuid, tcb_version: parts } },
      { name: "remove_snp_minimum_tcb_version", args: { cpuid } },
    ]) {
      const proposal = consortium.accept(action);
      assert.equal(epoch(consortium), proposal);
    }
  });

  it("not for what concerns nodes and contracts", () => {
    const consortium = new Consortium();
    const set = { name: "set_contract", args: { contractId: "c1", contract: { data: "text" } } };
    const policy = {
      name: "set_clean_room_policy",
      args: { contractId: "c1", type: "add", policyType: "virtual", claims: { "virtual-svn": 1 } },
    };
    consortium.accept(set);
    consortium.accept(policy);
    consortium.accept({ name: "add_virtual_measurement", args: { measurement: "ab" } });
    consortium.accept({ name: "remove_virtual_measurement", args: { measurement: "ab" } });
    assert.equal(epoch(consortium), undefined);
  });
});
