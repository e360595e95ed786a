import { generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import { makeSigningRequest } from "../../sandbox/embedded/tls/certificates.js";

const KINDS = {
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": () => generateKeyPairSync("ec", { namedCurve: "P-521" }),
  secp256k1: () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  X25519: () => generateKeyPairSync("x25519"),
  "RSA 1024": () => generateKeyPairSync("rsa", { modulusLength: 1024 }),
  "RSA 2048": () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "RSA 2048, exponent 3": () => generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }),
};
export type KeyKind = keyof typeof KINDS;

/** A key pair of a server or client. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
}

export function makeKeyPair(kind: KeyKind = "P-384"): KeyPair {
  const { privateKey, publicKey } = KINDS[kind]();
  return { privateKey, publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

/** A request for a certificate that is signed with a key on P-256. */
export const requestFor = (
  { privateKey }: KeyPair,
  subject = "room",
  alternativeNames: readonly string[] = [],
): string => makeSigningRequest({ subject, privateKey, alternativeNames });

/** The certificates of a bundle. */
export const split = (bundle: string): string[] =>
  bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];

/** First and last moment of a certificate, in milliseconds since 1970. */
export const validityOf = ({ validFrom, validTo }: X509Certificate): [number, number] => [
  Date.parse(validFrom),
  Date.parse(validTo),
];
