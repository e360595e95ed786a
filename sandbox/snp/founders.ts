import { createPublicKey, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../sdk/errors.js";
import type { Founder } from "../ccf/configuration.js";

/**
 * The public files of the founding members: a folder for each, with what `consortium keygen` says that others need of it.
 *
 * @throws {UsageError} `NoMembers`, `InvalidMember`
 */
export function readFounders(folder: string): Founder[] {
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];
  if (names.length === 0)
    throw new UsageError(
      "NoMembers",
      `There are no folders in ${folder}; each founder needs one, with cert.pem and recovery_public_key.pem`,
    );
  return names.map((name) => ({
    name,
    certificatePem: publicFile(join(folder, name, "cert.pem"), (pem) => new X509Certificate(pem)),
    recoveryPublicKeyPem: publicFile(join(folder, name, "recovery_public_key.pem"), createPublicKey),
  }));
}

function publicFile(file: string, parse: (pem: string) => unknown): string {
  const invalid = (what: string, cause?: unknown) =>
    new UsageError("InvalidMember", `${file} ${what}`, { cause });
  if (!existsSync(file)) throw invalid("is missing");
  const pem = readFileSync(file, "utf8");
  // It would go to a disk of the operator.
  if (pem.includes("PRIVATE KEY")) throw invalid("has a private key in it, which nobody else may see");
  try {
    parse(pem);
  } catch (cause) {
    throw invalid("is neither a certificate nor a public key in PEM", cause);
  }
  return pem;
}
