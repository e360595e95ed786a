import assert from "node:assert/strict";
import {
  amendPolicy,
  type Amendment,
  type Claims,
  type Policy,
  PolicyError,
} from "../../../src/policy/policy.js";
import { matchPolicy } from "../../../src/policy/match.js";

const host = "x-ms-sevsnpvm-hostdata";
const debug = "x-ms-sevsnpvm-is-debuggable";
const vmpl = "x-ms-sevsnpvm-vmpl";

const amended = (...amendments: Amendment[]): Policy | undefined =>
  amendments.reduce<Policy | undefined>((policy, amendment) => amendPolicy(policy, amendment), undefined);

const add = (claims: Record<string, never> | object): Amendment => ({
  type: "add",
  claims: claims as Claims,
});
const remove = (claims: object): Amendment => ({ type: "remove", claims: claims as Claims });

describe("changing a clean room policy claim by claim", () => {
  it("starts a policy of the named type, snp-caci unless named", () => {
    assert.deepEqual(amended(add({ [host]: "aa" })), {
      policyType: "snp-caci",
      alternatives: [{ [host]: ["aa"] }],
    });
    assert.equal(amended({ ...add({ "virtual-svn": 1 }), policyType: "virtual" })?.policyType, "virtual");
  });

  it("adds values once, and lets a boolean replace its opposite", () => {
    const policy = amended(
      add({ [host]: ["aa", "bb", "aa"], [debug]: true }),
      add({ [host]: ["bb", "cc"], [debug]: false }),
    );
    assert.deepEqual(policy?.alternatives, [{ [host]: ["aa", "bb", "cc"], [debug]: [false] }]);
  });

  it("removes values, a claim with its last value, and the policy with its last claim", () => {
    const start = add({ [host]: ["aa", "bb"], [debug]: false });
    assert.deepEqual(amended(start, remove({ [host]: "aa" }))?.alternatives, [
      { [host]: ["bb"], [debug]: [false] },
    ]);
    assert.deepEqual(amended(start, remove({ [debug]: true }))?.alternatives, [{ [host]: ["aa", "bb"] }]);
    assert.equal(amended(start, remove({ [host]: ["bb", "aa"], [debug]: false })), undefined);
  });

  it("keeps policies about tokens to an issuer or a tenant, since any issuer writes the other claims (improvement 8)", () => {
    const tokens = (amendment: Amendment): Amendment => ({ ...amendment, policyType: "jwt" });
    for (const claims of [
      { sub: "s", iss: "https://id.example.com" },
      { oid: "o1", tid: "t1" },
    ])
      assert.deepEqual(Object.keys(amended(tokens(add(claims)))?.alternatives[0] ?? {}), Object.keys(claims));
    assert.throws(() => amended(tokens(add({ sub: "s", oid: "o1", appid: "a" }))), /neither "iss" nor "tid"/);
    assert.throws(
      () => amended(tokens(add({ sub: "s", tid: "t1" })), tokens(remove({ tid: "t1" }))),
      /neither "iss" nor "tid"/,
    );
    assert.equal(amended(tokens(add({ tid: "t1" })), tokens(remove({ tid: "t1" }))), undefined);
    const alternatives = [{ iss: ["https://id.example.com"] }, { sub: ["s"] }];
    assert.throws(() => amended({ type: "set", policyType: "jwt", alternatives }), /neither "iss" nor "tid"/);
  });

  it("adding and removing the same values in any order comes back to where it was", () => {
    const values = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(4));
    for (let subset = 0; subset < 2 ** values.length; subset++) {
      const before = values.filter((_, index) => subset & (1 << index));
      const fresh = values.filter((value) => !before.includes(value));
      if (fresh.length === 0) continue;
      const start = add({ [host]: ["keep", ...before] });
      const thereAndBack = amended(start, add({ [host]: fresh }), remove({ [host]: [...fresh].reverse() }));
      assert.deepEqual(thereAndBack, amended(start));
    }
  });

  for (const [what, amendments] of [
    ["a claim that evidence never proves", [add({ "x-ms-sevsnpvm-snpfw-svn": [1] })]],
    ["a claim named like a member of every object", [add({ constructor: ["x"] })]],
    ["a claim of another platform", [add({ pcr4: ["x"] })]],
    ["a value of another type", [add({ [vmpl]: ["0"] })]],
    ["a least version of something that has no versions", [add({ [debug]: [{ atLeast: 1 }] })]],
    ["half of a surrogate pair, of which no digest is made", [add({ [host]: ["aa", "\ud800"] })]],
    ["an empty list of values", [add({ [host]: [] })]],
    ["a removal of what is not there", [remove({ [host]: ["aa"] })]],
    ["a removal of a value that is not accepted", [add({ [host]: ["aa"] }), remove({ [host]: ["bb"] })]],
    [
      "another platform's claims in the same policy",
      [add({ [host]: ["aa"] }), { type: "add", policyType: "virtual", claims: { "virtual-svn": [1] } }],
    ],
    [
      "a delta that does not say which alternative it changes",
      [{ type: "set", alternatives: [{ [host]: ["aa"] }, { [host]: ["bb"] }] }, add({ [host]: ["cc"] })],
    ],
    ["no alternatives", [{ type: "set", alternatives: [] }]],
    ["an alternative that accepts anybody", [{ type: "set", alternatives: [{ [host]: ["aa"] }, {}] }]],
    [
      "an alternative that only waives the endorsement",
      [{ type: "set", alternatives: [{ "allow-unendorsed": [true] }] }],
    ],
  ] satisfies [string, Amendment[]][]) {
    it(`refuses ${what}`, () => assert.throws(() => amended(...amendments), PolicyError));
  }
});

describe("matching claims with a policy", () => {
  const policy: Policy = {
    policyType: "virtual",
    alternatives: [
      { "virtual-hostdata": ["a", "b"], "virtual-svn": [{ atLeast: 5 }] },
      { "virtual-hostdata": ["c"], "virtual-svn": [1, 2] },
    ],
  };
  const matches = (claims: Record<string, string | number | boolean>): boolean =>
    matchPolicy(policy, claims).matched;

  it("accepts what satisfies every claim of one alternative, whatever else is presented", () => {
    assert.ok(matches({ "virtual-hostdata": "b", "virtual-svn": 5, other: true }));
    assert.ok(matches({ "virtual-hostdata": "c", "virtual-svn": 2 }));
  });

  it("does not mix alternatives (improvement 30)", () => {
    assert.ok(!matches({ "virtual-hostdata": "c", "virtual-svn": 5 }));
    assert.ok(!matches({ "virtual-hostdata": "a", "virtual-svn": 1 }));
  });

  it("compares types too, and only takes own properties for presented (improvement 6)", () => {
    assert.ok(!matches({ "virtual-hostdata": "c", "virtual-svn": "2" }));
    const named: Policy = { policyType: "virtual", alternatives: [{ constructor: ["x"] }] };
    assert.ok(!matchPolicy(named, Object.create({ constructor: "x" }) as Record<string, string>).matched);
  });

  it("reads versions written as digits, and no others (improvement 5)", () => {
    const versions: Policy = {
      policyType: "snp-caci",
      alternatives: [{ "uvm_endorsements-svn": [{ atLeast: 100 }] }],
    };
    const at = (svn: string): boolean =>
      matchPolicy(versions, { "uvm_endorsements-svn": svn, "uvm_endorsements-did": "did" }).matched;
    assert.deepEqual(["99", "100", "103", "1e3", "0x70", " 100", ""].map(at), [
      false,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("explains itself with the alternative that came nearest, claim by claim (improvement 29)", () => {
    assert.deepEqual(matchPolicy(policy, { "virtual-hostdata": "c", "virtual-svn": 9 }), {
      matched: false,
      alternative: 0,
      details: [{ code: "ClaimMismatch", claim: "virtual-hostdata", presented: "c", accepted: ["a", "b"] }],
    });
    assert.deepEqual(matchPolicy(policy, { "virtual-svn": 2 }), {
      matched: false,
      alternative: 1,
      details: [{ code: "ClaimMissing", claim: "virtual-hostdata", accepted: ["c"] }],
    });
  });

  it("matches nothing with an alternative that names no claim, or without alternatives", () => {
    const waiver: Policy = { policyType: "snp-caci", alternatives: [{ "allow-unendorsed": [true] }] };
    assert.ok(!matchPolicy(waiver, { [host]: "aa", "uvm_endorsements-did": "did" }).matched);
    assert.ok(!matchPolicy({ policyType: "virtual", alternatives: [{}] }, { a: 1 }).matched);
    assert.ok(!matchPolicy({ policyType: "virtual", alternatives: [] }, { a: 1 }).matched);
  });

  it("demands an endorsed utility VM of snp-caci evidence unless the alternative waives it (improvement 3)", () => {
    const strict: Policy = { policyType: "snp-caci", alternatives: [{ [host]: ["aa"] }] };
    const lenient: Policy = {
      policyType: "snp-caci",
      alternatives: [{ [host]: ["aa"], "allow-unendorsed": [true] }],
    };
    assert.ok(!matchPolicy(strict, { [host]: "aa" }).matched);
    assert.ok(matchPolicy(strict, { [host]: "aa", "uvm_endorsements-did": "did" }).matched);
    assert.ok(matchPolicy(lenient, { [host]: "aa" }).matched);
    assert.ok(matchPolicy(lenient, { [host]: "aa", "uvm_endorsements-did": "did" }).matched);
  });
});
