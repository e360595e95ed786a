import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../sdk/errors.js";
import { EmbeddedNode } from "./embedded/node.js";
import type { Engine, EngineConfig, RunningNode } from "./engine.js";

/** A CCF-compatible node inside this process. */
export const embedded: Engine = {
  description: "embedded node: behaves like a CCF node, protected by nothing",
  start,
};

async function start(config: EngineConfig): Promise<RunningNode> {
  const { folder, address, port } = config;
  const node = await EmbeddedNode.start({
    directory: folder,
    host: address,
    port,
    constitution: config.constitution,
    members: config.members.map((member) => ({
      certificate: member.certificatePem,
      encryptionPublicKey: member.recoveryPublicKeyPem,
    })),
    serviceConfiguration: { recovery_threshold: config.recoveryThreshold },
    log: (line) => appendFileSync(join(folder, "node.log"), `${new Date().toISOString()} ${line}\n`),
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    const advice = "end what listens there, or choose another port with --port";
    throw new UsageError("PortTaken", `${address}:${port} is taken; ${advice}`, { cause: error });
  });
  return {
    url: node.url,
    serviceCertificatePem: node.serviceCertificate,
    stop: () => node.stop(),
  };
}
