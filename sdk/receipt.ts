import { X509Certificate } from "node:crypto";
import { type Of, shape } from "../src/schemas/shape.js";
import { verifyDigest } from "./ecdsa.js";
import {
  checkClaims,
  checkTransaction,
  checkValidity,
  climb,
  type Expected,
  leafDigest,
  ReceiptError,
  serviceCertificate,
  sha256,
} from "./receipt-proof.js";

export { claimsDigestOf, ReceiptError } from "./receipt-proof.js";
export type { Expected, ReceiptErrorCode } from "./receipt-proof.js";

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

export interface VerifiedReceipt {
  /** Absent for signature transactions, whose receipts do not say. */
  readonly txId: string | undefined;
  readonly nodeId: string;
  /** Absent when the transaction claims nothing. */
  readonly claimsDigest: string | undefined;
  /** Root of the Merkle tree that the node signed. */
  readonly root: string;
}

/**
 * Verifies, offline, that a service recorded a transaction (and, if `document` is given, that it is the record of this
 * very document). All input but `expected` may come from an attacker.
 *
 * @throws {ReceiptError} naming the step that failed
 */
export function verifyReceipt(input: unknown, expected: Expected): VerifiedReceipt {
  const candidate = parse(input);
  const claimsDigest = checkClaims(candidate.leaf_components, expected);
  const txId = checkTransaction(candidate.leaf_components, expected);
  const root = climb(leafOf(candidate), candidate.proof);
  const node = checkEndorsed(candidate, expected);
  checkSignature(root, candidate.signature, node);
  return { txId, nodeId: candidate.node_id, claimsDigest, root: root.toString("hex") };
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

/** Receipts of signature transactions give the leaf itself. */
function leafOf({ leaf = "", leaf_components: components }: Receipt): Buffer {
  return components === undefined ? Buffer.from(leaf, "hex") : leafDigest(components);
}

/**
 * The node's certificate must be issued by the service, directly or by an earlier identity of it that the present one
 * vouches for (`service_endorsements`), and every certificate on that way must be valid at the given time. Whoever trusts
 * the earlier identity itself needs no later one to vouch for it.
 */
function checkEndorsed(
  candidate: Receipt,
  { serviceCertificatePem, at = new Date() }: Expected,
): X509Certificate {
  const service = serviceCertificate(serviceCertificatePem);
  const node = certificate(candidate.cert);
  const endorsements = (candidate.service_endorsements ?? []).map(certificate);
  const chain = [node, service];
  for (let subject = node; !isIssued(subject, service);) {
    const issuer = endorsements.shift();
    if (!issuer || !isIssued(subject, issuer))
      throw new ReceiptError(
        "NodeNotEndorsed",
        `The service does not vouch for the node ${candidate.node_id}`,
      );
    chain.push(issuer);
    subject = issuer;
  }
  for (const link of chain) checkValidity(link, at);
  const keyBytes = node.publicKey.export({ type: "spki", format: "der" });
  if (sha256(keyBytes).toString("hex") !== candidate.node_id)
    throw new ReceiptError("NodeMismatch", "The node's id is not the digest of its public key");
  return node;
}

/** Names its issuer, which may issue, and (what counts) is signed by it. */
function isIssued(subject: X509Certificate, issuer: X509Certificate): boolean {
  return subject.checkIssued(issuer) && issuer.ca && subject.verify(issuer.publicKey);
}

/** The node signs the root as a digest: it is not hashed again. */
function checkSignature(root: Buffer, signature: string, node: X509Certificate): void {
  if (!verifyDigest(root, Buffer.from(signature, "base64"), node.publicKey))
    throw new ReceiptError("SignatureMismatch", "The node did not sign the root that the proof leads to");
}

function certificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ReceiptError("ReceiptMalformed", "A certificate in the receipt cannot be read", { cause });
  }
}
