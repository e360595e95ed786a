import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeIdentity, type Member } from "../../sandbox/member.js";
import type { Network } from "../../sandbox/network.js";
import { VerificationError } from "../../sdk/errors.js";
import { consensus, listNodes, nodeState, nodeStatuses, primaryOf } from "../../sdk/nodes.js";
import { clientOfNode, getNode, untilCaughtUp, untilTrusted } from "../../sdk/nodes.js";
import { memberIdOf } from "../../sdk/identity.js";
import { fetchRecoveryShare, submitDecryptedShare, submitRecoveryShare } from "../../sdk/recovery.js";
import { previousServiceCertificate, serviceInfo, verifyPreviousService } from "../../sdk/service.js";
import { founders, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

const recoveryKeyOf = ({ folder }: Member) => readFileSync(join(folder, "recovery_key.pem"), "utf8");

describe("recovery shares", function () {
  this.timeout(30_000);
  let net: Network;
  let alice: Member, bob: Member;

  before(async () => {
    net = await sharedNetwork();
    [alice, bob] = founders(net);
  });

  const shareOf = (member: Member) => fetchRecoveryShare(net.client, member.id, recoveryKeyOf(member));

  it("can be fetched and decrypted by each member, and no two are the same", async () => {
    const shares = await Promise.all(net.members.map(shareOf));
    for (const share of shares) assert.equal(share.length, 44);
    assert.equal(new Set(shares.map((share) => share.toString("hex"))).size, net.members.length);
  });

  it("are of no use to anybody with another key", async () => {
    const asking = fetchRecoveryShare(net.client, alice.id, recoveryKeyOf(bob));
    await assert.rejects(
      asking,
      (error) => error instanceof VerificationError && error.code === "ShareNotDecrypted",
    );
  });

  it("are for members with a recovery key only", async () => {
    const nobody = memberIdOf((await makeIdentity("nobody")).certificatePem);
    await assertRefused(fetchRecoveryShare(net.client, nobody, recoveryKeyOf(bob)), 404, "ResourceNotFound");
  });

  it("are all new after the members voted to refresh them", async () => {
    const before = await Promise.all(net.members.map(shareOf));
    await net.pass({ name: "trigger_recovery_shares_refresh" });
    const after = await Promise.all(net.members.map(shareOf));
    for (const [at, share] of after.entries()) {
      assert.equal(share.length, 44);
      assert.notDeepEqual(share, before[at]);
    }
  });

  it("are taken by no service that is not being recovered, and from members only", async () => {
    const submitting = submitRecoveryShare(net.client, alice, recoveryKeyOf(alice));
    await assertRefused(submitting, 403, "ServiceNotWaitingForRecoveryShares");
    const share = await shareOf(alice);
    const stranger = await makeIdentity("mallory");
    for (const who of [stranger, { ...alice, privateKeyPem: bob.privateKeyPem }])
      await assertRefused(submitDecryptedShare(net.client, who, share), 401, "InvalidAuthenticationInfo");
  });
});

describe("what a service says of itself", function () {
  this.timeout(30_000);
  let net: Network;

  before(async () => {
    net = await sharedNetwork();
  });

  it("is its state, its certificate, and that it was never recovered", async () => {
    const { serviceCertificatePem } = net.workspace;
    const { certificatePem, ...info } = await serviceInfo(net.client);
    assert.deepEqual(info, { status: "Open", recoveryCount: 0, recoveryThreshold: 2 });
    assert.equal(certificatePem.trim(), serviceCertificatePem.trim());
    assert.equal(await previousServiceCertificate(net.client), undefined);
    await assert.rejects(
      verifyPreviousService(net.client, serviceCertificatePem),
      (error) => error instanceof VerificationError && error.code === "ServiceDiffers",
    );
  });

  it("is which nodes it has, which of them is the primary, and how they agree", async () => {
    const nodes = await listNodes(net.client);
    assert.ok(nodes.every(({ status }) => status === "Trusted"));
    const primary = await primaryOf(net.client);
    assert.deepEqual(await getNode(net.client, primary.id), primary);
    const client = clientOfNode(net.client, primary);
    const { state, id, recovered } = await nodeState(client);
    assert.deepEqual([state, id, recovered], ["PartOfNetwork", primary.id, undefined]);
    const agreed = await consensus(client);
    assert.deepEqual([agreed.primaryId, agreed.leadership], [primary.id, "Leader"]);
    const ids = nodes.map((node) => node.id).sort();
    assert.deepEqual(agreed.configurations.at(-1)?.nodeIds.toSorted(), ids);
    assert.ok((await nodeStatuses(net.client)).every((node) => node.state === "PartOfNetwork"));
    assert.equal((await untilTrusted(net.client, primary.id)).id, primary.id);
    assert.ok((await untilCaughtUp(net.client, client)) > 0);
    client.close();
  });

  it("is nothing of a node that it does not know", async () => {
    await assertRefused(getNode(net.client, "00".repeat(32)), 404, "ResourceNotFound");
  });
});
