import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { released } from "../../sdk/answers.js";
import { makeCleanRoomKey, signedRequest, unwrap } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import { memberIdOf } from "../../sdk/identity.js";
import { AGREED, Collaboration, setPolicy } from "./support/collaboration.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { TokenIssuer } from "./support/tokens.js";

describe("secrets", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;
  let room: CleanRoom;
  let member: Client;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
    member = net.as(net.members[0]);
    contract = collaboration.contract();
    room = collaboration.room();
  });

  const path = (name: string) => `/app/contracts/${collaboration.contractId}/secrets/${name}`;
  const valueOf = async (secretId: string) => (await room.secret(secretId)).value.toString("utf8");

  it("are stored under their owner's name: a member's, a user's, a clean room's", async () => {
    const user = await net.addUser(freshId("user"));
    const ids = [
      await contract.putSecret("key", "alice's"),
      await collaboration.contract(net.as(founders(net)[1])).putSecret("key", "bob's"),
      await collaboration.contract(net.as(user)).putSecret("key", "the user's"),
      await room.putSecret("key", "the clean room's"),
    ];
    const owners = [net.members[0].id, net.members[1]?.id, memberIdOf(user.certificatePem), "cleanroom"];
    assert.deepEqual(
      ids,
      owners.map((owner) => `${owner}_key`),
    );
    const values = [];
    for (const id of ids) values.push(await valueOf(id));
    assert.deepEqual(values, ["alice's", "bob's", "the user's", "the clean room's"]);
    const listed = await collaboration.contract(net.as(user)).listSecrets();
    assert.ok(ids.every((id) => listed.includes(id)));
  });

  it("come back to the byte, up to 25,600 characters", async () => {
    for (const value of ["ü 日本 🗝", "nul\0inside", " \n", "0", "日".repeat(25_600)])
      assert.equal(await valueOf(await contract.putSecret("bytes", value)), value);
    for (const [value, code] of [
      ["", "ValueMissing"],
      [null, "ValueMissing"],
      [7, "ValueMissing"],
      ["x".repeat(25_601), "ValueTooLarge"],
    ] as const)
      await assertRefused(member.put(path("bytes"), { value }), 400, code);
    assert.equal(await valueOf(`${net.members[0].id}_bytes`), "日".repeat(25_600));
  });

  it("keep their versions: the newest is released, or the one that is named (improvement 22)", async () => {
    const secretId = await contract.putSecret("versions", "first");
    await contract.putSecret("versions", "second");
    assert.equal(await valueOf(secretId), "second");
    const body = signedRequest(collaboration.key, collaboration.evidence(), {});
    for (const [version, value] of [
      [1, "first"],
      [2, "second"],
    ] as const) {
      const answer = (await net.client.post(`${path(secretId)}?version=${version}`, body)).as(released);
      const bytes = unwrap(Buffer.from(answer.value, "base64"), collaboration.key.privateKey);
      assert.equal(bytes.toString(), value);
    }
    await assertRefused(net.client.post(`${path(secretId)}?version=3`, body), 404, "SecretNotFound");
    await assertRefused(net.client.post(`${path(secretId)}?version=0`, body), 400, "InvalidParameter");
  });

  it("may be for some only of the code that the contract trusts (improvement 22)", async () => {
    const own = await Collaboration.start(net);
    await net.pass(
      setPolicy(own.contractId, "virtual", { "virtual-measurement": [AGREED["virtual-measurement"]] }),
    );
    const newer = { policyType: "virtual", alternatives: [{ "virtual-svn": [{ atLeast: 8 }] }] } as const;
    const secretId = await own.contract().putSecret("key", "swordfish", newer);
    const asking = own.room().secret(secretId);
    const { details } = await assertRefused(asking, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    const lacks = details as readonly { claim: string; presented: unknown }[];
    assert.deepEqual(
      lacks.map(({ claim, presented }) => [claim, presented]),
      [["virtual-svn", 7]],
    );
    const { value } = await own.room({ claims: { "virtual-svn": 8 } }).secret(secretId);
    assert.equal(value.toString(), "swordfish");
    const list = (await member.get(`/app/contracts/${own.contractId}/secrets`)).json();
    assert.deepEqual(list, { value: [{ secretId, policy: newer }] });
    const policy = { policyType: "jwt", alternatives: [{ oid: ["o"], tid: ["t"] }] };
    const refused = member.put(`/app/contracts/${own.contractId}/secrets/key`, { value: "v", policy });
    await assertRefused(refused, 400, "InvalidPolicy");
    await own.contract().putSecret("key", "for all", null);
    assert.equal((await own.room().secret(secretId)).value.toString(), "for all");
  });

  it("are deleted by their owner only, with all versions, whose numbers never mean another value", async () => {
    const secretId = await contract.putSecret("gone", "first");
    const bobs = collaboration.contract(net.as(net.members[1] ?? net.members[0]));
    await assertRefused(bobs.deleteSecret("gone"), 404, "SecretNotFound");
    assert.equal(await valueOf(secretId), "first");

    await contract.deleteSecret("gone");
    await assertRefused(room.secret(secretId), 404, "SecretNotFound");
    assert.ok(!(await contract.listSecrets()).includes(secretId));
    await assertRefused(contract.deleteSecret("gone"), 404, "SecretNotFound");

    await contract.putSecret("gone", "second");
    const body = signedRequest(collaboration.key, collaboration.evidence(), {});
    await assertRefused(net.client.post(`${path(secretId)}?version=1`, body), 404, "SecretNotFound");
    assert.equal(await valueOf(secretId), "second");
  });

  it("are listed page by page (improvement 23)", async () => {
    const own = await Collaboration.start(net);
    for (const name of ["c", "a", "b"]) await own.contract().putSecret(name, "v");
    const names: string[][] = [];
    for (let next: string | undefined = `/app/contracts/${own.contractId}/secrets?limit=2`; next;) {
      const page = (await member.get(next)).json() as { value: { secretId: string }[]; nextLink?: string };
      names.push(page.value.map(({ secretId }) => secretId.slice(-1)));
      next = page.nextLink;
    }
    assert.deepEqual(names, [["a", "b"], ["c"]]);
  });

  it("are read by no certificate, only by code that proves itself", async () => {
    const secretId = await contract.putSecret("key", "swordfish");
    for (const caller of [member, net.client]) {
      await assertRefused(caller.post(path(secretId), {}), 400, "AttestationMissing");
      await assertRefused(caller.get(path(secretId)), 405, "UnsupportedHttpVerb");
    }
  });

  it("belong to a contract that exists and are of no other", async () => {
    const nowhere = new ContractClient(member, freshId("nowhere"));
    await assertRefused(nowhere.putSecret("key", "v"), 404, "ContractNotFound");
    const other = await Collaboration.start(net);
    const secretId = await contract.putSecret("mine", "v");
    assert.deepEqual(await other.contract().listSecrets(), []);
    await assertRefused(other.room().secret(secretId), 404, "SecretNotFound");
  });

  it("may wait for their contract, but are not released before it is accepted", async () => {
    const draft = new ContractClient(member, freshId("draft"));
    await draft.draft("text");
    const secretId = await draft.putSecret("key", "v");
    const asking = collaboration.room({ contractId: draft.id }).secret(secretId);
    await assertRefused(asking, 403, "ContractNotAccepted");
  });

  it("are stored by a clean room with the very key that its evidence binds", async () => {
    const thief = makeCleanRoomKey();
    const genuine = collaboration.evidence();
    // the thief has seen the evidence of the clean room, and signs and encrypts with its own key
    const stolen = new CleanRoom(net.client, collaboration.contractId, thief, genuine);
    await assertRefused(stolen.putSecret("key", "forged"), 400, "ReportDataMismatch");
    const request = signedRequest(collaboration.key, genuine, { value: "v" });
    const forged = signedRequest(thief, genuine, { value: "forged" });
    for (const [changes, code] of [
      [{ sign: forged.sign, data: forged.data }, "ReportDataMismatch"],
      [{ data: forged.data }, "SignatureMismatch"],
      [{ sign: { ...request.sign, signature: forged.sign.signature } }, "SignatureMismatch"],
      [{ sign: null }, "SignatureMismatch"],
      [{ data: null }, "DataMissing"],
      [{ data: Buffer.from("{").toString("base64") }, "SignatureMismatch"],
    ] as const)
      await assertRefused(net.client.put(path("key"), { ...request, ...changes }), 400, code);
  });

  it("are nothing for holders of a token whom the members have not registered", async () => {
    const issuer = new TokenIssuer();
    await net.pass(issuer.registration);
    const stranger = net.as({ token: issuer.token({ oid: "somebody" }) });
    const base = `/app/contracts/${collaboration.contractId}`;
    await assertRefused(stranger.get(`${base}/secrets`), 403, "CallerNotAuthorized");
    await assertRefused(stranger.put(path("key"), { value: "v" }), 403, "CallerNotAuthorized");
    const expired = { exp: Math.floor(Date.now() / 1000) - 3600 };
    for (const token of [issuer.token(expired), new TokenIssuer().token({ oid: "x" }), "no token"]) {
      const nobody = net.as({ token });
      await assertRefused(nobody.get(`${base}/secrets`), 401, "InvalidAuthenticationInfo");
      await assertRefused(nobody.put(path("key"), { value: "v" }), 400, "AttestationMissing");
    }
  });
});
