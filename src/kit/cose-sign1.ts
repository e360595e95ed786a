import type { SigningAlgorithm } from "@microsoft/ccf-app/global.js";
import { concatenate } from "./bytes.js";
import { CborError, type CborMap, type CborValue, decodeCbor, decodeTaggedCbor } from "./cbor.js";
import { signatureHolds } from "./signatures.js";

/** A COSE_Sign1 message (RFC 9052 §4.2) that carries its payload; nothing in it is verified yet. */
export interface CoseSign1 {
  /** As they were signed. */
  readonly protectedBytes: ArrayBuffer;
  readonly protectedHeaders: CborMap;
  readonly payload: ArrayBuffer;
  readonly signature: ArrayBuffer;
}

/** How a message may be signed. */
interface Algorithm {
  readonly name: string;
  readonly parameters: SigningAlgorithm;
  /** Where it tells keys of the algorithm from others that CCF could use as well; bytes. */
  readonly signatureLength?: number;
}

/** By number in the IANA registry "COSE Algorithms". CCF verifies signatures over SHA-256 only. */
const algorithms: ReadonlyMap<number, Algorithm> = new Map<number, Algorithm>([
  // RFC 8230 §2: the salt is as long as the hash
  [-37, { name: "PS256", parameters: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 } }],
  // RFC 9053 §2.1: r and s side by side. Those of P-256 have 32 bytes each, of other curves more.
  [-7, { name: "ES256", parameters: { name: "ECDSA", hash: "SHA-256" }, signatureLength: 64 }],
]);

/** What clients may choose from: `PS256 (-37), ES256 (-7)`. */
export const coseAlgorithms = Array.from(algorithms, ([id, { name }]) => `${name} (${id})`).join(", ");

/** Labels of header parameters: RFC 9052 §3.1, RFC 9597. */
export const COSE_HEADER = { alg: 1, cwtClaims: 15 } as const;

const SIGN1_TAG = 18;

/**
 * Decodes a message that is tagged as COSE_Sign1, carries its payload, and has nothing in its unprotected header, which
 * nobody signs.
 *
 * @throws {CborError}
 */
export function decodeCoseSign1(bytes: ArrayBuffer): CoseSign1 {
  const parts = decodeTaggedCbor(SIGN1_TAG, bytes);
  if (!Array.isArray(parts) || parts.length !== 4)
    throw new CborError("are no COSE_Sign1, which is an array of four items");
  const [protectedBytes, unprotected, payload, signature] = parts as readonly CborValue[];
  if (!(unprotected instanceof Map) || unprotected.size > 0)
    throw new CborError("have something in the unprotected header, which must be an empty map");
  if (
    !(protectedBytes instanceof ArrayBuffer) ||
    !(payload instanceof ArrayBuffer) ||
    !(signature instanceof ArrayBuffer)
  )
    throw new CborError("have a protected header, payload or signature that is no byte string");
  return { protectedBytes, protectedHeaders: headersIn(protectedBytes), payload, signature };
}

/** No bytes stand for no headers (RFC 9052 §3). */
function headersIn(bytes: ArrayBuffer): CborMap {
  const headers = bytes.byteLength === 0 ? new Map<never, never>() : decodeCbor(bytes);
  if (headers instanceof Map) return headers as CborMap;
  throw new CborError("have a protected header that holds no map");
}

/** The algorithm that the message names, if it is one that {@link verifyCoseSign1} knows. */
export function coseAlgorithmOf({ protectedHeaders }: CoseSign1): string | undefined {
  return algorithmOf(protectedHeaders)?.name;
}

function algorithmOf(headers: CborMap): Algorithm | undefined {
  const id = headers.get(COSE_HEADER.alg);
  return typeof id === "number" ? algorithms.get(id) : undefined;
}

/**
 * Whether the key has signed the message, by the algorithm that the message names. A key of another kind has not.
 *
 * @param publicKey PEM of a SubjectPublicKeyInfo; of a certificate CCF would not take the length of the salt
 */
export function verifyCoseSign1(message: CoseSign1, publicKey: string): boolean {
  const algorithm = algorithmOf(message.protectedHeaders);
  const { signature, protectedBytes, payload } = message;
  if (algorithm === undefined || !publicKey.startsWith("-----BEGIN PUBLIC KEY-----")) return false;
  const { parameters, signatureLength = signature.byteLength } = algorithm;
  if (signature.byteLength !== signatureLength) return false;
  return signatureHolds(parameters, publicKey, signature, toBeSigned(protectedBytes, payload));
}

const bytesOf = (...bytes: readonly number[]): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** An array of four and the text "Signature1". */
const SIGNATURE1 = bytesOf(0x84, 0x6a, ...Array.from("Signature1", (letter) => letter.charCodeAt(0)));
/** A byte string of length 0. */
const NO_EXTERNAL_DATA = bytesOf(0x40);

/** Sig_structure (RFC 9052 §4.4), in the one encoding that is signed. */
function toBeSigned(protectedBytes: ArrayBuffer, payload: ArrayBuffer): ArrayBuffer {
  return concatenate([
    SIGNATURE1,
    byteStringHead(protectedBytes.byteLength),
    protectedBytes,
    NO_EXTERNAL_DATA,
    byteStringHead(payload.byteLength),
    payload,
  ]);
}

/** Major type 2 and the length in as few bytes as it takes (RFC 8949 §4.2.1). */
function byteStringHead(length: number): ArrayBuffer {
  if (length < 24) return bytesOf(0x40 | length);
  if (length < 0x100) return bytesOf(0x58, length);
  if (length < 0x1_0000) return bytesOf(0x59, length >> 8, length);
  return bytesOf(0x5a, length >> 24, length >> 16, length >> 8, length);
}
