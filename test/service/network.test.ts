import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { deploy } from "../../sandbox/founding.js";
import { Network } from "../../sandbox/network.js";
import { renewCertificates } from "../../sandbox/operations/certificates.js";
import { join } from "../../sandbox/operations/joining.js";
import { rekey, snapshot } from "../../sandbox/operations/ledger.js";
import { replacePrimary } from "../../sandbox/operations/replacing.js";
import { isAt, primaryOf, retire } from "../../sandbox/operations/retiring.js";
import { status } from "../../sandbox/operations/status.js";
import { waitUntil } from "../../sandbox/operations/waiting.js";
import { unseen } from "../../sandbox/stage.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { Client } from "../../sdk/client.js";
import { listNodes, nodeState, untilCaughtUp } from "../../sdk/nodes.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { Writer } from "../../scripts/faults/writer.js";
import { ContractClient } from "../../sdk/contract.js";
import { Collaboration } from "./support/collaboration.js";
import { requireDistributed } from "./support/distributed.js";
import { freshId, ownNetwork, type TestNetwork } from "./support/network.js";

const refusedAs = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

describe("a network of three nodes", function () {
  this.timeout(120_000);
  let network: TestNetwork | undefined;
  let net: Network;
  let collaboration: Collaboration;
  let secretId: string;

  before(async function () {
    await requireDistributed(this);
    network = await ownNetwork({ nodes: 3 });
    net = network.net;
    collaboration = await Collaboration.start(net);
    secretId = await collaboration.contract().putSecret("key", "opens the data");
  });

  after(() => network?.end());

  const writerOf = (wanted: Collaboration) => new Writer(wanted.room(), net.client, freshId("write"));
  const contractAt = (client: Client) =>
    new ContractClient(client.as({ identity: net.members[0] }), collaboration.contractId);
  const released = async () => {
    const { contractId, key } = collaboration;
    const room = new CleanRoom(net.client, contractId, key, collaboration.evidence());
    return (await room.secret(secretId)).value.toString("utf8");
  };
  const roles = async () => (await status(net)).nodes.map(({ role }) => role).sort();
  const nameOfPrimary = async () => (await primaryOf(net)).name;

  it("has one primary and two backups, all of which are trusted and have what was committed", async () => {
    const { service, nodes } = await status(net);
    assert.equal(service, "Open");
    assert.deepEqual(await roles(), ["backup", "backup", "primary"]);
    for (const { state, committed } of nodes) {
      assert.equal(state, "PartOfNetwork");
      assert.ok(committed);
    }
  });

  it("serves everybody at each of its nodes, also with what only the primary can do", async () => {
    for (const node of net.nodes) {
      const alone = net.clientOf(node);
      const member = alone.as({ identity: net.members[0] });
      const mine = new ContractClient(member, collaboration.contractId);
      assert.equal((await mine.read()).state, "Accepted");
      const id = await mine.putSecret(`through-${node.name}`, "stored by the primary");
      assert.ok((await mine.listSecrets()).includes(id));
    }
  });

  it("gives nothing to a node that the members have not voted in", async () => {
    const target = (await primaryOf(net)).node;
    const { serviceCertificatePem } = net.workspace;
    const stranger = await net.startNode({ type: "Join", serviceCertificatePem, target });
    const asking = async () => (await listNodes(net.client)).find(isAt(stranger.node));
    const known = await waitUntil("it asks to join", asking, stranger);
    assert.equal(known.status, "Pending");
    await assert.rejects(
      nodeState(net.clientOf(stranger)),
      "it has no certificate of the service to answer with",
    );
    await net.pass({ name: "remove_node", args: { node_id: known.id } });
    assert.equal(await asking(), undefined);
    net.forget(stranger);
    await stranger.node.kill();
  });

  it("grows by a node and loses one by vote, and stays whole", async () => {
    await join(net, 1, unseen);
    assert.deepEqual(await roles(), ["backup", "backup", "backup", "primary"]);
    const backups = (await status(net)).nodes.filter(({ role }) => role === "backup");
    await retire(net, backups[0]?.name ?? "", unseen);
    assert.deepEqual(await roles(), ["backup", "backup", "primary"]);
  });

  it("can do without its primary: what is retired hands over", async () => {
    const first = await nameOfPrimary();
    await join(net, 1, unseen);
    await retire(net, first, unseen);
    assert.notEqual(await nameOfPrimary(), first);
    assert.deepEqual(await roles(), ["backup", "backup", "primary"]);
  });

  it("loses nothing that was reported as committed when its primary is killed while it is written to, and goes on within 10 s", async () => {
    const writer = writerOf(collaboration);
    writer.start();
    await writer.reaches(20);
    const dead = await nameOfPrimary();
    const killed = Date.now();
    await replacePrimary(net, unseen);
    await writer.reaches(writer.committed.length + 20);
    await writer.stop();
    assert.ok(!net.nodes.some(({ name }) => name === dead));
    const first = writer.committed.find(({ at, sent }) => sent > killed && at > killed);
    assert.ok(first && first.at - killed < 10_000, "writes go on");
    for (const node of net.nodes)
      assert.deepEqual(await writer.missing(contractAt(net.clientOf(node))), [], node.name);
    assert.deepEqual(await roles(), ["backup", "backup", "primary"]);
  });

  it("renews its certificates: the keys stay, and whoever trusts the certificate of before goes on", async () => {
    const { serviceCertificatePem } = net.workspace;
    await renewCertificates(net, 200, unseen);
    const [old, renewed] = [serviceCertificatePem, net.workspace.serviceCertificatePem].map(
      (pem) => new X509Certificate(pem),
    );
    assert.ok(old && renewed);
    assert.ok(old.publicKey.equals(renewed.publicKey));
    const days = (Date.parse(renewed.validTo) - Date.now()) / 86_400_000;
    assert.ok(days > 198 && days < 201, renewed.validTo);
    for (const pem of [serviceCertificatePem, net.workspace.serviceCertificatePem])
      for (const { node } of net.nodes) {
        const client = new Client({ url: node.url, serviceCertificatePem: pem });
        assert.equal((await client.get("/node/state")).status, 200);
        client.close();
      }
  });

  it("gets a new key for its ledger; what was encrypted with the old one is still released", async () => {
    await rekey(net, unseen);
    assert.equal(await released(), "opens the data");
    await collaboration.contract().putSecret("another", "after the new key");
  });

  it("writes a snapshot, from which a node starts that then has everything", async () => {
    await snapshot(net, unseen);
    const [added] = await join(net, 1, unseen);
    assert.ok(added);
    const { startupSeqno } = await nodeState(net.clientOf(added));
    assert.ok(startupSeqno > 0, "it did not replay the ledger from its beginning");
    assert.ok((await untilCaughtUp(net.client, net.clientOf(added))) >= startupSeqno);
    await retire(net, added.name, unseen);
  });

  it("takes a new application and constitution by vote, while it is used", async () => {
    const writer = writerOf(collaboration);
    writer.start();
    await writer.reaches(5);
    net.workspace.recordDeployed("something older");
    assert.equal(await deploy(net, unseen), true);
    assert.equal(await deploy(net, unseen), false);
    await writer.reaches(writer.committed.length + 5);
    await writer.stop();
    assert.deepEqual([...writer.failures], []);
    assert.deepEqual(await writer.missing(contractAt(net.client)), []);
  });

  it("is recovered when all nodes have died, by its members' shares, with another identity and all that was committed", async () => {
    const writer = writerOf(collaboration);
    writer.start();
    await writer.reaches(20);
    const txId = writer.committed[0]?.txId ?? "";
    const receipt: unknown = await fetchReceipt(net.client, txId);
    const before = net.workspace.serviceCertificatePem;
    await Promise.all(net.nodes.map(({ node }) => node.kill()));
    await writer.stop();
    assert.ok(network);
    net = await network.restart();
    const after = net.workspace.serviceCertificatePem;
    assert.ok(!new X509Certificate(before).publicKey.equals(new X509Certificate(after).publicKey));
    assert.deepEqual(await roles(), ["backup", "backup", "primary"]);
    assert.deepEqual(await writer.missing(contractAt(net.client)), []);
    assert.equal(await released(), "opens the data");
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem: before }).txId, txId);
    assert.throws(
      () => verifyReceipt(receipt, { serviceCertificatePem: after }),
      "the new service did not sign it",
    );
    const again = await fetchReceipt(net.client, txId);
    assert.equal(verifyReceipt(again, { serviceCertificatePem: after }).txId, txId);
  });

  it("is left alone by operations that do not fit it", async () => {
    await assert.rejects(retire(net, "node99", unseen), refusedAs("UnknownNode"));
    const { folder } = net.workspace;
    await assert.rejects(
      Network.open({ workspace: folder, engine: net.workspace.engine, port: 0 }),
      refusedAs("AlreadyRunning"),
    );
    const other = await Network.attach(folder);
    assert.deepEqual(
      other.nodes.map(({ name }) => name),
      net.nodes.map(({ name }) => name),
    );
    other.detach();
    await net.stop();
    await assert.rejects(Network.attach(folder), refusedAs("NotRunning"));
  });
});

describe("a network of one node", function () {
  this.timeout(60_000);
  let network: TestNetwork | undefined;

  before(async function () {
    await requireDistributed(this);
    network = await ownNetwork();
  });

  after(() => network?.end());

  it("keeps its only node, and knows that it does not survive the loss of its primary", async () => {
    assert.ok(network);
    const { net } = network;
    await assert.rejects(retire(net, "node0", unseen), refusedAs("LastNode"));
    await assert.rejects(replacePrimary(net, unseen), refusedAs("TooFewNodes"));
    assert.equal((await status(net)).nodes[0]?.role, "primary");
  });
});
