import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { ContractClient } from "../../sdk/contract.js";
import { type Action, BALLOTS, propose, vote } from "../../sdk/governance.js";
import { acceptedContract, AGREED, Collaboration, setPolicy } from "./support/collaboration.js";
import { endOfLedger } from "./support/ledger.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

const measurement = "virtual-measurement";
const svn = "virtual-svn";

describe("the clean room policy of a contract", function () {
  this.timeout(30_000);
  let net: Network;
  let contract: ContractClient;

  before(async () => {
    net = await sharedNetwork();
  });

  const amend = (args: object, contractId = contract.id): Action => ({
    name: "set_clean_room_policy",
    args: { contractId, ...args },
  });
  const add = (claims: object) => amend({ type: "add", policyType: "virtual", claims });
  const remove = (claims: object) => amend({ type: "remove", policyType: "virtual", claims });
  const start = async () => {
    contract = new ContractClient(net.as(founders(net)[1]), await acceptedContract(net));
  };

  describe("as the members amend it", () => {
    before(start);

    it("is empty at first, and then nobody's code is trusted", async () => {
      assert.deepEqual(await contract.policy(), { proposalIds: [], policy: {}, alternatives: [] });
    });

    it("grows claim by claim; another number or text is accepted besides, another boolean instead", async () => {
      await net.pass(add({ [measurement]: "aa", "virtual-is-debuggable": true }));
      await net.pass(add({ [measurement]: ["aa", "bb"], "virtual-is-debuggable": false, [svn]: 3 }));
      const claims = { [measurement]: ["aa", "bb"], "virtual-is-debuggable": [false], [svn]: [3] };
      assert.deepEqual(await contract.policy(), {
        proposalIds: [],
        policyType: "virtual",
        policy: claims,
        alternatives: [claims],
      });
    });

    it("shrinks value by value, to nothing in the end", async () => {
      await net.pass(remove({ [measurement]: "aa", "virtual-is-debuggable": false }));
      assert.deepEqual((await contract.policy()).policy, { [measurement]: ["bb"], [svn]: [3] });
      await net.pass(remove({ [measurement]: "bb", [svn]: [3] }));
      assert.deepEqual((await contract.policy()).alternatives, []);
    });

    it("may ask for a version at least, and may be set whole, as alternatives (improvements 5 and 30)", async () => {
      const alternatives = [
        { [measurement]: ["aa"], [svn]: [{ atLeast: 3 }] },
        { [measurement]: ["bb"], [svn]: [{ atLeast: 5 }, 2] },
      ];
      await net.pass(setPolicy(contract.id, "virtual", ...alternatives));
      const { policy, policyType, ...answer } = await contract.policy();
      assert.deepEqual([policy, policyType], [undefined, "virtual"]);
      assert.deepEqual(answer.alternatives, alternatives);
    });

    it("names the open proposals that would change it, to members and users alike", async () => {
      const { proposalId } = await propose(net.client, net.members[0], [
        setPolicy(contract.id, "virtual", { [svn]: 9 }),
      ]);
      assert.deepEqual((await contract.policy()).proposalIds, [proposalId]);
      const user = new ContractClient(net.as(await net.addUser(freshId("user"))), contract.id);
      assert.deepEqual((await user.policy()).proposalIds, [proposalId]);
      const closed = await vote(net.client, founders(net)[2], proposalId, BALLOTS.reject);
      assert.equal(closed.proposalState, "Rejected");
      assert.deepEqual((await contract.policy()).proposalIds, []);
      assert.equal((await contract.policy()).alternatives.length, 2);
    });

    it("changes its platform only as a whole", async () => {
      await net.pass(setPolicy(contract.id, "snp-caci", { "x-ms-sevsnpvm-vmpl": 0 }));
      assert.equal((await contract.policy()).policyType, "snp-caci");
    });

    it("is no stranger's to read", () =>
      assertRefused(new ContractClient(net.client, contract.id).policy(), 401, "InvalidAuthenticationInfo"));
  });

  describe("is refused before anybody votes on it", () => {
    before(async () => {
      await start();
      await net.pass(setPolicy(contract.id, "virtual", { [measurement]: "aa", [svn]: 3 }));
    });

    const refusals = (): [what: string, action: Action, why: RegExp][] => [
      [
        "a claim that no evidence ever proves",
        add({ "virtual-colour": "red" }),
        /never proves.*virtual-colour/,
      ],
      ["a name that every object has", add({ constructor: "x" }), /never proves a claim "constructor"/],
      ["the prototype of objects", add(JSON.parse('{"__proto__": ["x"]}') as object), /"__proto__"/],
      ["a claim of another platform", add({ "x-ms-sevsnpvm-vmpl": 0 }), /never proves.*vmpl/],
      [
        "claims of two platforms side by side",
        setPolicy(contract.id, "virtual", { [svn]: 1 }, { "x-ms-sevsnpvm-vmpl": 0 }),
        /never proves.*vmpl/,
      ],
      [
        "another platform than before",
        amend({ type: "add", policyType: "snp-caci", claims: { "x-ms-sevsnpvm-vmpl": 0 } }),
        /type "virtual".*"snp-caci"/,
      ],
      ["text where a number is proven", add({ [svn]: "3" }), /virtual-svn.*number.*"3"/],
      ["a number where text is proven", add({ [measurement]: [7] }), /virtual-measurement.*string.*7/],
      ["a least version of a yes or no", add({ "virtual-is-debuggable": { atLeast: 1 } }), /boolean/],
      ["a least version that is none", add({ [svn]: { atLeast: "3" } }), /claims\.virtual-svn/],
      ["a range that is unknown", add({ [svn]: { atMost: 3 } }), /claims\.virtual-svn/],
      ["a claim without values", add({ [svn]: [] }), /needs at least one value/],
      ["the removal of a value that is not there", remove({ [measurement]: "bb" }), /does not accept "bb"/],
      [
        "the removal of a claim that is not there",
        remove({ "virtual-hostdata": "00" }),
        /no claim "virtual-h/,
      ],
      ["an alternative that accepts anybody", setPolicy(contract.id, "virtual", {}), /accept anybody's code/],
      ["no alternative", setPolicy(contract.id, "virtual"), /alternatives/],
      ["an unknown platform", amend({ type: "set", policyType: "sgx", alternatives: [{}] }), /policyType/],
      ["an unknown kind of change", amend({ type: "replace", claims: {} }), /type/],
      ["a field that nobody knows", amend({ type: "add", claims: {}, allow: "all" }), /"allow"/],
      [
        "a contract that is not accepted",
        amend({ type: "add", claims: {} }, "nowhere"),
        /"nowhere" is not accepted/,
      ],
    ];

    it("where it could never work; the reason names the action, the claim and the value (improvements 5 and 6)", async () => {
      const before = await endOfLedger(net);
      for (const [what, action, why] of refusals()) {
        const asking = propose(net.client, net.members[0], [action]);
        const refusal = await assertRefused(asking, 400, "ProposalFailedToValidate");
        assert.match(refusal.message, why, what);
        assert.match(refusal.message, /action 0 \(set_clean_room_policy\)/, what);
      }
      assert.equal(await endOfLedger(net), before);
    });
  });

  describe("decides which code gets a secret", () => {
    let collaboration: Collaboration;
    let secretId: string;
    const elsewhere = { "virtual-hostdata": "00".repeat(32) };
    const get = (claims: object) => collaboration.room({ claims }).secret(secretId);
    const mismatch = async (claims: object) => {
      const refusal = await assertRefused(get(claims), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      return (refusal.details as { claim: string; alternative: number }[]).map(
        ({ claim, alternative }) => `${alternative} ${claim}`,
      );
    };

    before(async () => {
      collaboration = await Collaboration.start(net);
      secretId = await collaboration.contract().putSecret("key", "swordfish");
      await net.pass(
        setPolicy(
          collaboration.contractId,
          "virtual",
          { [measurement]: "aa", "virtual-hostdata": AGREED["virtual-hostdata"], [svn]: { atLeast: 3 } },
          { [measurement]: "bb", [svn]: { atLeast: 10 } },
        ),
      );
    });

    it("by any of the alternatives, and by a version at least (improvements 5 and 30)", async () => {
      for (const claims of [
        { [measurement]: "aa", [svn]: 3 },
        { [measurement]: "aa", [svn]: 4 },
        { [measurement]: "bb", [svn]: 10, ...elsewhere },
      ])
        assert.equal((await get(claims)).value.toString(), "swordfish");
    });

    it("never by a mixture of alternatives; a refusal explains the one that came nearest (improvements 29 and 30)", async () => {
      assert.deepEqual(await mismatch({ [measurement]: "bb", [svn]: 9, ...elsewhere }), [`1 ${svn}`]);
      assert.deepEqual(await mismatch({ [measurement]: "aa", [svn]: 2 }), [`0 ${svn}`]);
      assert.deepEqual(await mismatch({ [measurement]: "aa", ...elsewhere }), ["0 virtual-hostdata"]);
      assert.equal((await mismatch({ [measurement]: "cc", [svn]: 2 })).length, 2);
    });

    it("at once when it is changed: what was trusted before is not any more", async () => {
      assert.equal((await get({ [measurement]: "aa" })).value.toString(), "swordfish");
      await net.pass(setPolicy(collaboration.contractId, "virtual", { [measurement]: ["dd"] }));
      assert.deepEqual(await mismatch({ [measurement]: "aa" }), [`0 ${measurement}`]);
      assert.equal((await get({ [measurement]: "dd" })).value.toString(), "swordfish");
    });
  });
});
