import assert from "node:assert/strict";
import { postAcceptance } from "../../../src/endpoints/acceptance.js";
import { getCleanRoomPolicy } from "../../../src/endpoints/cleanroompolicy.js";
import {
  getContract,
  listContracts,
  listContractVersions,
  putContract,
} from "../../../src/endpoints/contracts.js";
import { listEvents } from "../../../src/endpoints/events.js";
import { getOptionStatus } from "../../../src/endpoints/execution.js";
import { getDelegate, listDelegates } from "../../../src/endpoints/delegates.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { listSecrets } from "../../../src/endpoints/secrets.js";
import type { Endpoint } from "../../../src/kit/endpoint.js";
import {
  alice,
  asMember,
  assertRefused,
  asToken,
  asUser,
  bob,
  type Caller,
  carol,
  invited,
  Service,
} from "./service.js";

const user = "e".repeat(64);
const stranger = "f".repeat(64);
const params = { contractId: "c1" };
const between = (...parties: unknown[]) => ({ text: "we share", governance: { parties } });

/** What belongs to a contract and is read by its parties. */
const belongings: readonly Endpoint[] = [
  getCleanRoomPolicy,
  listDelegates,
  getDelegate,
  listContractVersions,
  listEvents,
  listReleases,
  listSecrets,
];

describe("the parties of a contract (improvement 12)", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
    for (const oid of ["u1", "u2"]) {
      const identity = { accountType: "microsoft", data: { tenantId: "t1" } };
      service.ccf.put("public:ccf.gov.user_identities", oid, identity);
    }
  });

  const token = (oid: string): Caller => asToken({ oid, tid: "t1" });
  const read = (caller: Caller, handler: Endpoint = getContract) =>
    service.call(handler, { caller, params: { ...params, delegateType: "events", delegateId: "writer" } });
  const draft = (caller: Caller, data: unknown, version?: string) =>
    service.call(putContract, { caller, params, body: { data, version } });
  const propose = (data: unknown) =>
    service.propose("p1", { name: "set_contract", args: { contractId: "c1", contract: { data } } });

  it("are everybody who is known unless the contract names some", () => {
    service.acceptContract("c1", { governance: { voters: [alice] } });
    for (const caller of [asMember(carol), asMember(invited), asUser(stranger), token("u2")])
      for (const handler of [getContract, ...belongings]) assert.equal(read(caller, handler).status, 200);
  });

  it("alone read it and what belongs to it, whichever kind of caller they are", () => {
    service.acceptContract("c1", between(alice, invited, user, "u1"));
    for (const handler of [getContract, ...belongings]) {
      for (const caller of [asMember(alice), asMember(invited), asUser(user), token("u1")])
        assert.equal(read(caller, handler).status, 200);
      for (const caller of [asMember(carol), asUser(stranger), token("u2")])
        assertRefused(read(caller, handler), 403, "NotContractParty");
    }
    assert.equal(read(asMember(alice), postAcceptance).status, 200);
    assertRefused(read(asMember(carol), postAcceptance), 403, "NotContractParty");
  });

  it("keep nobody from seeing that there is the contract, and whether it is in force", () => {
    service.acceptContract("c1", between(alice));
    assert.deepEqual(service.call(listContracts, { caller: asMember(carol) }).body.value, [{ id: "c1" }]);
    const option = { caller: asMember(carol), params: { ...params, option: "execution" } };
    assert.deepEqual(service.call(getOptionStatus, option).body, { status: "enabled" });
  });

  it("of the draft count until there is an accepted text; who does not read it does not replace it", () => {
    assert.equal(draft(asMember(alice), between(alice, bob)).status, 200);
    const { version } = read(asMember(bob)).body;
    assertRefused(read(asMember(carol)), 403, "NotContractParty");
    assertRefused(read(asMember(carol), listSecrets), 403, "NotContractParty");
    assertRefused(draft(asMember(carol), "mine", version), 403, "NotContractParty");
    assert.equal(draft(asMember(bob), "ours", version).status, 200);
    assert.equal(read(asMember(carol)).body.data, "ours");
  });

  it("cannot keep a member from reading what it is asked to vote on", () => {
    draft(asMember(alice), between(alice));
    propose(between(alice, "u1"));
    for (const caller of [asMember(carol), asMember(invited), token("u1")])
      assert.equal(read(caller).body.state, "Proposed");
    for (const caller of [asUser(stranger), token("u2")])
      assertRefused(read(caller), 403, "NotContractParty");
  });

  it("are not those of a mere proposal, with which anybody could let itself in", () => {
    draft(asMember(alice), between(alice));
    propose(between(carol));
    assertRefused(read(asMember(carol), listSecrets), 403, "NotContractParty");
    assert.equal(read(asMember(alice), listSecrets).status, 200);
  });

  it("are those of the accepted text, whatever the draft says", () => {
    draft(asMember(alice), between(alice));
    service.acceptContract("c1", between(bob));
    assertRefused(read(asMember(alice)), 403, "NotContractParty");
    assert.equal(read(asMember(bob)).status, 200);
  });

  it("are a list of ids, and nothing else", () => {
    for (const parties of [null, "x", {}, [], [""], [7], [alice, { id: bob }], Array(1001).fill(alice)]) {
      const answer = draft(asMember(alice), { governance: { parties } });
      assertRefused(answer, 400, "InvalidBody");
      assert.match(answer.body.error.message, /"governance.parties" must be a list/);
    }
    for (const data of [
      "parties",
      ["governance"],
      { governance: "parties" },
      { parties: 7 },
      { governance: null },
    ])
      assert.equal(
        service.call(putContract, {
          caller: asMember(alice),
          params: { contractId: JSON.stringify(data).replace(/\W/g, "-") },
          body: { data },
        }).status,
        200,
      );
  });
});
