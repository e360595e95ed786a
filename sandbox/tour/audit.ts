import { mkdirSync, writeFileSync } from "node:fs";
import type { CleanRoom } from "../../sdk/clean-room.js";
import { ContractClient, eventClaim } from "../../sdk/contract.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { claimsDigestOf, type Receipt, ReceiptError, verifyReceipt } from "../../sdk/receipt.js";
import type { Network } from "../network.js";
import type { Step, Tell } from "../stage.js";
import { castOf, short } from "./cast.js";

/** An event on the ledger: the document, and the transaction whose receipt proves it. */
export interface Logged {
  readonly txId: string;
  readonly document: object;
}

/** Where the tour leaves what an auditor needs, besides the service's certificate. */
export interface Evidence {
  readonly documentFile: string;
  readonly receiptFile: string;
}

export async function logEvent(
  net: Network,
  step: Step,
  contractId: string,
  room: CleanRoom,
): Promise<Logged> {
  const text = {
    id: "event",
    title: "The code logs that it has run",
    proves: "Only attested code can write here, and what it wrote is the claim of its transaction.",
  };
  return step(text, async (tell) => {
    const txId = await room.logEvent({ operation: "analysis", rows: 1203, output: "averages per ward" });
    await net.client.committed(txId);
    const { analyst } = castOf(net);
    const event = await new ContractClient(net.as(analyst), contractId).latestEvent();
    if (event === undefined) throw new Error("The event that was logged is not there");
    tell("event", `${JSON.stringify(event.data)}, transaction ${txId}`);
    return { txId, document: eventClaim(event) };
  });
}

/** What an auditor does, who has the service's certificate and does not ask the service anything. */
export async function verifyEvent(net: Network, step: Step, { txId, document }: Logged): Promise<Evidence> {
  const text = {
    id: "receipt",
    title: "An auditor verifies the event's receipt offline, and rejects a tampered copy",
    proves:
      "This very document is on the ledger of this service: nobody can deny it, change it or add to it later.",
  };
  return step(text, async (tell) => {
    const receipt = await fetchReceipt(net.client, txId);
    const { serviceCertificatePem } = net.workspace;
    const { root, nodeId } = verifyReceipt(receipt, { serviceCertificatePem, txId, document });
    tell(
      "verified",
      `transaction ${txId} is under the root ${short(root)} that node ${short(nodeId)} signed`,
    );

    const tampered = { ...document, data: { operation: "nothing happened" } };
    const expected = { serviceCertificatePem, txId, document: tampered };
    expectRejected(tell, "a tampered document", receipt, expected);
    const forged = { ...receipt, leaf_components: forgedClaims(receipt, tampered) };
    expectRejected(tell, "with a forged receipt", forged, expected);
    return leave(net, document, receipt);
  });
}

/** The digest of the tampered document put in the place of the true one. */
function forgedClaims({ leaf_components }: Receipt, document: object) {
  return { ...leaf_components, claims_digest: claimsDigestOf(document) };
}

function expectRejected(
  tell: Tell,
  what: string,
  ...[receipt, expected]: Parameters<typeof verifyReceipt>
): void {
  try {
    verifyReceipt(receipt, expected);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    tell(what, `rejected: ${error.code}`);
    return;
  }
  throw new Error(`The receipt verifies for ${what}`);
}

function leave(net: Network, document: object, receipt: Receipt): Evidence {
  mkdirSync(net.workspace.path("tour"), { recursive: true });
  const documentFile = net.workspace.path("tour", "event.json");
  const receiptFile = net.workspace.path("tour", "receipt.json");
  writeFileSync(documentFile, `${JSON.stringify(document, null, 2)}\n`);
  writeFileSync(receiptFile, `${JSON.stringify(receipt, null, 2)}\n`);
  return { documentFile, receiptFile };
}
