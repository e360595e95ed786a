import assert from "node:assert/strict";
import { singleKey } from "../../support/ccf.js";
import {
  Consortium,
  alice,
  bob,
  carol,
  certificate,
  idOf,
  olga,
  operatorData,
  publicKey,
} from "./consortium.js";

const cert = certificate("dora");
const infos = "public:ccf.gov.members.info";
const keys = "public:ccf.gov.members.encryption_public_keys";

describe("set_member", () => {
  const rsa = publicKey("rsa");

  it("adds a member who has to acknowledge the state of the service first", () => {
    const consortium = new Consortium();
    consortium.ccf.put("public:ccf.internal.signatures", singleKey, { root: "ab" });
    const args = { cert, encryption_pub_key: rsa, member_data: { name: "dora" }, recovery_role: "Owner" };
    consortium.accept({ name: "set_member", args });
    const dora = idOf(cert);
    assert.deepEqual(consortium.ccf.get(infos, dora), {
      status: "Accepted",
      member_data: { name: "dora" },
      recovery_role: "Owner",
    });
    assert.equal(consortium.ccf.getText("public:ccf.gov.members.certs", dora), cert);
    assert.equal(consortium.ccf.getText(keys, dora), rsa);
    assert.deepEqual(consortium.ccf.get("public:ccf.gov.members.acks", dora), { state_digest: "ab" });
  });

  it("starts a member over who exists, without what the member had", () => {
    const consortium = new Consortium();
    const dora = idOf(cert);
    consortium.member(dora, { member_data: { old: true } });
    consortium.ccf.putText(keys, dora, rsa);
    consortium.ccf.put("public:ccf.gov.members.acks", dora, { state_digest: "old" });
    consortium.accept({ name: "set_member", args: { cert } });
    assert.deepEqual(consortium.ccf.get(infos, dora), { status: "Accepted" });
    assert.equal(consortium.ccf.getText(keys, dora), undefined);
    assert.equal(consortium.ccf.get("public:ccf.gov.members.acks", dora), undefined);
  });

  const refused: readonly (readonly [what: string, args: object, reason: RegExp])[] = [
    ["what is no certificate", { cert: "hello" }, /"cert" must be X.509 certificates in PEM, and is not/],
    ["two certificates", { cert: cert + cert }, /"cert" must be one certificate/],
    ["a recovery key that is no key", { cert, encryption_pub_key: "x" }, /must be an RSA public key/],
    [
      "a recovery key that cannot encrypt",
      { cert, encryption_pub_key: publicKey("P-256") },
      /must be an RSA public/,
    ],
    [
      "a recovery role without a key",
      { cert, recovery_role: "Owner" },
      /"recovery_role" means nothing without/,
    ],
    [
      "a recovery role nobody knows",
      { cert, encryption_pub_key: rsa, recovery_role: "King" },
      /must be one of: Non/,
    ],
    ["member data that is no object", { cert, member_data: ["a"] }, /"member_data" must be object/],
    ["no certificate", {}, /must have "cert"/],
  ];
  for (const [what, args, reason] of refused)
    it(`is refused with ${what}`, () =>
      assert.match(new Consortium().problem({ name: "set_member", args }), reason));

  it("is refused when it would take away the last share that can recover the service", () => {
    const consortium = new Consortium();
    const dora = idOf(cert);
    consortium.member(dora, {});
    for (const member of [alice, bob]) consortium.ccf.put(infos, member, { status: "Accepted" });
    consortium.ccf.putText(keys, dora, rsa);
    assert.match(consortium.problem({ name: "set_member", args: { cert } }), /recovery threshold of 1/);
  });
});

describe("remove_member", () => {
  const remove = (member_id: string) => ({ name: "remove_member", args: { member_id } });

  it("removes all there is about a member", () => {
    const consortium = new Consortium();
    const tables = ["certs", "acks"].map((name) => `public:ccf.gov.members.${name}`);
    for (const table of tables) consortium.ccf.put(table, carol, {});
    consortium.ccf.putText("public:ccf.gov.history", carol, "signed");
    consortium.accept(remove(carol));
    for (const table of [infos, ...tables, "public:ccf.gov.history"])
      assert.equal(consortium.ccf.getText(table, carol), undefined, table);
    assert.deepEqual(consortium.ccf.effects, []);
  });

  it("encrypts the ledger with a new secret when the member held a share of the old one", () => {
    const consortium = new Consortium();
    consortium.accept(remove(bob));
    assert.equal(consortium.ccf.getText(keys, bob), undefined);
    assert.deepEqual(consortium.ccf.effects, [["triggerLedgerRekey"]]);
  });

  it("leaves the ledger secret of a service that is not open, which has handed out no shares", () => {
    const consortium = new Consortium();
    consortium.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Opening" });
    consortium.accept(remove(bob));
    assert.deepEqual(consortium.ccf.effects, []);
  });

  it("is refused for somebody who is no member", () => {
    assert.match(new Consortium().problem(remove("f".repeat(64))), /there is no member ffff/);
    assert.match(new Consortium().problem(remove("alice")), /"member_id" must match/);
    assert.match(new Consortium().problem(remove(alice.toUpperCase())), /"member_id" must match/);
  });

  it("is refused when too few shares would be left to recover the service", () => {
    assert.equal(new Consortium().problem(remove(alice)), "");
    assert.match(
      new Consortium().problem(remove(alice), remove(bob)),
      /^action 1 \(remove_member\): fewer active members than the recovery threshold of 1/,
    );
  });

  it("counts a threshold that the same proposal lowers", () => {
    const consortium = new Consortium();
    const config = { recovery_threshold: 2 };
    consortium.ccf.put("public:ccf.gov.service.config", singleKey, config);
    assert.match(consortium.problem(remove(alice)), /threshold of 2/);
    consortium.accept({ name: "set_recovery_threshold", args: { recovery_threshold: 1 } }, remove(alice));
    assert.equal(consortium.ccf.get(infos, alice), undefined);
  });

  it("is decided by the vote for members of every role, active or not (improvement 10)", () => {
    for (const info of [
      {},
      { member_data: operatorData },
      { member_data: { isRecoveryOperator: true } },
      { member_data: { cgsRoles: { cgsOperator: "true", contractOperator: "true" } } },
      { status: "Accepted" },
    ]) {
      const consortium = new Consortium();
      const dora = idOf(cert);
      consortium.member(dora, info);
      const votes = { [alice]: true, [bob]: true, [carol]: true, [dora]: true };
      assert.equal(consortium.outcome(consortium.open(alice, remove(dora)), votes), "Accepted");
      consortium.accept(remove(dora));
      assert.equal(consortium.ccf.get(infos, dora), undefined);
    }
  });

  it("is refused for the last member who votes (improvement 9)", () => {
    const consortium = new Consortium();
    consortium.ccf.put("public:ccf.gov.service.config", singleKey, { recovery_threshold: 9 });
    assert.match(
      consortium.problem(remove(alice), remove(bob), remove(carol)),
      /^action 2 \(remove_member\): no member who votes would be left/,
    );
    const successor = { name: "set_member", args: { cert } };
    assert.equal(consortium.problem(remove(alice), remove(bob), successor, remove(carol)), "");
  });
});

describe("set_member_data", () => {
  const set = (member_id: string, member_data: unknown) => ({
    name: "set_member_data",
    args: { member_id, member_data },
  });

  it("replaces a member's data and leaves the rest", () => {
    const consortium = new Consortium();
    consortium.member(carol, { member_data: { a: 1 }, recovery_role: "NonParticipant" });
    consortium.accept(set(carol, { b: 2 }));
    assert.deepEqual(consortium.ccf.get(infos, carol), {
      status: "Active",
      recovery_role: "NonParticipant",
      member_data: { b: 2 },
    });
    consortium.accept(set(carol, null));
    assert.deepEqual(consortium.ccf.get(infos, carol), { status: "Active", recovery_role: "NonParticipant" });
  });

  it("may name a member whom the same proposal adds", () => {
    const consortium = new Consortium();
    consortium.accept({ name: "set_member", args: { cert } }, set(idOf(cert), { name: "dora" }));
    assert.deepEqual(consortium.ccf.get(infos, idOf(cert)), {
      status: "Accepted",
      member_data: { name: "dora" },
    });
  });

  it("is refused for somebody who is no member, and with data that is no object", () => {
    assert.match(new Consortium().problem(set("f".repeat(64), {})), /there is no member/);
    assert.match(new Consortium().problem(set(alice, "x")), /"member_data" must be object/);
  });

  it("is refused when it would turn the last voter into an operator (improvement 9)", () => {
    const consortium = new Consortium();
    consortium.member(alice, { member_data: operatorData });
    consortium.member(bob, { member_data: operatorData });
    assert.match(consortium.problem(set(carol, operatorData)), /no member who votes would be left/);
    assert.equal(consortium.problem(set(olga, {}), set(carol, operatorData)), "");
  });
});

describe("actions about users", () => {
  const certs = "public:ccf.gov.users.certs";
  const users = "public:ccf.gov.users.info";
  const user = idOf(cert);

  it("set_user adds a user, or replaces their data", () => {
    const consortium = new Consortium();
    consortium.accept({ name: "set_user", args: { cert, user_data: { tenantId: "t" } } });
    assert.equal(consortium.ccf.getText(certs, user), cert);
    assert.deepEqual(consortium.ccf.get(users, user), { user_data: { tenantId: "t" } });
    consortium.accept({ name: "set_user", args: { cert } });
    assert.equal(consortium.ccf.get(users, user), undefined);
  });

  it("set_user_data replaces and removes a user's data", () => {
    const consortium = new Consortium();
    const set = (user_data: unknown) => ({ name: "set_user_data", args: { user_id: user, user_data } });
    assert.match(consortium.problem(set({})), /there is no user/);
    consortium.accept({ name: "set_user", args: { cert } }, set({ a: 1 }));
    assert.deepEqual(consortium.ccf.get(users, user), { user_data: { a: 1 } });
    consortium.accept(set(null));
    assert.equal(consortium.ccf.get(users, user), undefined);
  });

  it("remove_user removes a user and their data", () => {
    const consortium = new Consortium();
    const remove = { name: "remove_user", args: { user_id: user } };
    consortium.accept({ name: "set_user", args: { cert, user_data: {} } });
    consortium.accept(remove);
    assert.deepEqual([...consortium.ccf.keys(certs), ...consortium.ccf.keys(users)], []);
    assert.match(consortium.problem(remove), /there is no user/);
  });

  it("set_user is refused with what is no certificate", () => {
    assert.match(new Consortium().problem({ name: "set_user", args: { cert: "x" } }), /"cert" must be X.509/);
    assert.match(
      new Consortium().problem({ name: "set_user", args: { cert, user_data: 1 } }),
      /must be object/,
    );
  });
});
