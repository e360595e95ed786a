import type { LeafParts } from "./digests.js";
import type { PathStep } from "./merkle.js";
import type { NodeSignature } from "./signature.js";

/** One step from a leaf to the root: the digest on the other side, in hexadecimal. */
export type ProofStep = { readonly left: string } | { readonly right: string };

/** A receipt as CCF's `GET /app/receipt` gives it; digests are in hexadecimal, the signature in base64. */
export interface Receipt {
  /** PEM of the certificate of the node that signed, endorsed by the service */
  readonly cert: string;
  readonly node_id: string;
  readonly signature: string;
  readonly proof: readonly ProofStep[];
  /** Of a signature transaction: the root it signed. All others have `leaf_components`. */
  readonly leaf?: string;
  readonly leaf_components?: {
    readonly claims_digest: string;
    readonly commit_evidence: string;
    readonly write_set_digest: string;
  };
  /** certificates of earlier service keys, endorsed by the present one */
  readonly service_endorsements?: readonly string[];
}

/** What a receipt is made of. */
export interface ReceiptParts {
  readonly signature: NodeSignature;
  /** absent for signature transactions, which attest themselves */
  readonly transaction?: {
    readonly leaf: LeafParts;
    readonly commitEvidence: string;
    readonly path: readonly PathStep[];
  };
}

/** Writes a receipt. */
export function makeReceipt({ signature, transaction }: ReceiptParts): Receipt {
  const { cert, node, sig } = signature;
  const signed = { cert, node_id: node, signature: sig };
  if (!transaction) return { ...signed, leaf: signature.root, proof: [] };
  const { leaf, commitEvidence, path } = transaction;
  return {
    ...signed,
    leaf_components: {
      claims_digest: hex(leaf.claimsDigest),
      commit_evidence: commitEvidence,
      write_set_digest: hex(leaf.writeSetDigest),
    },
    proof: path.map(({ side, digest }) => (side === "left" ? { left: hex(digest) } : { right: hex(digest) })),
  };
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}
