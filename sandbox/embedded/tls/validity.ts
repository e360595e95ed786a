import { X509Certificate } from "node:crypto";
import { UsageError } from "../../../sdk/errors.js";
import type { Identity } from "./identity.js";

/**
 * Whether clients, whose clocks are assumed to be like this one, will talk to the node at all.
 *
 * @throws {UsageError} `ClockBehind`, `CertificateExpired`
 */
export function requireValidCertificates({ service, node }: Identity, now = new Date()): void {
  for (const [whose, pem] of [
    ["service", service.certificate],
    ["node", node.certificate],
  ] as const) {
    const { validFrom, validTo } = new X509Certificate(pem);
    if (now < new Date(validFrom))
      throw new UsageError(
        "ClockBehind",
        `This machine's clock says ${now.toISOString()}, but the certificate of the ${whose} is valid from ` +
          `${new Date(validFrom).toISOString()} only: set the clock right and start again`,
      );
    if (now > new Date(validTo))
      throw new UsageError(
        "CertificateExpired",
        `The certificate of the ${whose} was valid until ${new Date(validTo).toISOString()}: no client talks to it any ` +
          `more. Set the clock right if it is ahead; otherwise start a new service in another folder, and renew its ` +
          `certificates in time by set_${whose}_certificate_validity`,
      );
  }
}
