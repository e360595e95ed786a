import {
  constants,
  createCipheriv,
  createDecipheriv,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { privateKey, publicKey } from "./keys.js";

/** The alternative initial value of RFC 5649 §3. */
const INITIAL_VALUE = Buffer.from("a65959a6", "hex");

/** RSA-OAEP with SHA-256 (RFC 8017 §7.1). */
export function wrapOaep(pem: string, secret: Uint8Array, label?: Uint8Array): Uint8Array {
  return publicEncrypt({ key: publicKey(pem, "RSA"), ...oaep(label) }, secret);
}

export function unwrapOaep(pem: string, wrapped: Uint8Array, label?: Uint8Array): Uint8Array {
  return privateDecrypt({ key: privateKey(pem, "RSA"), ...oaep(label) }, wrapped);
}

/** AES key wrap with padding (RFC 5649). @param key 16, 24 or 32 bytes */
export function wrapKwp(key: Uint8Array, secret: Uint8Array): Uint8Array {
  const cipher = createCipheriv(kwp(key), key, INITIAL_VALUE);
  if (secret.length === 0) return new Uint8Array();
  return Buffer.concat([cipher.update(secret), cipher.final()]);
}

export function unwrapKwp(key: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(kwp(key), key, INITIAL_VALUE);
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
}

/** CKM_RSA_AES_KEY_WRAP of PKCS #11: a new AES key, wrapped by RSA-OAEP, then the secret, wrapped by that key. */
export function wrapOaepKwp(
  pem: string,
  secret: Uint8Array,
  aesBits: number,
  label?: Uint8Array,
): Uint8Array {
  if (![128, 192, 256].includes(aesBits)) throw new Error("invalid key size");
  const key = randomBytes(aesBits / 8);
  try {
    return Buffer.concat([wrapOaep(pem, key, label), wrapKwp(key, secret)]);
  } finally {
    key.fill(0);
  }
}

export function unwrapOaepKwp(pem: string, wrapped: Uint8Array, label?: Uint8Array): Uint8Array {
  const bits = privateKey(pem, "RSA").asymmetricKeyDetails?.modulusLength ?? 0;
  const size = bits / 8;
  if (wrapped.length <= size) throw new Error("not enough ciphertext");
  return unwrapKwp(unwrapOaep(pem, wrapped.subarray(0, size), label), wrapped.subarray(size));
}

function oaep(label: Uint8Array | undefined) {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    padding,
    oaepHash: "sha256",
    ...(label && label.length > 0 ? { oaepLabel: Buffer.from(label) } : {}),
  };
}

function kwp(key: Uint8Array): string {
  if (![16, 24, 32].includes(key.length)) throw new Error(`not a key of AES: ${key.length} bytes`);
  return `id-aes${key.length * 8}-wrap-pad`;
}
