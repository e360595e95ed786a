import { generateKeyPair, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "../sdk/errors.js";
import { type Identity, memberIdOf } from "../sdk/identity.js";
import { makeCertificate } from "./embedded/tls/certificates.js";
import { writePrivateFile } from "./embedded/tls/private-files.js";

const keyPair = promisify(generateKeyPair);

/** A member of the sandbox's consortium: an organisation, played by a name. */
export interface Member extends Identity {
  readonly name: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly id: string;
  /** RSA, SPKI PEM: its share of the recovery key is encrypted to this. */
  readonly recoveryPublicKeyPem: string;
  /** Where its files are. */
  readonly folder: string;
}

const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
const MOST_MEMBERS = 50;
const VALIDITY_DAYS = 365;

/** @throws {UsageError} for a number of members that no consortium has */
export function memberNames(count: number): string[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_MEMBERS)
    throw new UsageError("InvalidMembers", `A consortium has 1 to ${MOST_MEMBERS} members, not ${count}`);
  return Array.from({ length: count }, (_, index) => NAMES[index] ?? `member${index + 1}`);
}

/** Makes the key and certificate of a member or user; a P-384 key, as CCF's tools make. */
export async function makeIdentity(name: string): Promise<Identity> {
  const { publicKey, privateKey } = await keyPair("ec", { namedCurve: "P-384" });
  const validity = { validFrom: new Date(), validityDays: VALIDITY_DAYS };
  const certificatePem = makeCertificate({ subject: name, publicKey, issuer: privateKey, ...validity });
  return { certificatePem, privateKeyPem: pem(privateKey) };
}

/** Makes a member's folder. */
export async function makeMember(folder: string, name: string): Promise<void> {
  const [identity, recovery] = await Promise.all([
    makeIdentity(name),
    keyPair("rsa", { modulusLength: 2048 }),
  ]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivateFile(join(folder, "key.pem"), identity.privateKeyPem);
  writeFileSync(join(folder, "cert.pem"), identity.certificatePem);
  writePrivateFile(join(folder, "recovery_key.pem"), pem(recovery.privateKey));
  writeFileSync(join(folder, "recovery_public_key.pem"), pem(recovery.publicKey));
}

/** Reads a member's folder. */
export function readMember(folder: string, name: string): Member {
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const certificatePem = read("cert.pem");
  return {
    name,
    id: memberIdOf(certificatePem),
    certificatePem,
    privateKeyPem: read("key.pem"),
    recoveryPublicKeyPem: read("recovery_public_key.pem"),
    folder,
  };
}

function pem(key: KeyObject): string {
  return (
    key.type === "private"
      ? key.export({ type: "pkcs8", format: "pem" })
      : key.export({ type: "spki", format: "pem" })
  ).toString();
}
