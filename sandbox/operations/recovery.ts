import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeState } from "../../sdk/nodes.js";
import { submitRecoveryShare } from "../../sdk/recovery.js";
import { nodeFiles } from "../ccf/configuration.js";
import { copyLedger, latestLedger } from "../ccf/ledgers.js";
import { formatTxId } from "../embedded/ledger/txid.js";
import { requireTimeAfter } from "../failures.js";
import type { Network } from "../network.js";
import { type NetworkNode, nodeFolders } from "../nodes.js";
import type { Step } from "../stage.js";
import { servesApplication, waitUntil } from "./waiting.js";

/** milliseconds; a long ledger takes its time. */
const READS_LEDGER_WITHIN = 600_000;

/**
 * Recovers the service of a network whose nodes have all ended: a new node reads what is public of the ledger, the members
 * agree that it is theirs, and enough of them submit their shares of the key to the rest.
 *
 * The service has another identity then; the certificate of before is kept, since it verifies older receipts.
 */
export async function recover(net: Network, port: number, step: Step): Promise<void> {
  const previous = await readPublicLedger(net, port, step);
  await submitShares(net, previous, step);
}

/** @returns the certificate that the service had before */
async function readPublicLedger(net: Network, port: number, step: Step): Promise<string> {
  const text = {
    id: "recover",
    title: "All nodes have ended; a new node begins the recovery from their ledger",
    proves: "The ledger is enough: what is public of it was verified, from the first signature to the last.",
  };
  return step(text, async (tell) => {
    const folders = nodeFolders(net.workspace).map(({ folder }) => folder);
    const ledger = latestLedger(folders);
    tell("ledger", `of ${ledger.folder}, which ends with transaction ${formatTxId(ledger.end)}`);
    if (ledger.torn)
      tell("left out", `the last ${ledger.torn.bytes} bytes of ${ledger.torn.path}: no whole transaction`);
    const previous = readFileSync(join(ledger.folder, nodeFiles.serviceCertificate), "utf8");
    requireTimeAfter(previous);
    const node = await net.startNode(
      { type: "Recover", previousServiceCertificatePem: previous },
      port,
      (into) => {
        const roots = copyLedger(ledger, folders, into);
        if (roots > 0) tell("verified", `its ${roots} roots follow from its transactions`);
        else tell("not verified", "it has no root of a form that could be held against its transactions");
      },
    );
    net.workspace.keepEarlierService(previous);
    await net.adoptService(node);
    await reaches(net, node, "PartOfPublicNetwork");
    tell(node.name, `has read the public ledger; ${node.node.url} (${net.engine.description})`);
    return previous;
  });
}

async function submitShares(net: Network, previous: string, step: Step): Promise<void> {
  const text = {
    id: "shares",
    title: "They vote for the recovered service, and submit their shares of the ledger's key",
    proves:
      "No operator can read the private part of the ledger: it takes as many members as they agreed on.",
  };
  await step(text, async (tell) => {
    const { serviceCertificatePem } = net.workspace;
    const identities = { previous_service_identity: previous, next_service_identity: serviceCertificatePem };
    const { txId } = await net.pass({ name: "transition_service_to_open", args: identities });
    tell("voted", `for the new identity of the service, in transaction ${txId}`);
    for (const member of net.members) {
      const recoveryKey = readFileSync(join(member.folder, "recovery_key.pem"), "utf8");
      const { submitted, threshold } = await submitRecoveryShare(net.client, member, recoveryKey);
      tell(member.name, `submits its share: ${submitted} of ${threshold}`);
      if (submitted >= threshold) break;
    }
    const [node] = net.nodes;
    if (node) await reaches(net, node, "PartOfNetwork");
    await waitUntil("the service is open", () => servesApplication(net.client));
    tell("open", "everything that was reported as committed is there");
  });
}

async function reaches(net: Network, started: NetworkNode, state: string): Promise<void> {
  const client = net.clientOf(started);
  const asked = async () => ((await nodeState(client)).state === state ? true : undefined);
  await waitUntil(`${started.name} is ${state}`, asked, { node: started.node, within: READS_LEDGER_WITHIN });
}
