import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { generateSigningKey, type PayloadKey, signingInfo, verifyPayload } from "../../sdk/signing.js";
import type { Network } from "../../sandbox/network.js";
import { Collaboration, type RoomChanges } from "./support/collaboration.js";
import { founders, ownNetwork, type TestNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { askAsSidecar } from "./support/released.js";

const payload = Buffer.from("a policy of pods");
const encoded = payload.toString("base64");

describe("signatures for attested code", function () {
  this.timeout(60_000);
  let network: TestNetwork | undefined;
  let net: Network;
  let room: Collaboration;

  before(async () => {
    network = await ownNetwork();
    net = network.net;
    room = await Collaboration.start(net);
  });
  after(async () => {
    await network?.end();
  });

  const path = (contract = room.contractId): string => `/app/contracts/${contract}/signing/sign`;
  const sign = async (code: RoomChanges = {}): Promise<Buffer> => (await room.room(code).sign(payload)).value;
  const currentKey = async (): Promise<PayloadKey> => {
    const { mode, publicKeyPem } = await signingInfo(net.as(net.members[0]));
    assert.ok(mode);
    return { mode, publicKeyPem };
  };
  const holds = (key: PayloadKey, signature: Buffer, contractId = room.contractId): boolean =>
    verifyPayload(key, contractId, payload, signature);

  it("are not made before the members enable them and a member has a key made", async () => {
    const [alice, bob] = founders(net);
    const member = net.as(alice);
    await assertRefused(sign(), 405, "SigningKeyNotAvailable");
    await assertRefused(generateSigningKey(member), 405, "SigningNotEnabled");
    assert.deepEqual(await signingInfo(member), { enabled: false, publicKeyPem: "", previousKeys: [] });
    await net.pass({ name: "enable_signing", args: { kid: "pods" } });
    await assertRefused(sign(), 405, "SigningKeyNotAvailable");

    const user = net.as(await net.addUser("somebody"));
    for (const stranger of [net.client, user])
      await assertRefused(generateSigningKey(stranger), 401, "InvalidAuthenticationInfo");
    assert.deepEqual(await generateSigningKey(member), { reqId: "1", kid: "pods-1" });
    assert.deepEqual(await generateSigningKey(net.as(bob)), { reqId: "1", kid: "pods-1" });
    const { publicKeyPem, ...info } = await signingInfo(user);
    assert.deepEqual(info, { enabled: true, kid: "pods-1", mode: "contract", previousKeys: [] });
    assert.match(publicKeyPem, /^-----BEGIN PUBLIC KEY-----/);
    await assertRefused(signingInfo(net.client), 401, "InvalidAuthenticationInfo");
  });

  it("are in the domain of the contract, so that they are no other contract's (improvement 18)", async () => {
    const key = await currentKey();
    const signature = await sign();
    assert.ok(holds(key, signature));
    assert.ok(!holds(key, signature, "another-contract"));
    assert.ok(!holds({ ...key, mode: "raw" }, signature));
    assert.ok(!verifyPayload(key, room.contractId, Buffer.from("another payload"), signature));
  });

  it("are releases: recorded by what was signed, and refused without consent", async () => {
    const contract = room.contract();
    const items = [];
    for await (const { record } of contract.releases()) items.push(record.item);
    const id = createHash("sha256").update(payload).digest("hex");
    assert.deepEqual(items.at(-1), { kind: "signature", id });
    await contract.setExecution("disable");
    await assertRefused(sign(), 403, "ExecutionDisabled");
    await contract.setExecution("enable");
    await sign();
  });

  it("are refused to other code, under contracts that are not accepted, and of nothing", async () => {
    const wrong = { claims: { "virtual-measurement": "bad0" } };
    await assertRefused(sign(wrong), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    await assertRefused(sign({ contractId: "nowhere" }), 403, "ContractNotAccepted");
    await assertRefused(room.room().sign(Buffer.alloc(0)), 400, "PayloadMissing");
    for (const caller of [net.client, net.as(net.members[0])])
      await assertRefused(caller.post(path(), { payload: encoded }), 400, "AttestationMissing");
  });

  it("are made for code behind existing sidecars, which sends its evidence and signs nothing", async () => {
    const signature = await askAsSidecar(room, path(), { payload: encoded });
    assert.ok(holds(await currentKey(), Buffer.from(signature, "base64")));
    await assertRefused(askAsSidecar(room, path()), 400, "PayloadMissing");
    await assertRefused(askAsSidecar(room, path(), { payload: "A" }), 400, "PayloadInvalid");
  });

  it("hold after the key was replaced (improvement 17)", async () => {
    const [old, first] = [await currentKey(), await sign()];
    await net.pass({ name: "signing_enable_rotate_signing_key" });
    assert.deepEqual(await currentKey(), old);
    assert.deepEqual(await generateSigningKey(net.as(net.members[0])), { reqId: "2", kid: "pods-2" });
    const info = await signingInfo(net.as(net.members[0]));
    assert.deepEqual(info.previousKeys, [{ kid: "pods-1", ...old }]);
    assert.ok(holds(await currentKey(), await sign()));
    assert.ok(holds(old, first));
  });

  it("are of payloads as they are if the members choose so, by a key of its own (improvement 18)", async () => {
    const before = await currentKey();
    await net.pass({ name: "set_signing_mode", args: { mode: "raw" } });
    assert.deepEqual(await currentKey(), before);
    await generateSigningKey(net.as(net.members[0]));
    const key = await currentKey();
    assert.equal(key.mode, "raw");
    assert.notEqual(key.publicKeyPem, before.publicKeyPem);
    const signature = await sign();
    assert.ok(holds(key, signature));
    assert.ok(!holds({ ...key, mode: "contract" }, signature));
  });

  it("are made with the same keys after a restart", async () => {
    const info = await signingInfo(net.as(net.members[0]));
    assert.ok(network);
    net = await network.restart();
    room = await Collaboration.start(net);
    assert.deepEqual(await signingInfo(net.as(net.members[0])), info);
    assert.ok(holds(await currentKey(), await sign()));
  });
});
