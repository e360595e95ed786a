import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { postAcceptance } from "../../../src/endpoints/acceptance.js";
import {
  getContract,
  listContracts,
  listContractVersions,
  putContract,
} from "../../../src/endpoints/contracts.js";
import { alice, asMember, asToken, asUser, assertRefused, bob, carol, invited, Service } from "./service.js";

const digest = (document: unknown): string =>
  createHash("sha256")
    .update(canonicalize(document) ?? "")
    .digest("hex");

const hexOf = (bytes: ArrayBuffer | undefined): string =>
  Buffer.from(bytes ?? new ArrayBuffer(0)).toString("hex");

describe("contracts", () => {
  let service: Service;
  const caller = asMember(alice);
  const params = { contractId: "c1" };
  beforeEach(() => {
    service = new Service();
  });

  const put = (body: unknown, contractId = "c1") =>
    service.call(putContract, { caller, params: { contractId }, body });
  const read = (contractId = "c1") => service.call(getContract, { caller, params: { contractId } });
  const list = (query = "") => service.call(listContracts, { caller, query });
  const setContract = (contractId: string, contract: object) => ({
    name: "set_contract",
    args: { contractId, contract },
  });

  it("are drafted by a member and read back with their version", () => {
    assert.equal(put({ data: { text: "we share" } }).status, 200);
    const { status, body } = read();
    const version = `2.${service.ccf.version - 1}`;
    assert.deepEqual(
      [status, body],
      [200, { id: "c1", state: "Draft", version, data: { text: "we share" }, proposalId: "" }],
    );
  });

  it("take any JSON that says something, and nothing else", () => {
    for (const data of ["text", 1, true, ["list"], { object: {} }]) {
      assert.equal(put({ data }, `c${JSON.stringify(data).length}`).status, 200);
    }
    for (const data of [undefined, null, "", 0, false])
      assertRefused(put({ data }, "empty"), 400, "DataMissing");
    assertRefused(put("{"), 400, "InvalidJson");
    assertRefused(put([]), 400, "InvalidBody");
    assertRefused(put({ data: "text", version: 7 }), 400, "InvalidBody");
    assertRefused(put('{"data": {"number": 1e999}}'), 400, "NotCanonical");
    assertRefused(put('{"data": "half a pair: \\ud800"}'), 400, "NotCanonical");
    assertRefused(put(`{"data": ${"[".repeat(100)}${"]".repeat(100)}}`), 400, "InvalidJson");
  });

  it("ignore what they do not know, because clients send more than they need", () => {
    assert.equal(put({ data: "text", state: "Draft", nobody: "knows" }).status, 200);
  });

  it("are replaced only by who has read the newest draft", () => {
    put({ data: "first", version: "9.9" });
    const { version } = read().body;
    assertRefused(put({ data: "second" }), 409, "ContractAlreadyExists");
    assertRefused(put({ data: "second", version: "" }), 409, "ContractAlreadyExists");
    assertRefused(put({ data: "second", version: "2.1" }), 412, "PreconditionFailed");
    assert.equal(put({ data: "second", version }).status, 200);
    assertRefused(put({ data: "third", version }), 412, "PreconditionFailed");
    assert.equal(read().body.data, "second");
  });

  it("are proposed as the proposal says, which says so when the draft has changed since (improvement 26)", () => {
    put({ data: { a: 1, b: 2 } });
    const { version } = read().body;
    service.propose("p1", setContract("c1", { data: { b: 2, a: 1 }, version }));
    const proposed = { id: "c1", state: "Proposed", data: { a: 1, b: 2 }, version, proposalId: "p1" };
    assert.deepEqual(read().body, proposed);
    assert.equal(put({ data: "changed", version }).status, 200);
    assert.deepEqual(read().body, { ...proposed, draftDiffers: true });
  });

  it("can be proposed without a draft (improvement 26)", () => {
    service.propose("p1", setContract("c1", { data: "text" }));
    assert.deepEqual(read().body, { id: "c1", state: "Proposed", data: "text", proposalId: "p1" });
    assert.deepEqual(list("state=Proposed").body, { value: [] });
  });

  it("come back with the votes once accepted, and can no longer be drafted", () => {
    put({ data: "draft" });
    service.acceptContract("c1", "accepted text");
    const { body } = read();
    assert.equal(body.state, "Accepted");
    assert.equal(body.data, "accepted text");
    assert.deepEqual(body.finalVotes, [
      { memberId: alice, vote: true },
      { memberId: bob, vote: true },
    ]);
    for (const data of ["more", ""]) assertRefused(put({ data }), 405, "ContractAlreadyAccepted");
  });

  it("are read later while the node cannot tell yet which view their transaction is in", () => {
    put({ data: "draft" });
    service.acceptContract("c2");
    ccf.consensus.getViewForSeqno = () => null;
    for (const id of ["c1", "c2"]) assertRefused(read(id), 503, "ViewNotKnown");
    assertRefused(put({ data: "more", version: "2.1" }), 503, "ViewNotKnown");
    for (const handler of [postAcceptance, listContractVersions])
      assertRefused(service.call(handler, { caller, params: { contractId: "c2" } }), 503, "ViewNotKnown");
  });

  it("are listed by state", () => {
    for (const id of ["d2", "d1", "p", "a"]) put({ data: id }, id);
    service.propose("1", setContract("p", { data: "p" }));
    service.acceptContract("a");
    service.acceptContract("undrafted");
    const ids = (query?: string): string[] => list(query).body.value.map(({ id }) => id);
    assert.deepEqual(ids(), ["a", "d1", "d2", "p", "undrafted"]);
    assert.deepEqual(ids("state="), ids());
    assert.deepEqual(ids("state=Draft"), ["d1", "d2"]);
    assert.deepEqual(ids("state=Proposed"), ["p"]);
    assert.deepEqual(ids("state=Accepted"), ["a", "undrafted"]);
    assertRefused(list("state=draft"), 400, "InvalidParameter");
    assertRefused(list("limit=0"), 400, "InvalidParameter");
    assertRefused(list("limit=1001"), 400, "InvalidParameter");
  });

  it("are listed page by page, each id once (improvement 23)", () => {
    for (let number = 0; number < 7; number++) put({ data: "x" }, `c${number}`);
    assert.ok(
      list("state=Draft&limit=3").body.nextLink?.startsWith("/app/contracts?state=Draft&limit=3&after="),
    );
    const pages = service.pages(listContracts, { caller, query: "state=Draft&limit=3" });
    assert.deepEqual(
      pages.map((page) => page.map(({ id }) => id)),
      [["c0", "c1", "c2"], ["c3", "c4", "c5"], ["c6"]],
    );
  });

  it("have ids of a documented alphabet (improvement 20)", () => {
    for (const id of ["a", "A-1._~:@b", "x".repeat(128)]) assert.equal(put({ data: 1 }, id).status, 200);
    for (const id of [
      "",
      "a b",
      "a%20b",
      "a%2Fb",
      "ä",
      "日本",
      "a/b",
      "a\0b",
      "x".repeat(129),
      "x".repeat(10_000),
    ]) {
      assertRefused(put({ data: 1 }, id), 400, "InvalidPath");
      assertRefused(read(id), 400, "InvalidPath");
    }
    assertRefused(read("constructor"), 404, "ContractNotFound");
  });

  it("are read by members, users and registered tokens, and written by active members", () => {
    put({ data: "text" });
    service.ccf.put("public:ccf.gov.user_identities", "u1", {
      accountType: "microsoft",
      data: { tenantId: "t1" },
    });
    const reading = (who: ReturnType<typeof asUser> | undefined) =>
      service.call(getContract, { params, ...(who && { caller: who }) });
    for (const who of [asMember(invited), asUser("e".repeat(64)), asToken({ oid: "u1", tid: "t1" })]) {
      assert.equal(reading(who).status, 200);
    }
    assertRefused(reading(asToken({ oid: "u2", tid: "t1" })), 403, "CallerNotAuthorized");
    assertRefused(reading(asToken({ tid: "t1" })), 403, "CallerNotAuthorized");
    assertRefused(reading(asToken({ oid: "constructor" })), 403, "CallerNotAuthorized");
    assertRefused(reading(asToken({ oid: "u1", tid: "t2" })), 403, "CallerTenantNotAuthorized");
    assertRefused(reading({ policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
    assertRefused(reading(undefined), 400, "UnknownAuthenticationPolicy");
    const writing = { params: { contractId: "c2" }, body: { data: "text" } };
    assertRefused(
      service.call(putContract, { caller: asMember(invited), ...writing }),
      403,
      "MemberNotActive",
    );
    assertRefused(
      service.call(putContract, { caller: asUser(carol), ...writing }),
      403,
      "CallerNotAuthorized",
    );
  });
});

describe("stating an acceptance", () => {
  const params = { contractId: "c1" };
  const caller = asMember(alice);

  it("makes the accepted contract the claim of a transaction, once", () => {
    const service = new Service();
    service.acceptContract("c1", { text: "we share" });
    const stated = service.call(postAcceptance, { caller, params });
    const transaction = `2.${service.ccf.version}`;
    assert.equal(hexOf(service.ccf.claimsDigest), digest(stated.body.contract));
    assert.deepEqual(stated.body.contract, service.call(getContract, { caller, params }).body);
    const again = service.call(postAcceptance, { caller: asMember(bob), params });
    assert.deepEqual(again.body, { contract: stated.body.contract, transactionId: transaction });
    assert.equal(service.ccf.claimsDigest, undefined);
  });

  it("is refused while there is nothing to state", () => {
    assertRefused(new Service().call(postAcceptance, { caller, params }), 400, "ContractNotAccepted");
  });
});
