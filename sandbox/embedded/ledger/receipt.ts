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
