import assert from "node:assert/strict";
import { Consortium, alice, bob, carol, olga } from "./consortium.js";

const authorities = "public:ccf.gov.ca";
const policies = "public:ccf.gov.ca_policies";
const contractId = "c1";

const enable = { name: "enable_ca", args: { contractId } };
const rotate = { name: "ca_enable_rotate_signing_key", args: { contractId } };
const setPolicy = (args: object) => ({ name: "set_ca_policy", args: { contractId, ...args } });
const removePolicy = { name: "remove_ca_policy", args: { contractId } };

function withContract(): Consortium {
  const consortium = new Consortium();
  consortium.accept({ name: "set_contract", args: { contractId, contract: { data: "text" } } });
  return consortium;
}

describe("certificate authorities", () => {
  const state = (consortium: Consortium) => consortium.ccf.get(authorities, contractId);

  it("are enabled once, and asked for a new key as often as the members like", () => {
    const consortium = withContract();
    consortium.accept(enable);
    assert.deepEqual(state(consortium), { enabled: "true", requestId: "1" });
    consortium.accept(enable);
    assert.deepEqual(state(consortium), { enabled: "true", requestId: "1" });
    for (let requestId = 2; requestId < 12; requestId++) {
      consortium.accept(rotate);
      assert.deepEqual(state(consortium), { enabled: "true", requestId: String(requestId) });
    }
    consortium.accept(enable);
    assert.deepEqual(state(consortium), { enabled: "true", requestId: "11" });
  });

  it("may be enabled and asked for a new key in one proposal", () => {
    const consortium = withContract();
    consortium.accept(enable, rotate);
    assert.deepEqual(state(consortium), { enabled: "true", requestId: "2" });
  });

  it("belong to accepted contracts", () => {
    for (const action of [enable, rotate, setPolicy({ allowedDnsNames: [] })])
      assert.match(new Consortium().problem(action), /the contract "c1" is not accepted/);
  });

  it("are asked for a new key only where there are any", () => {
    assert.match(withContract().problem(rotate), /the contract "c1" has no certificate authority/);
    const other = { name: "enable_ca", args: { contractId: "c2" } };
    const consortium = withContract();
    consortium.accept({ name: "set_contract", args: { contractId: "c2", contract: { data: "text" } } });
    assert.match(consortium.problem(other, rotate), /the contract "c1" has no certificate authority/);
  });

  it("need all voters: neither an operator nor most members decide about them", () => {
    const consortium = withContract();
    consortium.accept(setPolicy({ allowedDnsNames: [] }), enable);
    for (const action of [enable, rotate, setPolicy({ allowedDnsNames: ["a"] }), removePolicy]) {
      const proposal = consortium.open(olga, action);
      assert.equal(consortium.outcome(proposal), "Open");
      assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
      assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true, [carol]: true }), "Accepted");
      assert.equal(consortium.outcome(proposal, { [alice]: false }), "Rejected");
    }
  });

  it("are refused with arguments that are none", () => {
    for (const name of [enable.name, rotate.name, removePolicy.name]) {
      const problem = (args: object) => withContract().problem({ name, args });
      assert.match(problem({}), /must have "contractId"/);
      assert.match(problem({ contractId: 5 }), /"contractId" must be string/);
      assert.match(problem({ contractId, more: 1 }), /must not have "more"/);
    }
  });
});

describe("set_ca_policy", () => {
  it("sets the whole policy, and remove_ca_policy lifts it", () => {
    const consortium = withContract();
    const whole = {
      allowedDnsNames: ["*.cleanroom.local", "proxy.example.com", "worker"],
      allowedIpAddresses: ["10.0.0.0/8", "192.0.2.7", "fd00::/16"],
      maximumValidityDays: 30,
      requireCsr: true,
    };
    consortium.accept(setPolicy(whole));
    assert.deepEqual(consortium.ccf.get(policies, contractId), whole);
    consortium.accept(setPolicy({ allowedDnsNames: [] }));
    assert.deepEqual(consortium.ccf.get(policies, contractId), {
      allowedDnsNames: [],
      allowedIpAddresses: [],
    });
    consortium.accept(removePolicy);
    assert.deepEqual(consortium.ccf.keys(policies), []);
    assert.match(consortium.problem(removePolicy), /the contract "c1" has no policy for certificates/);
  });

  const refused: readonly (readonly [what: string, args: object, reason: RegExp])[] = [
    ["no names", {}, /must have "allowedDnsNames"/],
    ["names that are no list", { allowedDnsNames: "a" }, /"allowedDnsNames" must be array/],
    ["a name that is no text", { allowedDnsNames: [5] }, /"allowedDnsNames.0" must be string/],
    ["an empty name", { allowedDnsNames: [""] }, /"allowedDnsNames.0" must not be empty/],
    ["every name", { allowedDnsNames: ["*"] }, /"allowedDnsNames" must be host names/],
    ["every name of a top-level domain", { allowedDnsNames: ["*.com"] }, /and "\*\.com" is none/],
    [
      "a pattern that clients do not know",
      { allowedDnsNames: ["a", "a*.b.com"] },
      /and "a\*\.b\.com" is none/,
    ],
    ["an address among the names", { allowedDnsNames: ["10.0.0.1"] }, /and "10\.0\.0\.1" is none/],
    ["a name among the addresses", names("localhost"), /"allowedIpAddresses" must be addresses/],
    ["a range that is too narrow", names("10.0.0.0/33"), /and "10\.0\.0\.0\/33" is none/],
    ["a range without a length", names("10.0.0.0/"), /and "10\.0\.0\.0\/" is none/],
    ["a range of ranges", names("10.0.0.0/8/8"), /is none/],
    ["a range with a sign", names("10.0.0.0/+8"), /is none/],
    ["no days", { allowedDnsNames: [], maximumValidityDays: 0 }, /"maximumValidityDays" must be at least 1/],
    ["more days than there may be", { allowedDnsNames: [], maximumValidityDays: 101 }, /must be at most 100/],
    ["half a day", { allowedDnsNames: [], maximumValidityDays: 1.5 }, /must be integer/],
    ["a wish for proof that is no boolean", { allowedDnsNames: [], requireCsr: "yes" }, /must be boolean/],
    ["a field that nobody reads", { allowedDnsNames: [], allowedUris: [] }, /must not have "allowedUris"/],
  ];
  for (const [what, args, reason] of refused)
    it(`is refused with ${what}`, () => assert.match(withContract().problem(setPolicy(args)), reason));
});

function names(address: string): object {
  return { allowedDnsNames: [], allowedIpAddresses: [address] };
}
