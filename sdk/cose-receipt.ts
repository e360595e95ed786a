import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { COSE_HEADER, type CoseSign1, decodeCborStrict, decodeCoseSign1, verifyCoseSign1 } from "./cose.js";
import {
  checkClaims,
  checkTransaction,
  checkValidity,
  climb,
  type Expected,
  leafDigest,
  type LeafComponents,
  type ProofStep,
  ReceiptError,
  serviceCertificate,
} from "./receipt-proof.js";

/** Header labels and values of draft-ietf-cose-merkle-tree-proofs and of CCF's profile of it. */
const PROOFS = 396;
const INCLUSION = -1;
const TREE_ALGORITHM = 395;
const CCF_LEDGER_SHA256 = 2;
/** Inside an inclusion proof. */
const LEAF = 1;
const PATH = 2;
const CCF = "ccf.v1";

export interface VerifiedCoseReceipt {
  readonly txId: string;
  /** Absent when the transaction claims nothing. */
  readonly claimsDigest: string | undefined;
  /** Root of the Merkle tree that the service signed, lower-case hex. */
  readonly root: string;
}

/**
 * Verifies a COSE receipt of CCF, offline; see {@link verifyReceipt}. It is signed by the service itself, not by a node.
 *
 * @param endorsements COSE messages by which later identities of a recovered service vouch for earlier ones, the latest first
 * @throws {ReceiptError} naming the step that failed
 * @throws {CoseError} if it is no COSE_Sign1 message
 */
export function verifyCoseReceipt(
  bytes: Uint8Array,
  expected: Expected,
  endorsements: readonly Uint8Array[] = [],
): VerifiedCoseReceipt {
  const message = decodeCoseSign1(bytes);
  const { leaf, path } = inclusionProof(message);
  const claimsDigest = checkClaims(leaf, expected);
  const txId = checkTransaction(leaf, expected);
  if (txId === undefined) throw malformed("its leaf names no transaction");
  const root = climb(leafDigest(leaf), path);
  const key = signingKey(message, txId, expected, endorsements);
  if (!verifyCoseSign1(message, key, root))
    throw new ReceiptError("SignatureMismatch", "The service did not sign the root that the proof leads to");
  return { txId, claimsDigest, root: root.toString("hex") };
}

function inclusionProof({ protectedHeaders, unprotectedHeaders }: CoseSign1): {
  leaf: LeafComponents;
  path: ProofStep[];
} {
  if (protectedHeaders.get(TREE_ALGORITHM) !== CCF_LEDGER_SHA256)
    throw malformed("it is not about the Merkle tree of a CCF ledger");
  const proofs = asMap(unprotectedHeaders.get(PROOFS)).get(INCLUSION);
  const [encoded, another] = Array.isArray(proofs) ? (proofs as unknown[]) : [];
  if (!(encoded instanceof Uint8Array) || another !== undefined)
    throw malformed("it must have exactly one inclusion proof");
  const proof = asMap(decodeCborStrict(encoded));
  const [writeSet, evidence, claims, ...more] = asArray(proof.get(LEAF));
  if (typeof evidence !== "string" || more.length > 0) throw malformed("its leaf does not have three parts");
  return {
    leaf: {
      write_set_digest: digestIn(writeSet),
      commit_evidence: evidence,
      claims_digest: digestIn(claims),
    },
    path: asArray(proof.get(PATH)).map(stepIn),
  };
}

function stepIn(step: unknown): ProofStep {
  const [isLeft, digest, ...more] = asArray(step);
  if (typeof isLeft !== "boolean" || more.length > 0)
    throw malformed("a step of its proof is no side and digest");
  return isLeft ? { left: digestIn(digest) } : { right: digestIn(digest) };
}

/** The service's key, or the earlier one for which it vouches, that the message names. */
function signingKey(
  message: CoseSign1,
  txId: string,
  { serviceCertificatePem, at = new Date() }: Expected,
  endorsements: readonly Uint8Array[],
): KeyObject {
  const service: X509Certificate = serviceCertificate(serviceCertificatePem);
  checkValidity(service, at);
  let [key, epoch]: Endorsed = [service.publicKey];
  for (const endorsement of endorsements) {
    if (isNamed(message, key)) break;
    [key, epoch] = endorsed(decodeCoseSign1(endorsement), key);
  }
  if (!isNamed(message, key))
    throw new ReceiptError("ServiceMismatch", "The receipt is signed by another key than the service's");
  // of the key that signed, not of those in between: they stand for other times
  if (epoch !== undefined && !isWithin(txId, epoch)) {
    const times = `${epoch.first} to ${epoch.last}`;
    throw new ReceiptError("ServiceMismatch", `The endorsed key stands for ${times}, not for ${txId}`);
  }
  return key;
}

/** The first and last transaction for which a key stands. */
interface Epoch {
  readonly first: string;
  readonly last: string;
}

/** The present key stands for all that no earlier one does. */
type Endorsed = [key: KeyObject, epoch?: Epoch];

/** The key identifier is the hexadecimal SHA-256 of the key (SPKI, DER), as text in bytes. */
function isNamed({ protectedHeaders }: CoseSign1, key: KeyObject): boolean {
  const kid = protectedHeaders.get(COSE_HEADER.kid);
  const digest = createHash("sha256").update(key.export({ type: "spki", format: "der" }));
  return kid instanceof Uint8Array && Buffer.from(kid).equals(Buffer.from(digest.digest("hex"), "ascii"));
}

/** The earlier key in an endorsement by a later one. */
function endorsed(endorsement: CoseSign1, by: KeyObject): Endorsed {
  if (!endorsement.payload || !verifyCoseSign1(endorsement, by))
    throw new ReceiptError(
      "ServiceMismatch",
      "An endorsement of an earlier key is not signed by the later one",
    );
  const range = asMap(endorsement.protectedHeaders.get(CCF));
  const [first, last] = [range.get("epoch.start.txid"), range.get("epoch.end.txid")];
  if (typeof first !== "string" || typeof last !== "string")
    throw malformed("an endorsement does not say for when it is");
  try {
    const key = createPublicKey({ key: Buffer.from(endorsement.payload), format: "der", type: "spki" });
    return [key, { first, last }];
  } catch (cause) {
    throw new ReceiptError("ReceiptMalformed", "An endorsement holds no public key", { cause });
  }
}

/** By sequence number: those of one ledger are not used twice. */
function isWithin(txId: string, { first, last }: Epoch): boolean {
  const [at, from, to] = [txId, first, last].map((id) => Number(id.split(".")[1]));
  return at !== undefined && from !== undefined && to !== undefined && from <= at && at <= to;
}

function digestIn(value: unknown): string {
  if (value instanceof Uint8Array && value.length === 32) return Buffer.from(value).toString("hex");
  throw malformed("a digest does not have 32 bytes");
}

function asMap(value: unknown): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value;
  throw malformed("a map is missing");
}

function asArray(value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= 64) return value;
  throw malformed("an array is missing or too long");
}

function malformed(what: string): ReceiptError {
  return new ReceiptError("ReceiptMalformed", `This is no COSE receipt of CCF: ${what}`);
}
