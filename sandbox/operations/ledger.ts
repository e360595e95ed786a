/** What members decide about the ledger itself. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { nodeFiles } from "../ccf/configuration.js";
import type { Network } from "../network.js";
import type { Step } from "../stage.js";
import { primaryOf } from "./retiring.js";
import { waitUntil } from "./waiting.js";

/** Has the members put a new key in place of the one that encrypts the private part of the ledger. */
export async function rekey(net: Network, step: Step): Promise<void> {
  const text = {
    id: "rekey",
    title: "They rekey the ledger",
    proves: "What is written from now on is encrypted with a new key, and the members have new shares of it.",
  };
  await step(text, async (tell) => {
    const { txId } = await net.pass({ name: "trigger_ledger_rekey" });
    tell("rekeyed", `what follows transaction ${txId} is encrypted with the new key`);
  });
}

/** Has the members ask for a snapshot, from which nodes join and recover without the ledger before it. */
export async function snapshot(net: Network, step: Step): Promise<string> {
  const text = {
    id: "snapshot",
    title: "They ask for a snapshot",
    proves:
      "It comes with a receipt: a node that starts from it verifies that it is the state of this ledger.",
  };
  return step(text, async (tell) => {
    const { folder, name } = await primaryOf(net);
    const before = new Set(committedSnapshots(folder));
    await net.pass({ name: "trigger_snapshot" });
    const made = await waitUntil(`${name} has a snapshot`, () =>
      committedSnapshots(folder).find((file) => !before.has(file)),
    );
    tell("snapshot", made);
    return made;
  });
}

/** `snapshot_<seqno>_<evidence seqno>.committed`: with the receipt in it, fit to start from. */
function committedSnapshots(folder: string): string[] {
  const all = join(folder, nodeFiles.snapshots);
  if (!existsSync(all)) return [];
  return readdirSync(all)
    .filter((name) => name.endsWith(".committed"))
    .map((name) => join(all, name));
}
