import assert from "node:assert/strict";
import { listUserDocuments, releaseUserDocument } from "../../../src/endpoints/userdocuments.js";
import { disableUserDocumentOption } from "../../../src/endpoints/userdocumentoptions.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import {
  alice,
  asking,
  asMember,
  assertRefused,
  bob,
  room,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";
import { asDora, member, UserDocuments } from "./user-documents.js";

describe("documents of users", () => {
  let documents: UserDocuments;
  beforeEach(() => {
    documents = new UserDocuments();
  });

  const text = (data: unknown, more: object = {}) => ({ contractId: "c1", data, ...more });

  describe("in lists", () => {
    const list = (query = "", params = {}) =>
      documents.service.call(listUserDocuments, { caller: asMember(bob), params, query });
    const ids = (query: string) => list(query).body.value.map(({ id }) => id);
    beforeEach(() => {
      const labels = [
        { kind: "query", lang: "sql" },
        { kind: "query" },
        { kind: "data:set" },
        undefined,
        null,
      ];
      for (const [index, label] of labels.entries())
        documents.put(text(1, { labels: label }), { documentId: `d${index + 1}` });
    });

    it("come with their labels, and the accepted document hides its draft", () => {
      documents.propose([member(alice)], { document: text(1, { labels: { kind: "final" } }) });
      documents.vote(asMember(alice));
      assert.deepEqual(list().body, {
        value: [
          { id: "d1", labels: { kind: "final" } },
          { id: "d2", labels: { kind: "query" } },
          { id: "d3", labels: { kind: "data:set" } },
          { id: "d4" },
          { id: "d5", labels: null },
        ],
      });
    });

    it("are selected by labels, all of which must be equal", () => {
      assert.deepEqual(ids("labelSelector="), ["d1", "d2", "d3", "d4", "d5"]);
      assert.deepEqual(ids("labelSelector=kind:query"), ["d1", "d2"]);
      assert.deepEqual(ids("labelSelector= kind : query , lang:sql "), ["d1"]);
      assert.deepEqual(ids("labelSelector=kind:other,kind:query"), ["d1", "d2"]);
      assert.deepEqual(ids("labelSelector=kind:Query"), []);
      assert.deepEqual(ids("labelSelector=constructor:x"), []);
      for (const wrong of ["kind", "kind:", ":query", "kind:data:set", "kind:query,", ",", " "])
        assertRefused(list(`labelSelector=${wrong}`), 400, "InvalidParameter");
    });

    it("are read page by page, the selection included (improvement 23)", () => {
      const params = { contractId: "c1" };
      const query = "labelSelector=kind:query&limit=1";
      const { nextLink } = list(query, params).body;
      assert.equal(nextLink, "/app/contracts/c1/userdocuments?labelSelector=kind%3Aquery&limit=1&after=d1");
      const decoded = decodeURIComponent(nextLink.split("?")[1] ?? "");
      assert.deepEqual(list(decoded, params).body, { value: [{ id: "d2", labels: { kind: "query" } }] });
      assert.equal(list("limit=4").body.nextLink, "/app/userdocuments?limit=4&after=d4");
    });
  });

  describe("once accepted", () => {
    const machine = new VirtualMachine();
    const ask = (body: unknown, params = {}) =>
      documents.service.call(releaseUserDocument, {
        params: { contractId: "c1", documentId: "d1", ...params },
        body,
      });
    beforeEach(() => {
      documents.service.acceptContract("c1");
      documents.service.setPolicy("c1", virtualPolicy);
      machine.registerWith(documents.service);
      documents.propose([member(alice)]);
      documents.vote(asMember(alice));
    });

    it("are released to attested code, just as others read them, and recorded (improvement 27)", () => {
      assert.equal(unwrapped(ask(asking(machine.evidence(room)))), JSON.stringify(documents.read()));
      const params = { contractId: "c1" };
      const { value } = documents.service.call(listReleases, { caller: asDora, params }).body;
      const [{ item } = { item: undefined }] = value.map(
        ({ record }) => record as unknown as { item: object },
      );
      assert.deepEqual(item, { kind: "document", id: "userdocuments/d1" });
    });

    it("are not released to others, nor drafts, nor under another contract", () => {
      const good = asking(machine.evidence(room));
      assertRefused(ask({ ...good, attestation: undefined }), 400, "AttestationMissing");
      assertRefused(ask({ ...good, encrypt: undefined }), 400, "EncryptionMissing");
      const wrong = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
      assertRefused(ask(asking(wrong)), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      documents.put(text(1), { documentId: "d2" });
      for (const documentId of ["d2", "d3"])
        assertRefused(ask(good, { documentId }), 404, "UserDocumentNotFound");
      documents.service.acceptContract("c2");
      documents.service.setPolicy("c2", virtualPolicy);
      assertRefused(ask(good, { contractId: "c2" }), 400, "ContractIdMismatch");
    });

    it("are not released while an approver has their execution disabled", () => {
      const params = { contractId: "c1", documentId: "d1" };
      const disable = (option: string) =>
        documents.service.call(disableUserDocumentOption, {
          caller: asMember(alice),
          params: { ...params, option },
        });
      disable("telemetry");
      assert.equal(ask(asking(machine.evidence(room))).status, 200);
      disable("execution");
      assertRefused(ask(asking(machine.evidence(room))), 403, "ExecutionDisabled");
    });
  });
});
