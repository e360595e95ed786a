import { constants, createPrivateKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { cdeEncodeOptions, decode, encode, Tag } from "cbor2";
import { registerEncoder } from "cbor2/encoder";
import { UsageError, VerificationError } from "./errors.js";
import { type Identity, memberIdOf } from "./identity.js";

export { memberIdOf };

/** What we know about a COSE signature algorithm. */
interface CoseAlgorithm {
  /** Number in the IANA registry "COSE Algorithms". */
  readonly id: number;
  readonly keyType: "ec" | "rsa";
  /** OpenSSL's name of the only curve we accept for the algorithm; RSA keys have none. */
  readonly curve?: string;
  readonly hash: "sha256" | "sha384" | "sha512";
}

/** ECDSA (RFC 9053 §2.1) and RSASSA-PSS (RFC 8230 §2). Add a row to support another; nothing else changes. */
export const COSE_ALGORITHMS = {
  ES256: { id: -7, keyType: "ec", curve: "prime256v1", hash: "sha256" },
  ES384: { id: -35, keyType: "ec", curve: "secp384r1", hash: "sha384" },
  ES512: { id: -36, keyType: "ec", curve: "secp521r1", hash: "sha512" },
  PS256: { id: -37, keyType: "rsa", hash: "sha256" },
  PS384: { id: -38, keyType: "rsa", hash: "sha384" },
  PS512: { id: -39, keyType: "rsa", hash: "sha512" },
} as const satisfies Record<string, CoseAlgorithm>;

/** Labels of the common header parameters (RFC 9052 §3.1). */
export const COSE_HEADER = { alg: 1, crit: 2, contentType: 3, kid: 4, x5chain: 33 } as const;

/** Tag of COSE_Sign1 (RFC 9052 §2). */
const SIGN1_TAG = 18;

// Node's Buffer is a byte string too; cbor2 would write the object that its toJSON() makes.
registerEncoder(Buffer, (buffer) => [NaN, new Uint8Array(buffer)]);

/** Header parameters by label; nested maps are Maps, integers beyond 2^53 are bigints, byte strings are Uint8Array. */
export type CoseHeaders = ReadonlyMap<number | bigint | string, unknown>;

/** A decoded COSE_Sign1 message (RFC 9052 §4.2); nothing in it is verified yet. */
export interface CoseSign1 {
  /** The exact encoded protected header, as covered by the signature. */
  readonly protectedBytes: Uint8Array;
  readonly protectedHeaders: CoseHeaders;
  /** Not covered by the signature. */
  readonly unprotectedHeaders: CoseHeaders;
  /** Absent when the payload is detached. */
  readonly payload: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

export type CoseErrorCode =
  /** not well-formed CBOR, not in the shortest form, of indefinite length, too deep, or followed by more bytes */
  | "CoseMalformed"
  /** not marked as COSE_Sign1 by tag 18 */
  | "CoseNotTagged"
  /** CBOR, but not the four parts of a COSE_Sign1 */
  | "CoseStructure"
  /** a protected header that is no map in strict CBOR */
  | "CoseProtectedHeader"
  /** a header parameter given twice */
  | "CoseDuplicateHeader";

/** A message that is no well-formed COSE_Sign1. That a signature is wrong is not an error but an answer of `verifyCoseSign1`. */
export class CoseError extends VerificationError<CoseErrorCode> {
  override readonly name = "CoseError";
}

/**
 * Decodes a COSE_Sign1 message, strictly: shortest encodings only, no indefinite lengths, no duplicate or odd header
 * labels, no bytes after the message. Tags may surround tag 18 (a CWT's tag 61 does) but tag 18 must be innermost.
 *
 * @throws {CoseError}
 */
export function decodeCoseSign1(bytes: Uint8Array): CoseSign1 {
  const parts = untag(decodeStrict(bytes, "CoseMalformed"));
  if (!Array.isArray(parts) || parts.length !== 4)
    throw new CoseError("CoseStructure", "COSE_Sign1 must be an array of four elements");
  const [protectedBytes, unprotectedHeaders, payload, signature] = parts as readonly unknown[];
  if (!(protectedBytes instanceof Uint8Array))
    throw new CoseError("CoseStructure", "The protected header of a COSE_Sign1 must be a byte string");
  if (!isHeaders(unprotectedHeaders))
    throw new CoseError("CoseStructure", "The unprotected header of a COSE_Sign1 must be a map");
  if (payload !== null && !(payload instanceof Uint8Array))
    throw new CoseError(
      "CoseStructure",
      "The payload of a COSE_Sign1 must be a byte string, or null when detached",
    );
  if (!(signature instanceof Uint8Array))
    throw new CoseError("CoseStructure", "The signature of a COSE_Sign1 must be a byte string");
  return {
    protectedBytes,
    protectedHeaders: decodeProtected(protectedBytes),
    unprotectedHeaders,
    payload: payload ?? undefined,
    signature,
  };
}

/**
 * Whether the message is signed by this key with the algorithm its protected header names. Fails closed: false as well
 * when there is no or an unknown algorithm, when key and algorithm do not belong together, when a header is marked as
 * critical (we know none), or when there is no payload, in the message or detached, to verify.
 *
 * @param detachedPayload the payload of a message that does not carry its own; given for one that does, it is refused
 */
export function verifyCoseSign1(message: CoseSign1, key: KeyObject, detachedPayload?: Uint8Array): boolean {
  const algorithm = algorithmOf(message);
  if (!algorithm || !fits(algorithm, key) || message.protectedHeaders.has(COSE_HEADER.crit)) return false;
  if (message.payload && detachedPayload) return false;
  const payload = message.payload ?? detachedPayload;
  if (!payload) return false;
  const toBeSigned = signatureStructure(message.protectedBytes, payload);
  return verify(algorithm.hash, toBeSigned, withParameters(key), message.signature);
}

/** What is signed. */
export interface CoseContent {
  /** In the order in which they are encoded; the algorithm is added in front, unless it is there. */
  protectedHeaders: ReadonlyMap<number | string, unknown>;
  /** Encode the headers deterministically (RFC 8949 §4.2.1), in the order that demands. */
  deterministic?: boolean;
  payload: Uint8Array;
  /** Sign the payload but leave it out of the message. */
  detached?: boolean;
}

export interface SignCoseOptions extends CoseContent {
  /** PKCS#8 or SEC1 PEM; an EC key on P-256, P-384 or P-521 or an RSA key (then PS256). */
  privateKeyPem: string;
}

/** Signs a COSE_Sign1 (tagged). The algorithm follows from the key: ES256, ES384 or ES512 by its curve. */
export function signCose({ privateKeyPem, ...content }: SignCoseOptions): Uint8Array {
  return signCoseWith(createPrivateKey(privateKeyPem), content);
}

/** As {@link signCose}, for whoever signs often and keeps the key read. */
export function signCoseWith(key: KeyObject, content: CoseContent): Uint8Array {
  const { protectedHeaders, deterministic, payload, detached } = content;
  const algorithm = Object.values<CoseAlgorithm>(COSE_ALGORITHMS).find((row) => fits(row, key));
  if (!algorithm)
    throw new UsageError("UnsupportedKey", "Cannot sign: the key is not on P-256, P-384 or P-521, nor RSA");
  const headers = new Map<number | string, unknown>([[COSE_HEADER.alg, algorithm.id], ...protectedHeaders]);
  const protectedBytes = encode(headers, deterministic ? cdeEncodeOptions : {});
  const signature = sign(algorithm.hash, signatureStructure(protectedBytes, payload), withParameters(key));
  return encode(
    new Tag(SIGN1_TAG, [protectedBytes, new Map(), detached ? null : payload, new Uint8Array(signature)]),
  );
}

/** What a signed governance request asks for (CCF header `ccf.gov.msg.type`). */
export type GovernanceMessageType =
  "proposal" | "ballot" | "withdrawal" | "ack" | "state_digest" | "recovery_share";

/** A governance request to sign with the member's identity. */
export interface GovernanceMessage extends Identity {
  type: GovernanceMessageType;
  /** Ballots and withdrawals name the proposal they are for, so that they count for no other. */
  proposalId?: string;
  /** JSON text; empty for state digests and withdrawals. */
  payload: Uint8Array | string;
  /** Seconds since 1970; now by default. */
  createdAt?: number;
}

/**
 * A governance request of CCF, signed: the body of a `POST /gov/...` with `content-type: application/cose`.
 * The key identifier is the ASCII text of the member id.
 */
export function signGovernanceMessage(message: GovernanceMessage): Uint8Array {
  const { certificatePem, privateKeyPem, type, proposalId, payload } = message;
  const protectedHeaders = new Map<number | string, unknown>([
    [COSE_HEADER.kid, new Uint8Array(Buffer.from(memberIdOf(certificatePem), "ascii"))],
    ["ccf.gov.msg.type", type],
    ["ccf.gov.msg.created_at", message.createdAt ?? Math.floor(Date.now() / 1000)],
  ]);
  if (proposalId !== undefined) protectedHeaders.set("ccf.gov.msg.proposal_id", proposalId);
  const bytes = typeof payload === "string" ? new Uint8Array(Buffer.from(payload, "utf8")) : payload;
  return signCose({ privateKeyPem, protectedHeaders, payload: bytes });
}

function algorithmOf(message: CoseSign1): CoseAlgorithm | undefined {
  const id = message.protectedHeaders.get(COSE_HEADER.alg);
  return Object.values<CoseAlgorithm>(COSE_ALGORITHMS).find((row) => row.id === id);
}

function fits(algorithm: CoseAlgorithm, key: KeyObject): boolean {
  return (
    key.asymmetricKeyType === algorithm.keyType &&
    (algorithm.curve === undefined || key.asymmetricKeyDetails?.namedCurve === algorithm.curve)
  );
}

/** ECDSA signatures are r and s side by side (RFC 9053 §2.1); PSS salts are as long as the hash (RFC 8230 §2). */
function withParameters(key: KeyObject) {
  return key.asymmetricKeyType === "ec"
    ? ({ key, dsaEncoding: "ieee-p1363" } as const)
    : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** Sig_structure (RFC 9052 §4.4), without external data. */
function signatureStructure(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  return encode(["Signature1", protectedBytes, new Uint8Array(0), payload]);
}

/** An empty map may also be encoded as no bytes at all (RFC 9052 §3). */
function decodeProtected(bytes: Uint8Array): CoseHeaders {
  if (bytes.length === 0) return new Map();
  const headers = decodeStrict(bytes, "CoseProtectedHeader");
  if (!isHeaders(headers)) throw new CoseError("CoseProtectedHeader", "The protected header must hold a map");
  return headers;
}

function untag(value: unknown): unknown {
  let tag: unknown;
  while (value instanceof Tag) {
    tag = value.tag;
    value = value.contents;
  }
  if (Array.isArray(value) && tag !== SIGN1_TAG)
    throw new CoseError("CoseNotTagged", "The message is not tagged as COSE_Sign1 (tag 18)");
  return value;
}

/** Decodes CBOR that stands inside a message as strictly as the message. Maps become Maps. @throws {CoseError} */
export function decodeCborStrict(bytes: Uint8Array): unknown {
  return decodeStrict(bytes, "CoseMalformed");
}

function decodeStrict(bytes: Uint8Array, code: CoseErrorCode): unknown {
  try {
    return decode(bytes, {
      requirePreferred: true,
      rejectStreaming: true,
      // No header or claim that we read is one, and a float must not pass for the integer it equals.
      rejectFloats: true,
      ignoreGlobalTags: true,
      preferMap: true,
      // Both are limits for hostile input. x5chain, CWT claims and receipts nest no deeper than this.
      maxDepth: 16,
      createObject: mapWithoutDuplicates,
    });
  } catch (cause) {
    if (cause instanceof CoseError) throw cause;
    throw new CoseError(code, "The message is not strict CBOR", { cause });
  }
}

function mapWithoutDuplicates(entries: readonly (readonly unknown[])[]): CoseHeaders {
  const map = new Map<number | bigint | string, unknown>();
  for (const [label, value] of entries) {
    if (typeof label !== "number" && typeof label !== "bigint" && typeof label !== "string")
      throw new CoseError("CoseStructure", "A label must be an integer or text");
    if (map.has(label)) throw new CoseError("CoseDuplicateHeader", `Label ${label} is given twice`);
    map.set(label, value);
  }
  return map;
}

function isHeaders(value: unknown): value is CoseHeaders {
  return value instanceof Map;
}
