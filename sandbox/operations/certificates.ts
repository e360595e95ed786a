import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { VerificationError } from "../../sdk/errors.js";
import { serviceInfo } from "../../sdk/service.js";
import { nodeFiles } from "../ccf/configuration.js";
import type { Network } from "../network.js";
import type { Step } from "../stage.js";

/**
 * Has the members renew the certificates of the service and of all its nodes. The keys stay the same, so that older
 * receipts verify, and clients that trust the certificate of before go on until it expires.
 *
 * @param days how long they are to be valid, from now
 */
export async function renewCertificates(net: Network, days: number, step: Step): Promise<void> {
  const text = {
    id: "renew-certificates",
    title: "They renew the certificates of the service and of its nodes",
    proves: "The keys behind them are the same: receipts and clients of before remain valid.",
  };
  await step(text, async (tell) => {
    const args = { valid_from: new Date().toISOString(), validity_period_days: days };
    const { txId } = await net.pass(
      { name: "set_service_certificate_validity", args },
      { name: "set_all_nodes_certificate_validity", args },
    );
    tell("renewed", `in transaction ${txId}, for ${days} days`);
    const { certificatePem: renewed } = await serviceInfo(net.client);
    requireSameKey(net.workspace.serviceCertificatePem, renewed);
    net.workspace.writeServiceCertificate(renewed);
    // what a recovery from a node's ledger takes for the identity of before
    for (const { folder } of net.nodes) writeFileSync(join(folder, nodeFiles.serviceCertificate), renewed);
    tell(
      "service",
      `valid until ${new X509Certificate(renewed).validTo}; ${net.workspace.path("service_cert.pem")}`,
    );
  });
}

/** @throws {VerificationError} `ServiceDiffers` */
function requireSameKey(before: string, after: string): void {
  if (new X509Certificate(before).publicKey.equals(new X509Certificate(after).publicKey)) return;
  throw new VerificationError(
    "ServiceDiffers",
    "The renewed certificate is of another key than the service's",
  );
}
