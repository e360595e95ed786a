import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  X509Certificate,
} from "node:crypto";
import { privateKey, publicKey, requireKind, requirePem } from "./keys.js";

export type Hash = "sha256" | "sha384" | "sha512";

/** What CCF signs with beside a hash. `saltLength` is in bytes. */
export interface SignatureAlgorithm {
  readonly name: "ECDSA" | "RSA-PSS";
  readonly hash: Hash;
  readonly saltLength: number;
}

/** @returns for ECDSA in the form of IEEE P1363 */
export function signWith(
  { name, hash, saltLength }: SignatureAlgorithm,
  pem: string,
  data: Uint8Array,
): Uint8Array {
  if (name === "ECDSA") return sign(hash, data, { key: privateKey(pem, "EC"), dsaEncoding: "ieee-p1363" });
  return sign(hash, data, {
    key: privateKey(pem, "RSA"),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength,
  });
}

/** EdDSA; CCF lets any private key sign here, each by the default of its kind. */
export function signEdwards(pem: string, data: Uint8Array): Uint8Array {
  requirePem(pem);
  return sign(null, data, createPrivateKey(pem));
}

export function hmac(hash: Hash, key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac(hash, key).update(data).digest();
}

/** @param pem a public key, or a certificate, whose dates do not matter */
export function verifyWith(
  { name, hash, saltLength }: SignatureAlgorithm,
  pem: string,
  signature: Uint8Array,
  data: Uint8Array,
): boolean {
  if (pem.startsWith("-----BEGIN CERTIFICATE")) {
    const key = new X509Certificate(pem).publicKey;
    // CCF does not hand the length of the salt to what verifies by certificate
    return key.asymmetricKeyType === "ec"
      ? verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, signature)
      : verifyPss(hash, data, key, signature, 0);
  }
  if (name === "ECDSA")
    return verify(hash, data, { key: publicKey(pem, "EC"), dsaEncoding: "ieee-p1363" }, signature);
  return verifyPss(hash, data, publicKey(pem, "RSA"), signature, saltLength);
}

function verifyPss(
  hash: Hash,
  data: Uint8Array,
  key: ReturnType<typeof createPublicKey>,
  signature: Uint8Array,
  saltLength: number,
): boolean {
  return verify(
    hash,
    data,
    { key: requireKind(key, "RSA"), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
    signature,
  );
}

/** EdDSA; with a key of another kind nothing verifies. */
export function verifyEdwards(pem: string, signature: Uint8Array, data: Uint8Array): boolean {
  requirePem(pem);
  const key = createPublicKey(pem);
  return key.asymmetricKeyType === "ed25519" && verify(null, data, key, signature);
}
