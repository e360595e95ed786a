/** Records of everything that was released. */
import { json, table, text } from "../../kit/tables.js";

/**
 * What was released. A secret and a token by their names, a document as `memberdocuments/<id>` or `userdocuments/<id>`, a
 * signature by what was signed, and a certificate by its DER (SHA-256, hex).
 */
export interface ReleasedThing {
  readonly kind: "secret" | "document" | "token" | "signature" | "certificate";
  readonly id: string;
  /** Of a secret. */
  readonly version?: number;
  /** Of a secret with a policy of its own: SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of that. */
  readonly policyDigest?: string;
  /** Of a certificate: whom it names, and by which alternative names. */
  readonly subject?: string;
  readonly names?: readonly string[];
}

/** Rows of all release records. Key: contract id, number. */
export interface ReleaseRecord {
  readonly contractId: string;
  /** Counts the releases of the contract from 1, without gaps. */
  readonly release: number;
  readonly item: ReleasedThing;
  /** Version of the accepted contract, as the API gives it. */
  readonly contractVersion: string;
  /** SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of the contract's data, and of the policy that matched. */
  readonly contractDigest: string;
  readonly policyDigest: string;
  readonly platform: string;
  /** SHA-256, lower-case hex, of what the platform signed. */
  readonly evidenceDigest: string;
  /** The purpose for which a clean room had delegated, where its policy matched and not the contract's own. */
  readonly delegate?: { readonly type: string; readonly id: string };
  /** Which alternative of the policy matched, from 0, and the claims that it names as they were presented. */
  readonly alternative: number;
  readonly claims: Readonly<Record<string, string | number | boolean>>;
  /** SHA-256, lower-case hex, of the PEM text of the key to which the answer was wrapped. */
  readonly recipientKeyDigest: string;
}
export const releaseRows = table("public:releases", text, json<ReleaseRecord>());
/** How many rows there are. Key: contract id. */
export const releaseCounts = table("public:releases.count", text, json<number>());
