import assert from "node:assert/strict";
import { Consortium, alice, bob, carol, olga } from "./consortium.js";

const accepted = "public:ccf.gov.accepted_member_documents";
const all = { [alice]: true, [bob]: true, [carol]: true };
const setDocument = (
  documentId: unknown = "d1",
  document: unknown = { contractId: "c1", data: { hello: "world" } },
) => ({ name: "set_member_document", args: { documentId, document } });
const other = setDocument("d1", { contractId: "c1", data: "something else" });

describe("set_member_document", () => {
  it("accepts exactly the data and contract that were voted on, and says who voted how", () => {
    const consortium = new Consortium();
    consortium.ccf.put("public:documents", "d1", { contractId: "c1", data: "the draft says something else" });
    const read = {
      ...{ id: "d1", version: "2.15", state: "Draft", contractId: "c1" },
      ...{ data: { z: 1, a: [null, "ü"] }, proposalId: "" },
    };
    const proposalId = consortium.accept(setDocument("d1", read));
    assert.deepEqual(consortium.ccf.get(accepted, "d1"), {
      contractId: "c1",
      data: { z: 1, a: [null, "ü"] },
      proposalId,
      finalVotes: all,
    });
  });

  it("takes any JSON that says something", () => {
    for (const data of [{}, [], "text", 1, true])
      assert.equal(new Consortium().problem(setDocument("d1", { contractId: "c1", data })), "");
  });

  const refused: readonly (readonly [what: string, id: unknown, document: unknown, reason: RegExp])[] = [
    ["an id that is no text", 5, undefined, /"documentId" must be string/],
    ["an empty id", "", undefined, /"documentId" must not be empty/],
    ["an id with a slash", "a/b", undefined, /"documentId" must be an id/],
    ["an id of 129 characters", "a".repeat(129), undefined, /"documentId" must be an id/],
    ["no document", "d1", null, /must have "document"/],
    ["a document that is no object", "d1", "x", /"document" must be object/],
    ["a document without a contract", "d1", { data: 1 }, /"document" must have "contractId"/],
    ["a contract that is no id", "d1", { contractId: "a b", data: 1 }, /"document.contractId" must be an id/],
    ["a document without data", "d1", { contractId: "c1" }, /"document" must have "data"/],
    ["data that is empty", "d1", { contractId: "c1", data: "" }, /"document.data" must not be ""/],
    ["data that is null", "d1", { contractId: "c1", data: null }, /"document.data" must not be null/],
  ];
  for (const [what, id, document, reason] of refused)
    it(`is refused with ${what}`, () =>
      assert.match(new Consortium().problem(setDocument(id, document)), reason));

  it("is refused with text that is no Unicode, of which no digest could be made", () => {
    const document = '{"contractId":"c1","data":"\\ud800"}';
    const proposal = `{"actions":[{"name":"set_member_document","args":{"documentId":"d1","document":${document}}}]}`;
    assert.match(new Consortium().problemOf(proposal), /action 0 \(set_member_document\): /);
  });

  it("needs all voters, and anybody may veto", () => {
    const consortium = new Consortium();
    const proposal = consortium.open(alice, setDocument());
    assert.equal(consortium.outcome(proposal, { [alice]: true, [bob]: true }), "Open");
    assert.equal(consortium.outcome(proposal, all), "Accepted");
    assert.equal(consortium.outcome(proposal, { [alice]: true, [olga]: false }), "Rejected");
  });

  it("is rejected for a document that is accepted already", () => {
    const consortium = new Consortium();
    consortium.accept(setDocument());
    assert.equal(consortium.proposing(bob, other), "Rejected");
    assert.equal(consortium.proposing(bob, setDocument("d2")), "Open");
  });

  it("is rejected for a document that another open proposal names, or the same one twice", () => {
    const consortium = new Consortium();
    assert.equal(consortium.proposing(alice, setDocument()), "Open");
    assert.equal(consortium.proposing(bob, other), "Rejected");
    const twice = [setDocument("d2"), setDocument("d2", { contractId: "c1", data: "something else" })];
    assert.equal(consortium.proposing(bob, ...twice), "Rejected");
  });

  it("may be proposed with other documents, and while a member is invited, unlike contracts", () => {
    const consortium = new Consortium();
    consortium.member("d".repeat(64), { status: "Accepted" });
    const proposal = consortium.open(alice, setDocument("d1"), setDocument("d2"), { name: "remove_js_app" });
    assert.equal(consortium.outcome(proposal), "Open");
    assert.equal(consortium.outcome(proposal, all), "Accepted");
    consortium.decide(proposal);
    assert.deepEqual(consortium.ccf.keys(accepted), ["d1", "d2"]);
  });
});
