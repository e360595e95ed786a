import {
  constants,
  createHmac,
  createPublicKey,
  sign as signBytes,
  verify,
  X509Certificate,
} from "node:crypto";
import type { Plain } from "../js/binary-json.js";
import { type Arguments, bufferOf, propertyOf, requireCount, textOf } from "./arguments.js";
import { GuestError } from "../js/guest-error.js";
import { attempt } from "./attempt.js";
import { privateKey, publicKey } from "./keys.js";

const HASHES: Readonly<Record<string, string>> = {
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};
const P1363 = "ieee-p1363";
const EDWARDS = ["ed25519"];

/** `sign(algorithm, key, data)`: ECDSA (IEEE P1363), RSA-PSS, EdDSA, or HMAC with the key's text. */
export function sign(...args: Arguments): Uint8Array {
  requireCount(args, 3);
  const [algorithm, key, data] = args;
  const name = textOf(propertyOf(algorithm, "name"));
  const hashName = propertyOf(algorithm, "hash");
  const pem = textOf(key);
  const content = bufferOf(data);
  if (name === "EdDSA") {
    // A node signs with whatever key it is given here.
    return attempt("Failed to sign with EdDSA pair:", () =>
      signBytes(null, content, privateKey(pem, [...EDWARDS, "ec"])),
    );
  }
  const hash = hashNamed(textOf(hashName));
  switch (name) {
    case "ECDSA":
      return attempt("Failed to sign:", () =>
        signBytes(hash, content, { key: privateKey(pem, ["ec"]), dsaEncoding: P1363 }),
      );
    case "RSA-PSS":
      return attempt("Failed to sign:", () =>
        signBytes(hash, content, { key: privateKey(pem, ["rsa"]), ...pss(saltLengthOf(algorithm)) }),
      );
    case "HMAC":
      return createHmac(hash, pem).update(content).digest();
    default:
      throw new GuestError(
        "RangeError",
        "Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA, HMAC",
      );
  }
}

/** `verifySignature(algorithm, key, signature, data)`: with SHA-256 only; the key may be a certificate. */
export function verifySignature(...args: Arguments): boolean {
  requireCount(args, 4);
  const [algorithm, keyArgument] = args;
  const signature = bufferOf(args[2]);
  const data = bufferOf(args[3]);
  const name = textOf(propertyOf(algorithm, "name"));
  const hash = propertyOf(algorithm, "hash");
  const key = textOf(keyArgument);
  if (name === "EdDSA") return verifyEddsa(key, signature, data);
  if (textOf(hash) !== "SHA-256") {
    throw new GuestError("RangeError", "Unsupported hash algorithm, supported: SHA-256");
  }
  if (name !== "RSA-PSS" && name !== "ECDSA") {
    throw new GuestError("RangeError", "Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA");
  }
  return attempt("Failed to verify signature:", () => {
    if (name === "ECDSA" && signature.length % 2 !== 0) throw new Error("Expected an IEEE P1363 signature");
    if (key.startsWith("-----BEGIN CERTIFICATE")) return verifyWithCertificate(key, name, signature, data);
    return name === "ECDSA"
      ? verify("sha256", data, { key: publicKey(key, ["ec"]), dsaEncoding: P1363 }, signature)
      : verify("sha256", data, { key: publicKey(key, ["rsa"]), ...pss(saltLengthOf(algorithm)) }, signature);
  });
}

function verifyEddsa(key: string, signature: Uint8Array, data: Uint8Array): boolean {
  return attempt(
    "Failed to verify EdDSA signature:",
    () => {
      const pem = publicKey(key, [...EDWARDS, "rsa", "ec", "x25519"]);
      // a node finds that a key of another kind has not signed
      return EDWARDS.includes(pem.asymmetricKeyType ?? "") && verify(null, data, pem, signature);
    },
    "RangeError",
  );
}

/** A node's verifier for certificates takes RSA signatures to be PSS without a salt. */
function verifyWithCertificate(pem: string, name: string, signature: Uint8Array, data: Uint8Array): boolean {
  const key = createPublicKey(new X509Certificate(pem).publicKey.export({ type: "spki", format: "pem" }));
  return key.asymmetricKeyType === "rsa"
    ? verify("sha256", data, { key, ...pss(0) }, signature)
    : name === "ECDSA" && verify("sha256", data, { key, dsaEncoding: P1363 }, signature);
}

function hashNamed(name: string): string {
  const hash = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
  if (hash !== undefined) return hash;
  throw new GuestError("RangeError", "Unsupported hash algorithm, supported: SHA-256, SHA-384, SHA-512");
}

const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

/** Bytes; none when it is not said. */
function saltLengthOf(algorithm: Plain): number {
  const length = Math.trunc(Number(propertyOf(algorithm, "saltLength")));
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}
