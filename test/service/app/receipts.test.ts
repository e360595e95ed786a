import assert from "node:assert/strict";
import type { Network } from "../../../sandbox/network.js";
import { makeCleanRoomKey } from "../../../sdk/attested.js";
import type { CleanRoom } from "../../../sdk/clean-room.js";
import { type ContractClient, eventClaim } from "../../../sdk/contract.js";
import { fetchReceipt } from "../../../sdk/fetch-receipt.js";
import { verifyReceipt } from "../../../sdk/receipt.js";
import { sharedNetwork } from "../support/network.js";
import { acceptedContract, cleanRoomOn, hostData, registeredMachine, trust } from "./parties.js";

describe("what happened under a contract is proven offline", function () {
  this.timeout(60_000);
  let net: Network;
  let contract: ContractClient;
  let room: CleanRoom;

  before(async () => {
    net = await sharedNetwork();
    contract = await acceptedContract(net);
    await trust(net, contract, "virtual", { "virtual-hostdata": [hostData] });
    room = cleanRoomOn(net, contract, await registeredMachine(net), makeCleanRoomKey());
  });

  const proven = async (txId: string, document: unknown) => {
    const receipt = await fetchReceipt(net.client, txId);
    const { serviceCertificatePem } = net.workspace;
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem, txId, document }).txId, txId);
    const tampered = { ...(document as object), added: true };
    assert.throws(() => verifyReceipt(receipt, { serviceCertificatePem, txId, document: tampered }));
  };

  it("an event, as anybody reads it", async () => {
    const txId = await room.logEvent(
      { rows: 3, note: "ü 🗝", nested: [null, { deep: 1e21 }] },
      { id: "e", scope: "s" },
    );
    const event = await contract.latestEvent({ id: "e", scope: "s" });
    assert.ok(event);
    assert.equal(event.seqno, Number(txId.split(".")[1]));
    await proven(txId, eventClaim(event));
  });

  it("a release, numbered without gaps", async () => {
    const secretId = await contract.putSecret("key", "swordfish");
    const first = await room.secret(secretId);
    const second = await room.secret(secretId);
    assert.deepEqual([first.release, second.release, first.value.toString()], [1, 2, "swordfish"]);
    const releases = [];
    for await (const release of contract.releases()) releases.push(release);
    assert.deepEqual(
      releases.map(({ transactionId }) => transactionId),
      [first.txId, second.txId],
    );
    for (const { transactionId, record } of releases) await proven(transactionId, record);
  });

  it("an acceptance, stated once", async () => {
    const txId = await contract.stateAcceptance();
    assert.equal(await contract.stateAcceptance(), txId);
    await proven(txId, await contract.read());
  });
});
