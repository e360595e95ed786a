import {
  constants,
  createCipheriv,
  createDecipheriv,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import type { Plain } from "../js/binary-json.js";
import { type Arguments, bufferOf, int32Of, propertyOf, requireCount, textOf } from "./arguments.js";
import { GuestError } from "../js/guest-error.js";
import { attempt } from "./attempt.js";
import { privateKey, publicKey } from "./keys.js";

const SUPPORTED = "supported: RSA-OAEP, AES-KWP, RSA-OAEP-AES-KWP";

/** `wrapKey(key, wrappingKey, algorithm)`; the wrapping key is AES bytes, or the PEM text of an RSA public key. */
export function wrapKey(...args: Arguments): Uint8Array {
  const { key, other, name, algorithm } = readArguments(args);
  const rsa = (): KeyObject => publicKey(Buffer.from(other).toString("latin1"), ["rsa"]);
  switch (name) {
    case "RSA-OAEP":
      return attempt("Failed to wrap key:", () => publicEncrypt({ key: rsa(), ...oaep(algorithm) }, key));
    case "AES-KWP":
      return attempt("Failed to wrap key:", () => aesWrap(other, key));
    case "RSA-OAEP-AES-KWP":
      return attempt("Failed to wrap key:", () => {
        const aes = randomBytes(aesBytes(algorithm));
        return Buffer.concat([publicEncrypt({ key: rsa(), ...oaep(algorithm) }, aes), aesWrap(aes, key)]);
      });
    default:
      throw new GuestError("RangeError", `unsupported key wrapping algorithm, ${SUPPORTED}`);
  }
}

/** `unwrapKey(key, unwrappingKey, algorithm)`, the inverse of {@link wrapKey}. */
export function unwrapKey(...args: Arguments): Uint8Array {
  const { key, other, name, algorithm } = readArguments(args);
  const rsa = (): KeyObject => privateKey(Buffer.from(other).toString("latin1"), ["rsa"]);
  switch (name) {
    case "RSA-OAEP":
      return attempt("Failed to unwrap key:", () => privateDecrypt({ key: rsa(), ...oaep(algorithm) }, key));
    case "AES-KWP":
      return attempt("Failed to unwrap key:", () => aesUnwrap(other, key));
    case "RSA-OAEP-AES-KWP":
      return attempt("Failed to unwrap key:", () => {
        const unwrapping = rsa();
        const modulusBytes = (unwrapping.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
        const aes = privateDecrypt({ key: unwrapping, ...oaep(algorithm) }, key.subarray(0, modulusBytes));
        return aesUnwrap(aes, key.subarray(modulusBytes));
      });
    default:
      throw new GuestError("RangeError", `unsupported key unwrapping algorithm, ${SUPPORTED}`);
  }
}

function readArguments(args: Arguments) {
  requireCount(args, 3);
  const [, , algorithm] = args;
  const [key, other] = [bufferOf(args[0]), bufferOf(args[1])];
  return { key, other, name: textOf(propertyOf(algorithm, "name")), algorithm };
}

/** RSAES-OAEP with SHA-256 (RFC 8017 §7.1). */
function oaep(algorithm: Plain) {
  const label = propertyOf(algorithm, "label");
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    padding,
    oaepHash: "sha256",
    ...(label instanceof Uint8Array && label.length > 0 && { oaepLabel: label }),
  };
}

function aesBytes(algorithm: Plain): number {
  const bits = int32Of(propertyOf(algorithm, "aesKeySize"));
  if (![128, 192, 256].includes(bits)) throw new Error(`invalid AES key size: ${bits}`);
  return bits / 8;
}

/** AES key wrap with padding (RFC 5649); the alternative initial value is what its section 3 gives. */
const INITIAL_VALUE = Buffer.from("a65959a6", "hex");

function aesWrap(key: Uint8Array, content: Uint8Array): Uint8Array {
  const cipher = createCipheriv(wrapCipher(key), key, INITIAL_VALUE);
  return Buffer.concat([cipher.update(content), cipher.final()]);
}

function aesUnwrap(key: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(wrapCipher(key), key, INITIAL_VALUE);
  return Buffer.concat([cipher.update(wrapped), cipher.final()]);
}

const wrapCipher = (key: Uint8Array): string => `id-aes${key.length * 8}-wrap-pad`;
