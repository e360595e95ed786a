import assert from "node:assert/strict";
import { listPlatforms } from "../../../src/endpoints/attestation.js";
import { getCleanRoomPolicy } from "../../../src/endpoints/cleanroompolicy.js";
import { anyExpired } from "../../../src/policy/certificate-dates.js";
import { SnpPlatform } from "../../support/snp-platform.js";
import { alice, asMember, assertRefused, Service, VirtualMachine, virtualPolicy } from "./service.js";

describe("the clean room policy of a contract", () => {
  const params = { contractId: "c1" };
  const caller = asMember(alice);
  const read = (service: Service) => service.call(getCleanRoomPolicy, { caller, params });

  it("is read with the proposals that would change it", () => {
    const service = new Service();
    assert.deepEqual(read(service).body, { proposalIds: [], policy: {}, alternatives: [] });
    const action = (contractId: string) => ({ name: "set_clean_room_policy", args: { contractId } });
    service.propose("p1", action("c1"), action("c1"));
    service.propose("p2", action("c2"));
    service.ccf.put("public:ccf.gov.proposals_info", "p3", { state: "Rejected", proposer_id: alice });
    service.ccf.put("public:ccf.gov.proposals", "p3", { actions: [action("c1")] });
    service.setPolicy("c1", virtualPolicy);
    const [only] = virtualPolicy.alternatives;
    assert.deepEqual(read(service).body, { proposalIds: ["p1"], policy: only, ...virtualPolicy });
  });

  it("does not pretend that one of several alternatives is all of it", () => {
    const service = new Service();
    const alternatives = [{ "virtual-svn": [1] }, { "virtual-svn": [2] }];
    service.setPolicy("c1", { policyType: "virtual", alternatives });
    assert.deepEqual(read(service).body, { proposalIds: [], policyType: "virtual", alternatives });
  });

  it("is for known callers", () => {
    assertRefused(new Service().call(getCleanRoomPolicy, { params }), 400, "UnknownAuthenticationPolicy");
  });
});

describe("the platforms that a service trusts", () => {
  it("are told to anybody, with every key that counts as one", () => {
    const service = new Service();
    const list = () => service.call(listPlatforms).body.value;
    assert.deepEqual(list(), [
      { platform: "snp-caci", trusted: true },
      { platform: "snp-cvm", trusted: true },
      { platform: "virtual", trusted: false, keys: [] },
    ]);
    const machine = new VirtualMachine();
    machine.registerWith(service);
    const [, , virtual] = list();
    assert.equal(virtual?.trusted, true);
    assert.deepEqual(
      virtual.keys.map(({ keyId }) => keyId),
      [machine.keyId],
    );
    assert.match(String(virtual.keys[0]?.publicKey), /BEGIN PUBLIC KEY/);
  });
});

describe("certificates' dates", () => {
  const bundle = new SnpPlatform().certificates.toString(); // valid from 2020-01-01 to 2049-12-31

  it("are read from either form of time", () => {
    assert.ok(!anyExpired(bundle, Date.UTC(2030, 0)));
    assert.ok(anyExpired(bundle, Date.UTC(2019, 11, 31)));
    assert.ok(anyExpired(bundle, Date.UTC(2050, 0)));
  });

  it("say nothing of what is no certificate", () => {
    const block = (content: string) => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----`;
    for (const text of ["", "no PEM", block(""), block("MIIB"), block("//////////8=")]) {
      assert.ok(!anyExpired(text, Date.UTC(2030, 0)));
    }
  });
});
