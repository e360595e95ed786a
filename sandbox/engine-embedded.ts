import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../sdk/errors.js";
import { EmbeddedNode } from "./embedded/node.js";
import type { Beginning, Engine, NodePlace, RunningNode } from "./engine.js";

/** The nodes of this process, by folder. */
const running = new Map<string, { node: EmbeddedNode; handle: RunningNode }>();

/** A CCF-compatible node inside this process. */
export const embedded: Engine = {
  description: "embedded node: behaves like a CCF node, protected by nothing",
  distributed: false,
  missing: () => Promise.resolve(undefined),
  start,
  find: (folder) => Promise.resolve(running.get(folder)?.handle),
  serviceCertificate: (folder) => running.get(folder)?.node.serviceCertificate,
};

async function start({ folder, address, port }: NodePlace, beginning: Beginning): Promise<RunningNode> {
  if (beginning.type !== "Start")
    throw new TypeError("an embedded node is alone, and goes on from its ledger by itself");
  const node = await EmbeddedNode.start({
    directory: folder,
    host: address,
    port,
    constitution: beginning.constitution,
    members: beginning.members.map((member) => ({
      certificate: member.certificatePem,
      encryptionPublicKey: member.recoveryPublicKeyPem,
    })),
    serviceConfiguration: { recovery_threshold: beginning.recoveryThreshold },
    log: logTo(join(folder, "node.log")),
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    const advice = "end what listens there, or choose another port with --port";
    throw new UsageError("PortTaken", `${address}:${port} is taken; ${advice}`, { cause: error });
  });
  const end = async (): Promise<void> => {
    running.delete(folder);
    await node.stop();
  };
  const handle: RunningNode = {
    url: node.url,
    joinAddress: undefined,
    ended: () => Promise.resolve(undefined),
    stop: end,
    kill: end,
  };
  running.set(folder, { node, handle });
  return handle;
}

/** Lines for a file; those that cannot be written there, because the disk is full for example, are for whoever watches. */
function logTo(file: string): (line: string) => void {
  let told = "";
  return (line) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
    } catch {
      if (line !== told) process.emitWarning(`${line} (this could not be written to ${file})`);
      told = line;
    }
  };
}
