import assert from "node:assert/strict";
import { signGovernanceMessage } from "../../../../sdk/cose.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";
import { Consortium, fieldOf, makePerson } from "./consortium.js";

const note = { name: "note" };

describe("members", () => {
  let consortium: Consortium;
  beforeEach(async () => {
    consortium = await Consortium.found();
  });
  afterEach(() => consortium.dissolve());

  const statusOf = (id: string) => fieldOf(consortium.get(`/service/members/${id}`).body, "status");
  const digestPath = (id: string, action: string) => `/members/state-digests/${id}:${action}`;

  it("are accepted at first, and can neither propose nor vote nor withdraw", () => {
    const { id } = consortium.member();
    assert.equal(statusOf(id), "Accepted");
    const some = "0".repeat(64);
    for (const refused of [
      consortium.propose([note]),
      consortium.vote(some, consortium.member()),
      consortium.withdraw(some, consortium.member()),
    ])
      assert.deepEqual([refused.status, refused.message], [401, "Signer is not an ACTIVE member"]);
  });

  it("become active by acknowledging the digest they were given", () => {
    const { id } = consortium.member();
    assert.equal(consortium.activate(consortium.member()).status, 204);
    assert.equal(statusOf(id), "Active");
    const ack = tables.memberAcks(consortium.node.ledger.store.begin()).get(id);
    assert.deepEqual(Object.keys(ack ?? {}), ["cose_sign1_req", "state_digest"]);
  });

  it("are given the root of the last signature, which anybody can read", () => {
    const { id } = consortium.member();
    const { body } = consortium.signed(digestPath(id, "update"), consortium.member(), {
      type: "state_digest",
      payload: "",
    });
    const root = tables.signatures(consortium.node.ledger.store.begin()).get()?.root;
    assert.deepEqual(body, { memberId: id, stateDigest: root });
    assert.deepEqual(consortium.get(`/members/state-digests/${id}`).body, body);
    assert.equal(
      consortium.get("/members/state-digests/nobody").message,
      "No ACK record exists for member m[nobody].",
    );
  });

  it("do not become active by another digest, or by a message that holds none", () => {
    const { id } = consortium.member();
    const path = digestPath(id, "ack");
    consortium.signed(digestPath(id, "update"), consortium.member(), { type: "state_digest", payload: "" });
    const wrong = consortium.signed(path, consortium.member(), {
      type: "ack",
      payload: `{"stateDigest":"${"00".repeat(32)}"}`,
    });
    assert.deepEqual([wrong.status, wrong.code], [400, "StateDigestMismatch"]);
    for (const payload of ["", "not json", "null", "[]", "{}", '{"stateDigest":null}', '{"stateDigest":5}']) {
      const refused = consortium.signed(path, consortium.member(), { type: "ack", payload });
      assert.deepEqual([refused.status, refused.code], [400, "InvalidInput"], payload);
    }
    assert.equal(statusOf(id), "Accepted");
  });

  it("act for themselves only", () => {
    const [first, second] = [consortium.member(0), consortium.member(1)];
    for (const [action, type] of [
      ["update", "state_digest"],
      ["ack", "ack"],
    ] as const) {
      const refused = consortium.signed(digestPath(second.id, action), first, { type, payload: "{}" });
      assert.deepEqual([refused.status, refused.code], [400, "InvalidAuthenticationInfo"]);
      assert.match(refused.message ?? "", /does not match member ID from body signature/);
    }
  });

  it("say by a type what a message is for", () => {
    const { id } = consortium.member();
    const refused = consortium.signed(digestPath(id, "update"), consortium.member(), {
      type: "ack",
      payload: "",
    });
    assert.equal(
      refused.message,
      "Found ccf.gov.msg.type set to ack, expected ccf.gov.msg.type to be state_digest",
    );
  });

  it("cannot be impersonated: bytes changed on the way are refused", () => {
    const { id } = consortium.member();
    const body = signGovernanceMessage({
      ...consortium.member(),
      type: "state_digest",
      payload: "some content",
    });
    for (const at of [body.length - 1, body.length - 110]) {
      const spoilt = Uint8Array.from(body, (byte, index) => (index === at ? byte ^ 1 : byte));
      const refused = consortium.post(digestPath(id, "update"), spoilt);
      assert.deepEqual([refused.status, refused.message], [401, "Failed to validate COSE Sign1"]);
    }
  });

  it("send their messages as COSE", () => {
    const { id } = consortium.member();
    const body = signGovernanceMessage({ ...consortium.member(), type: "state_digest", payload: "" });
    const refusal = (headers: Record<string, string>) =>
      consortium.post(digestPath(id, "update"), body, headers).message;
    assert.equal(refusal({}), "Missing content-type header");
    for (const type of ["application/json", "application/COSE", "application/cose; cose-type=cose-sign1"])
      assert.equal(refusal({ "content-type": type }), "Content type is not set to application/cose");
    const garbage = consortium.post(digestPath(id, "update"), Buffer.from("{}"));
    assert.deepEqual([garbage.status, garbage.message], [500, "Failed to parse COSE_Sign1 outer array"]);
  });

  it("sign with the key of their certificate: strangers are refused", () => {
    const stranger = makePerson("stranger");
    const refused = consortium.signed(digestPath(stranger.id, "update"), stranger, {
      type: "state_digest",
      payload: "",
    });
    assert.deepEqual([refused.status, refused.message], [401, "Signer is not a known member"]);
  });

  it("are listed with their certificates and roles", () => {
    const value = fieldOf(consortium.get("/service/members").body, "value");
    assert.ok(Array.isArray(value));
    const roles = new Map(
      value.map((one: unknown) => [fieldOf(one, "memberId"), fieldOf(one, "recoveryRole")]),
    );
    const [first, second, third] = consortium.members;
    const inOrder = [first, second, third].map((member) => roles.get(member?.id));
    assert.deepEqual(inOrder, ["Participant", "NonParticipant", "NonParticipant"]);
    assert.equal(
      fieldOf(consortium.get(`/service/members/${first?.id ?? ""}`).body, "certificate"),
      first?.certificatePem,
    );
    assert.equal(consortium.get(`/service/members/${"0".repeat(64)}`).code, "ResourceNotFound");
  });

  it("of a role that nobody knows cannot be read", () => {
    for (const member of consortium.members) consortium.activate(member);
    const { id } = consortium.member(2);
    consortium.pass({
      name: "write",
      args: { name: "members.info", id, text: '{"status":"Accepted","recovery_role":"Spectator"}' },
    });
    const refused = consortium.get(`/service/members/${id}`);
    assert.deepEqual(
      [refused.status, refused.message],
      [400, 'At #/: "Spectator" is not convertible to MemberRecoveryRole'],
    );
  });

  it("of whom the certificate is left but no record cannot become active", () => {
    for (const member of consortium.members) consortium.activate(member);
    consortium.pass({ name: "remove_member", args: { id: consortium.member(2).id } });
    const refused = consortium.activate(consortium.member(2));
    assert.deepEqual([refused.status, refused.code], [500, "InternalError"]);
    assert.match(refused.message ?? "", /^Error activating member/);
  });

  describe("of a service about to open", () => {
    const open = () =>
      consortium.pass({ name: "open", args: { certificate: consortium.node.identity.service.certificate } });
    const sharePath = (index: number) => `/recovery/encrypted-shares/${consortium.member(index).id}`;
    beforeEach(() => {
      for (const index of [0, 1]) consortium.activate(consortium.member(index));
    });

    it("get recovery shares if they have a key", () => {
      assert.equal(consortium.get(sharePath(0)).status, 500);
      assert.equal(open().status, 200);
      assert.equal(fieldOf(consortium.get("/service/info").body, "status"), "Open");
      assert.equal(typeof fieldOf(consortium.get(sharePath(0)).body, "encryptedShare"), "string");
      assert.equal(consortium.get(sharePath(1)).code, "ResourceNotFound");
    });

    it("get new shares when the ledger secret changes, but not before the service is open", () => {
      const early = consortium.pass({ name: "rekey" });
      assert.match(early.message ?? "", /Could not rekey ledger/);
      open();
      const before = fieldOf(consortium.get(sharePath(0)).body, "encryptedShare");
      assert.equal(consortium.pass({ name: "rekey" }).status, 200);
      assert.notEqual(fieldOf(consortium.get(sharePath(0)).body, "encryptedShare"), before);
      assert.equal(consortium.node.ledger.secrets.all.length, 2);
    });

    it("must mean this service", () => {
      const other = makePerson("another service").certificatePem;
      const refused = consortium.pass({ name: "open", args: { certificate: other } });
      assert.match(refused.message ?? "", /Service identity mismatch/);
      assert.equal(fieldOf(consortium.get("/service/info").body, "status"), "Opening");
    });

    it("may open it twice, which changes nothing", () => {
      open();
      const before = consortium.get(sharePath(0)).body;
      assert.equal(open().status, 200);
      assert.deepEqual(consortium.get(sharePath(0)).body, before);
    });

    it("who become active later than it opened change nothing for the others without a key", () => {
      open();
      const before = consortium.get(sharePath(0)).body;
      assert.equal(consortium.activate(consortium.member(2)).status, 204);
      assert.deepEqual(consortium.get(sharePath(0)).body, before);
    });

    it("cannot submit shares to a service that does not wait for them", () => {
      open();
      const path = `/recovery/members/${consortium.member().id}:recover`;
      const refused = consortium.signed(path, consortium.member(), {
        type: "recovery_share",
        payload: '{"share":"AAAA"}',
      });
      assert.deepEqual([refused.status, refused.code], [403, "ServiceNotWaitingForRecoveryShares"]);
    });
  });
});
