import assert from "node:assert/strict";
import { postAcceptance } from "../../../src/endpoints/acceptance.js";
import { getContract, listContractVersions, putContract } from "../../../src/endpoints/contracts.js";
import { listEvents } from "../../../src/endpoints/events.js";
import { getOptionStatus } from "../../../src/endpoints/execution.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { putContractSecret, releaseSecret } from "../../../src/endpoints/secrets.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  bob,
  carol,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

const FUTURE = "2999-01-01T00:00:00Z";
const params = { contractId: "c1" };
const caller = asMember(alice);

describe("what was accepted under one id (improvement 31)", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
  });
  const read = () => service.call(getContract, { caller, params }).body;
  const versions = (query = "") => service.call(listContractVersions, { caller, params, query });

  it("stays readable when it is amended, each with its number, version and votes", () => {
    service.acceptContract("c1", "first", { expires: FUTURE });
    const { state: _, id: __, ...first } = read() as unknown as Record<string, unknown>;
    service.acceptContract("c1", "second");
    const { state: ___, id: ____, ...second } = read() as unknown as Record<string, unknown>;
    assert.notEqual(first.version, second.version);
    assert.deepEqual([first.expires, second.expires], [FUTURE, undefined]);
    assert.deepEqual(versions().body, {
      value: [
        { number: 1, ...first },
        { number: 2, ...second },
      ],
      proposalIds: [],
    });
  });

  it("is listed page by page (improvement 23)", () => {
    for (const data of ["1", "2", "3"]) service.acceptContract("c1", data);
    const pages = service.pages(listContractVersions, { caller, params, query: "limit=2" });
    assert.deepEqual(
      pages.map((page) => page.map(({ data }) => data)),
      [["1", "2"], ["3"]],
    );
    for (const query of ["from=0", "limit=0", "limit=21"])
      assertRefused(versions(query), 400, "InvalidParameter");
  });

  it("comes with the open proposals that would change it, and those about other contracts do not", () => {
    service.acceptContract("c1");
    const about = (name: string, contractId: string) => ({ name, args: { contractId, contract: {} } });
    service.propose("amending", about("set_contract", "c1"));
    service.propose("ending", about("end_contract", "c1"));
    service.propose("other", about("end_contract", "c2"), about("set_clean_room_policy", "c1"));
    assert.deepEqual((versions().body as unknown as { proposalIds: unknown }).proposalIds, [
      "amending",
      "ending",
    ]);
  });

  it("is read by the parties of the text in force", () => {
    service.acceptContract("c1", "for everybody");
    service.acceptContract("c1", { governance: { parties: [bob] } });
    assertRefused(versions(), 403, "NotContractParty");
    assert.equal(service.call(listContractVersions, { caller: asMember(bob), params }).body.value.length, 2);
  });

  it("is nothing before a contract is accepted", () => {
    assert.deepEqual(versions().body, { value: [], proposalIds: [] });
  });

  it("is stated on the ledger anew when it was amended, and not when it was ended", () => {
    const state = () => service.call(postAcceptance, { caller, params }).body;
    service.acceptContract("c1", "first");
    state();
    service.acceptContract("c1", "second", { expires: FUTURE });
    const stated = state();
    assert.ok(!("transactionId" in stated));
    assert.deepEqual(stated.contract, read());
    service.endContract("c1", "p9");
    assert.deepEqual(state().contract, stated.contract);
    assert.ok("transactionId" in state());
  });
});

describe("when a contract expires (improvement 31)", () => {
  it("stands in its draft and is proposed with it; a change of it is one of the draft", () => {
    const service = new Service();
    const draft = (expires: unknown, version?: string) =>
      service.call(putContract, { caller, params, body: { data: "text", expires, version } });
    const read = () =>
      service.call(getContract, { caller, params }).body as unknown as Record<string, unknown>;
    for (const wrong of ["tomorrow", 5, {}, "2030-02-31T00:00:00Z"])
      assertRefused(draft(wrong), 400, "InvalidBody");
    assert.equal(draft(FUTURE).status, 200);
    const drafted = read();
    assert.equal(drafted.expires, FUTURE);
    service.propose("p1", { name: "set_contract", args: { contractId: "c1", contract: drafted } });
    assert.deepEqual(read(), { ...drafted, state: "Proposed", proposalId: "p1" });
    assert.equal(draft(null, String(drafted.version)).status, 200);
    assert.deepEqual(read(), { ...drafted, state: "Proposed", proposalId: "p1", draftDiffers: true });
  });
});

describe("a contract that is no longer in force (improvement 31)", () => {
  const secretId = `${alice}_key`;
  const machine = new VirtualMachine();
  let service: Service;
  beforeEach(() => {
    service = new Service();
    service.acceptContract("c1", "text", { expires: FUTURE });
    service.setPolicy("c1", virtualPolicy);
    machine.registerWith(service);
    const stored = { caller, params: { ...params, secretName: "key" }, body: { value: "swordfish" } };
    assert.equal(service.call(putContractSecret, stored).status, 200);
    assert.equal(unwrapped(release()), "swordfish");
  });

  const release = () =>
    service.call(releaseSecret, {
      params: { ...params, secretName: secretId },
      body: asking(machine.evidence(room)),
    });
  const status = () => {
    const option = { ...params, option: "execution" };
    const [known, attested] = [
      service.call(getOptionStatus, { caller: asMember(carol), params: option }),
      service.call(getOptionStatus, {
        caller: { policy: "no_auth" },
        params: option,
        body: asking(machine.evidence(room)),
      }),
    ];
    assert.deepEqual(known.body, attested.body);
    return known.body;
  };

  it("releases nothing once it is ended, and says so to who asks for consent", () => {
    service.endContract("c1", "p9");
    assertRefused(release(), 403, "ContractEnded");
    const { reason } = status();
    assert.equal(reason.code, "ContractEnded");
    assert.match(reason.message, /p9/);
    assert.equal((service.call(getContract, { caller, params }).body as { endedBy?: string }).endedBy, "p9");
  });

  it("releases nothing once it has expired, until the members amend it", () => {
    service.ccf.clock = Date.parse(FUTURE) - 1;
    assert.equal(release().status, 200);
    service.ccf.clock++;
    assertRefused(release(), 403, "ContractExpired");
    const { reason } = status();
    assert.equal(reason.code, "ContractExpired");
    assert.match(reason.message, new RegExp(FUTURE));
    service.acceptContract("c1", "text");
    assert.equal(unwrapped(release()), "swordfish");
    assert.deepEqual(status(), { status: "enabled" });
  });

  it("keeps its history", () => {
    service.endContract("c1", "p9");
    const reading = (handler: Parameters<Service["call"]>[0], query = "") =>
      service.call(handler, { caller, params, query });
    assert.equal(reading(listReleases).body.value.length, 1);
    assert.equal(reading(listEvents, "from_seqno=1").status, 200);
    assert.equal(reading(listContractVersions).body.value.length, 1);
    assert.equal(reading(getContract).body.state, "Accepted");
    const draft = service.call(putContract, { caller, params, body: { data: "anew" } });
    assertRefused(draft, 405, "ContractAlreadyAccepted");
  });
});
