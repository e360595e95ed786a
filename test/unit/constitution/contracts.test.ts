import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { Consortium, alice, bob, carol, olga, publicKey } from "./consortium.js";

const accepted = "public:ccf.gov.accepted_contracts";
const policies = "public:ccf.gov.clean_room_policies";
const setContract = (contractId: unknown, contract: unknown = { data: { hello: "world" } }) => ({
  name: "set_contract",
  args: { contractId, contract },
});

describe("set_contract", () => {
  it("accepts exactly the data that was voted on, and says who voted how (improvement 26)", () => {
    const consortium = new Consortium();
    consortium.ccf.put("public:contracts", "c1", { data: "the draft says something else" });
    const contract = {
      id: "c1",
      version: "2.15",
      state: "Draft",
      data: { z: 1, a: [null, "ü"] },
      proposalId: "",
    };
    const proposalId = consortium.accept(setContract("c1", contract));
    assert.deepEqual(consortium.ccf.get(accepted, "c1"), {
      data: { z: 1, a: [null, "ü"] },
      proposalId,
      finalVotes: { [alice]: true, [bob]: true, [carol]: true },
    });
  });

  it("takes any JSON that says something for a contract's data", () => {
    for (const data of [{}, [], "text", 1, true])
      assert.equal(new Consortium().problem(setContract("c1", { data })), "");
  });

  const refused: readonly (readonly [
    what: string,
    contractId: unknown,
    contract: unknown,
    reason: RegExp,
  ])[] = [
    ["an id that is no text", 5, { data: 1 }, /"contractId" must be string/],
    ["an empty id", "", { data: 1 }, /"contractId" must not be empty/],
    ["an id with a slash", "a/b", { data: 1 }, /"contractId" must be an id/],
    ["an id with a space", "a b", { data: 1 }, /"contractId" must be an id/],
    ["an id that is not ASCII", "ü", { data: 1 }, /"contractId" must be an id/],
    ["an id of 129 characters", "a".repeat(129), { data: 1 }, /"contractId" must be an id/],
    ["no contract", "c1", null, /must have "contract"/],
    ["a contract that is no object", "c1", "x", /"contract" must be object/],
    ["a contract without data", "c1", { state: "Draft" }, /"contract" must have "data"/],
    ["data that is null", "c1", { data: null }, /"contract.data" must not be null/],
    ["data that is empty", "c1", { data: "" }, /"contract.data" must not be ""/],
    [
      "parties that are no list of ids (improvement 12)",
      "c1",
      { data: { governance: { parties: alice } } },
      /"governance.parties" must be a list/,
    ],
  ];
  for (const [what, contractId, contract, reason] of refused)
    it(`is refused with ${what}`, () =>
      assert.match(new Consortium().problem(setContract(contractId, contract)), reason));

  it("is refused with text that is no Unicode, of which no digest could be made", () => {
    const proposal =
      '{"actions":[{"name":"set_contract","args":{"contractId":"c1","contract":{"data":"\\ud800"}}}]}';
    assert.match(new Consortium().problemOf(proposal), /action 0 \(set_contract\): /);
  });
});

describe("set_clean_room_policy", () => {
  const measurement = "virtual-measurement";
  const set = (args: object) => ({
    name: "set_clean_room_policy",
    args: { contractId: "c1", policyType: "virtual", ...args },
  });
  const withContract = (): Consortium => {
    const consortium = new Consortium();
    consortium.accept(setContract("c1"));
    return consortium;
  };

  it("adds claims to a policy and removes them again", () => {
    const consortium = withContract();
    consortium.accept(set({ type: "add", claims: { [measurement]: ["m1"] } }));
    consortium.accept(set({ type: "add", claims: { [measurement]: "m2", "virtual-svn": { atLeast: 3 } } }));
    assert.deepEqual(consortium.ccf.get(policies, "c1"), {
      policyType: "virtual",
      alternatives: [{ [measurement]: ["m1", "m2"], "virtual-svn": [{ atLeast: 3 }] }],
    });
    consortium.accept(set({ type: "remove", claims: { [measurement]: ["m1", "m2"] } }));
    consortium.accept(set({ type: "remove", claims: { "virtual-svn": [{ atLeast: 3 }] } }));
    assert.deepEqual(consortium.ccf.keys(policies), []);
  });

  it("sets a policy whole, with alternatives (improvement 30)", () => {
    const consortium = withContract();
    const alternatives = [
      { [measurement]: ["m1"] },
      { [measurement]: ["m2"], "virtual-is-debuggable": [false] },
    ];
    consortium.accept(set({ type: "set", alternatives }));
    assert.deepEqual(consortium.ccf.get(policies, "c1"), { policyType: "virtual", alternatives });
  });

  it("is judged by the policy as earlier actions of the same proposal leave it", () => {
    const consortium = withContract();
    const add = set({ type: "add", claims: { [measurement]: ["m1"] } });
    const remove = set({ type: "remove", claims: { [measurement]: ["m1"] } });
    assert.match(consortium.problem(remove), /The policy has no claim "virtual-measurement" to remove/);
    assert.match(consortium.problem(remove, add), /^action 0 /);
    consortium.accept(add, remove);
    assert.deepEqual(consortium.ccf.keys(policies), []);
  });

  it("is judged again when it is applied", () => {
    const consortium = withContract();
    consortium.accept(set({ type: "add", claims: { [measurement]: ["m1", "m2"] } }));
    const remove = set({ type: "remove", claims: { [measurement]: ["m1"] } });
    const [first, second] = [consortium.open(alice, remove), consortium.open(bob, remove)];
    consortium.decide(first);
    assert.throws(() => consortium.decide(second), /does not accept "m1", so it cannot be removed/);
  });

  const refused: readonly (readonly [what: string, args: object, reason: RegExp])[] = [
    ["another type", { type: "replace", claims: {} }, /"type" must be one of: add, remove, set/],
    ["no claims", { type: "add" }, /"add" takes "claims"/],
    ["no alternatives", { type: "set", claims: {} }, /"set" takes "alternatives"/],
    ["claims and alternatives", { type: "add", claims: {}, alternatives: [{}] }, /and not "alternatives"/],
    [
      "a platform nobody knows",
      { type: "add", policyType: "tpm", claims: {} },
      /"policyType" must be one of/,
    ],
    [
      "a claim no evidence proves",
      { type: "add", claims: { constructor: ["x"] } },
      /never proves a claim "constructor"/,
    ],
    [
      "a value of another type",
      { type: "add", claims: { [measurement]: [5] } },
      /is a string and never satisfies 5/,
    ],
    [
      "a condition that is none",
      { type: "add", claims: { "virtual-svn": [{ above: 3 }] } },
      /"claims.virtual-svn" must/,
    ],
    [
      "a list of lists",
      { type: "add", claims: { [measurement]: [["m1"]] } },
      /"claims.virtual-measurement" must/,
    ],
  ];
  for (const [what, args, reason] of refused)
    it(`is refused with ${what}`, () => assert.match(withContract().problem(set(args)), reason));

  it("is refused for a contract that is not accepted", () => {
    assert.match(
      new Consortium().problem(set({ type: "add", claims: { [measurement]: ["m1"] } })),
      /the contract "c1" is not accepted/,
    );
  });
});

describe("virtual attestation keys", () => {
  const keys = "public:ccf.gov.virtual_attestation_keys";
  const set = (public_key: string) => ({ name: "set_virtual_attestation_key", args: { public_key } });

  it("are registered under the digest of the key, however its PEM is written", () => {
    const consortium = new Consortium();
    const pem = publicKey("P-256");
    const der = createPublicKey(pem).export({ type: "spki", format: "der" });
    const key_id = createHash("sha256").update(der).digest("hex");
    consortium.accept(set(pem));
    consortium.accept(set(pem.replaceAll("\n", "\r\n")));
    assert.deepEqual(consortium.ccf.keys(keys), [key_id]);
    const { publicKey: stored } = consortium.ccf.get(keys, key_id) as { publicKey: string };
    assert.equal(createPublicKey(stored).export({ type: "spki", format: "der" }).equals(der), true);

    const remove = { name: "remove_virtual_attestation_key", args: { key_id } };
    consortium.accept(remove);
    assert.deepEqual(consortium.ccf.keys(keys), []);
    assert.match(consortium.problem(remove), /there is no virtual attestation key/);
  });

  it("are refused when they are no P-256 public keys", () => {
    for (const wrong of [publicKey("P-384"), publicKey("rsa"), "hello"])
      assert.match(new Consortium().problem(set(wrong)), /"public_key" must be a P-256 public key in PEM/);
  });

  it("need all voters: an operator cannot register one, and anybody may veto", () => {
    const consortium = new Consortium();
    const proposal = consortium.open(olga, set(publicKey("P-256")));
    assert.equal(consortium.outcome(proposal), "Open");
    assert.equal(consortium.outcome(proposal, { [olga]: false }), "Rejected");
    assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true, [carol]: true }), "Accepted");
  });
});
