import { createHash, X509Certificate } from "node:crypto";
import canonicalize from "canonicalize";
import { UsageError, VerificationError } from "./errors.js";

/** Which step of the verification failed; in the order in which they are taken. */
export type ReceiptErrorCode =
  /** no receipt at all, or parts that contradict each other */
  | "ReceiptMalformed"
  /** the transaction's claims are not the document that was expected */
  | "ClaimsMismatch"
  /** the receipt is of another transaction than was expected */
  | "TransactionMismatch"
  /** the node's certificate is not issued by the service, or not by one that it vouches for */
  | "NodeNotEndorsed"
  /** the node's or an endorsing certificate was not valid at the given time */
  | "CertificateNotValid"
  /** the node named is not the one whose certificate is given */
  | "NodeMismatch"
  /** the root that the proof leads to is not what was signed */
  | "SignatureMismatch"
  /** (COSE) signed by another key than the service's, or than one it vouches for */
  | "ServiceMismatch";

export class ReceiptError extends VerificationError<ReceiptErrorCode> {
  override readonly name = "ReceiptError";
}

/** What the reader of a receipt already knows and demands of it. */
export interface Expected {
  /** Fetched when the service was founded or audited, never together with the receipt. */
  serviceCertificatePem: string;
  /** Time at which certificates must be valid; now by default. Receipts outlive certificates: give the time of signing. */
  at?: Date;
  /** `<view>.<seqno>` */
  txId?: string;
  /** The JSON document that the transaction claims (its canonical form, RFC 8785, is digested). */
  document?: unknown;
  /** SHA-256 of the claims, for claims that are no JSON document; lower-case hex. */
  claimsDigest?: string;
}

const NO_CLAIMS = "0".repeat(64);

/** The parts of a transaction's leaf; digests are SHA-256, lower-case hex. */
export interface LeafComponents {
  readonly write_set_digest: string;
  /** `ce:<view>.<seqno>:<64 hex characters>` */
  readonly commit_evidence: string;
  /** 64 zeros when the transaction claims nothing. */
  readonly claims_digest: string;
}

/** The digest beside ours on the way from the leaf to the root, and its side. */
export type ProofStep = { readonly left: string } | { readonly right: string };

/** SHA-256 of the canonical form (RFC 8785) of a JSON document, lower-case hex: what this service claims of documents. */
export function claimsDigestOf(document: unknown): string {
  const canonical = canonicalize(document);
  if (canonical === undefined) throw new UsageError("NotJson", "The document has no JSON form");
  return createHash("sha256").update(canonical, "utf8").digest("hex");
}

/**
 * The claims must be those of the expected document, if one is expected.
 *
 * @returns their digest, if the transaction claims anything
 */
export function checkClaims(
  leaf: LeafComponents | undefined,
  { document, claimsDigest }: Expected,
): string | undefined {
  const recorded = leaf?.claims_digest ?? NO_CLAIMS;
  const wanted = document === undefined ? claimsDigest : claimsDigestOf(document);
  if (wanted !== undefined && recorded !== wanted) {
    const found = recorded === NO_CLAIMS ? "claims nothing" : `claims ${recorded}`;
    throw new ReceiptError("ClaimsMismatch", `The transaction ${found}; the document's digest is ${wanted}`);
  }
  return recorded === NO_CLAIMS ? undefined : recorded;
}

/**
 * The transaction must be the expected one, if one is expected.
 *
 * @returns its id
 */
export function checkTransaction(leaf: LeafComponents | undefined, expected: Expected): string | undefined {
  const evidence = leaf?.commit_evidence;
  const txId = evidence === undefined ? undefined : /^ce:([0-9]+\.[0-9]+):[0-9a-f]{64}$/.exec(evidence)?.[1];
  if (evidence !== undefined && txId === undefined)
    throw new ReceiptError("ReceiptMalformed", "The commit evidence does not name a transaction");
  if (expected.txId !== undefined && txId !== expected.txId) {
    const found = txId === undefined ? "no transaction in particular" : `transaction ${txId}`;
    throw new ReceiptError("TransactionMismatch", `The receipt is for ${found}, not ${expected.txId}`);
  }
  return txId;
}

/** The leaf of a transaction: SHA-256 over write set digest, commit evidence digest and claims digest. */
export function leafDigest(components: LeafComponents): Buffer {
  return sha256(
    Buffer.from(components.write_set_digest, "hex"),
    sha256(Buffer.from(components.commit_evidence, "utf8")),
    Buffer.from(components.claims_digest, "hex"),
  );
}

/** Works out the root of the Merkle tree from a leaf and the digests beside its path. */
export function climb(leaf: Buffer, proof: readonly ProofStep[]): Buffer {
  return proof.reduce(
    (node, step) =>
      "left" in step
        ? sha256(Buffer.from(step.left, "hex"), node)
        : sha256(node, Buffer.from(step.right, "hex")),
    leaf,
  );
}

/** Certificates must be valid at the time asked for. */
export function checkValidity(certificate: X509Certificate, at: Date): void {
  // validFromDate and validToDate came after Node 20
  if (at >= new Date(certificate.validFrom) && at <= new Date(certificate.validTo)) return;
  const period = `${certificate.validFrom} to ${certificate.validTo}`;
  throw new ReceiptError(
    "CertificateNotValid",
    `A certificate is valid from ${period}, not ${at.toISOString()}`,
  );
}

/** The service's certificate as the reader of the receipt gives it. @throws {UsageError} `InvalidCertificate` */
export function serviceCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new UsageError("InvalidCertificate", "The service certificate is no PEM certificate", { cause });
  }
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
