import { createHash, X509Certificate } from "node:crypto";
import canonicalize from "canonicalize";
import { type Of, shape } from "../src/schemas/shape.js";
import { verifyDigest } from "./ecdsa.js";
import { UsageError, VerificationError } from "./errors.js";

const digest = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;

/** A receipt as `GET /app/receipt?transaction_id=...` of CCF gives it. Digests are SHA-256, lower-case hex. */
export const receipt = shape("receipt", {
  type: "object",
  required: ["cert", "node_id", "proof", "signature"],
  properties: {
    /** PEM of the node that signed. */
    cert: { type: "string" },
    node_id: digest,
    /** From the leaf to the root: the digest beside ours, and its side. */
    proof: {
      type: "array",
      // the tree of a ledger with 2^64 transactions is no higher
      maxItems: 64,
      items: {
        oneOf: [
          { type: "object", required: ["left"], additionalProperties: false, properties: { left: digest } },
          { type: "object", required: ["right"], additionalProperties: false, properties: { right: digest } },
        ],
      },
    },
    /** Base64 of a DER ECDSA signature over the root. */
    signature: { type: "string" },
    leaf_components: {
      type: "object",
      required: ["write_set_digest", "commit_evidence", "claims_digest"],
      properties: {
        write_set_digest: digest,
        /** `ce:<view>.<seqno>:<64 hex characters>`; known only to who holds a receipt. */
        commit_evidence: { type: "string" },
        /** 64 zeros when the transaction claims nothing. */
        claims_digest: digest,
      },
    },
    /** In place of the components, in receipts of signature transactions: the root that was signed. */
    leaf: digest,
    /** PEM certificates by which later identities of the service vouch for earlier ones, the earliest first. */
    service_endorsements: { type: "array", maxItems: 64, items: { type: "string" } },
  },
});
export type Receipt = Of<typeof receipt>;

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
  /** the node did not sign the root that the proof leads to */
  | "SignatureMismatch";

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

export interface VerifiedReceipt {
  /** Absent for signature transactions, whose receipts do not say. */
  readonly txId: string | undefined;
  readonly nodeId: string;
  /** Absent when the transaction claims nothing. */
  readonly claimsDigest: string | undefined;
  /** Root of the Merkle tree that the node signed. */
  readonly root: string;
}

const NO_CLAIMS = "0".repeat(64);

/**
 * Verifies, offline, that a service recorded a transaction (and, if `document` is given, that it is the record of this
 * very document). All input but `expected` may come from an attacker.
 *
 * @throws {ReceiptError} naming the step that failed
 */
export function verifyReceipt(input: unknown, expected: Expected): VerifiedReceipt {
  const candidate = parse(input);
  const claimsDigest = checkClaims(candidate, expected);
  const txId = checkTransaction(candidate, expected);
  const root = climb(leafOf(candidate), candidate.proof);
  const node = checkEndorsed(candidate, expected);
  checkSignature(root, candidate.signature, node);
  return { txId, nodeId: candidate.node_id, claimsDigest, root: root.toString("hex") };
}

/** SHA-256 of the canonical form (RFC 8785) of a JSON document, lower-case hex: what this service claims of documents. */
export function claimsDigestOf(document: unknown): string {
  const canonical = canonicalize(document);
  if (canonical === undefined) throw new UsageError("NotJson", "The document has no JSON form");
  return createHash("sha256").update(canonical, "utf8").digest("hex");
}

function parse(input: unknown): Receipt {
  if (!receipt.validate(input)) {
    const problem = receipt.validate.errors?.[0];
    throw new ReceiptError(
      "ReceiptMalformed",
      `${problem?.instancePath ?? ""} ${problem?.message ?? ""}`.trim(),
    );
  }
  const candidate = input as Receipt;
  if ((candidate.leaf === undefined) === (candidate.leaf_components === undefined))
    throw new ReceiptError("ReceiptMalformed", "A receipt has either a leaf or the components of one");
  if (candidate.leaf !== undefined && candidate.proof.length > 0)
    throw new ReceiptError(
      "ReceiptMalformed",
      "The leaf of a signature transaction is the root; it needs no proof",
    );
  return candidate;
}

function checkClaims(candidate: Receipt, { document, claimsDigest }: Expected): string | undefined {
  const recorded = candidate.leaf_components?.claims_digest ?? NO_CLAIMS;
  const wanted = document === undefined ? claimsDigest : claimsDigestOf(document);
  if (wanted !== undefined && recorded !== wanted) {
    const found = recorded === NO_CLAIMS ? "claims nothing" : `claims ${recorded}`;
    throw new ReceiptError("ClaimsMismatch", `The transaction ${found}; the document's digest is ${wanted}`);
  }
  return recorded === NO_CLAIMS ? undefined : recorded;
}

function checkTransaction(candidate: Receipt, expected: Expected): string | undefined {
  const evidence = candidate.leaf_components?.commit_evidence;
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
function leafOf({ leaf, leaf_components: components }: Receipt): Buffer {
  if (components === undefined) return Buffer.from(leaf ?? "", "hex");
  return sha256(
    Buffer.from(components.write_set_digest, "hex"),
    sha256(Buffer.from(components.commit_evidence, "utf8")),
    Buffer.from(components.claims_digest, "hex"),
  );
}

/** Works out the root of the Merkle tree from a leaf and the digests beside its path. */
function climb(leaf: Buffer, proof: Receipt["proof"]): Buffer {
  return proof.reduce(
    (node, step) =>
      "left" in step
        ? sha256(Buffer.from(step.left, "hex"), node)
        : sha256(node, Buffer.from(step.right, "hex")),
    leaf,
  );
}

/**
 * The node's certificate must be issued by the service, directly or by an earlier identity of it that the present one
 * vouches for (`service_endorsements`), and every certificate must be valid at the given time.
 */
function checkEndorsed(
  candidate: Receipt,
  { serviceCertificatePem, at = new Date() }: Expected,
): X509Certificate {
  const service = trusted(serviceCertificatePem);
  const node = certificate(candidate.cert);
  const chain = [node, ...(candidate.service_endorsements ?? []).map(certificate), service];
  for (const [index, issuer] of chain.entries()) {
    const subject = chain[index - 1];
    // names its issuer, which may issue, and (what counts) is signed by it
    if (subject && !(subject.checkIssued(issuer) && issuer.ca && subject.verify(issuer.publicKey)))
      throw new ReceiptError(
        "NodeNotEndorsed",
        `The service does not vouch for the node ${candidate.node_id}`,
      );
  }
  for (const link of chain) {
    // validFromDate and validToDate came after Node 20
    if (at < new Date(link.validFrom) || at > new Date(link.validTo)) {
      const period = `${link.validFrom} to ${link.validTo}`;
      throw new ReceiptError(
        "CertificateNotValid",
        `A certificate is valid from ${period}, not ${at.toISOString()}`,
      );
    }
  }
  const keyBytes = node.publicKey.export({ type: "spki", format: "der" });
  if (sha256(keyBytes).toString("hex") !== candidate.node_id)
    throw new ReceiptError("NodeMismatch", "The node's id is not the digest of its public key");
  return node;
}

/** The node signs the root as a digest: it is not hashed again. */
function checkSignature(root: Buffer, signature: string, node: X509Certificate): void {
  if (!verifyDigest(root, Buffer.from(signature, "base64"), node.publicKey))
    throw new ReceiptError("SignatureMismatch", "The node did not sign the root that the proof leads to");
}

function trusted(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new UsageError("InvalidCertificate", "The service certificate is no PEM certificate", { cause });
  }
}

function certificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ReceiptError("ReceiptMalformed", "A certificate in the receipt cannot be read", { cause });
  }
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
