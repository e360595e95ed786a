import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedNode } from "../../sandbox/embedded/node.js";
import { makeIdentity } from "../../sandbox/member.js";

/**
 * Starts the embedded node as the transcripts expect a network to be: three members whose keys and certificates are in
 * the workspace, the first two with a key for recovery.
 *
 * @param workspace an empty folder
 * @param constitution path of the battery's constitution
 * @param port 0: any that is free
 */
export async function startNetwork(
  workspace: string,
  constitution: string,
  port: number,
): Promise<EmbeddedNode> {
  const members = await Promise.all([0, 1, 2].map((index) => makeMember(workspace, index)));
  return EmbeddedNode.start({
    directory: workspace,
    port,
    members,
    constitution: readFileSync(constitution, "utf8"),
    alternativeNames: ["127.0.0.1", "localhost"],
    serviceConfiguration: {
      recovery_threshold: 1,
      maximum_node_certificate_validity_days: 365,
      maximum_service_certificate_validity_days: 365,
    },
    signatures: { claims: { issuer: "service.example.com", subject: "ledger.signature" } },
    log: (line) => {
      if (line.startsWith("A defect")) console.error(line);
    },
  });
}

async function makeMember(workspace: string, index: number) {
  const write = (suffix: string, pem: string) =>
    writeFileSync(join(workspace, `member${index}_${suffix}.pem`), pem, { mode: 0o600 });
  const { certificatePem, privateKeyPem } = await makeIdentity(`member${index}`);
  write("cert", certificatePem);
  write("privk", privateKeyPem);
  if (index === 2) return { certificate: certificatePem };
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  write("enc_privk", privateKey);
  write("enc_pubk", publicKey);
  return { certificate: certificatePem, encryptionPublicKey: publicKey };
}
