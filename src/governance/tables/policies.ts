/** Which code the members trust, and whose word they take for it. */
import { json, table, tablesPer, text } from "../../kit/tables.js";
import type { PolicyType, PresentedClaims } from "../../policy/claims.js";
import type { Policy } from "../../policy/policy.js";

/** Key: contract id. */
export const cleanRoomPolicies = table("public:ccf.gov.clean_room_policies", text, json<Policy>());

/** What clean rooms of one contract have delegated. Key: purpose, `<type>/<id>`. Rows stay when all claims are removed. */
export interface Delegation {
  readonly policy: Policy;
  /** What the evidence of the clean room proved that has said so last. */
  readonly by: { readonly platform: PolicyType; readonly claims: PresentedClaims };
}
export const delegatedPolicies = tablesPer("public:policies.cleanroom-delegates/", text, json<Delegation>());

/** Key: SHA-256 of the key's DER SubjectPublicKeyInfo, lower-case hex. Whose statements count as `virtual` evidence. */
export const virtualAttestationKeys = table(
  "public:ccf.gov.virtual_attestation_keys",
  text,
  json<{ readonly publicKey: string }>(),
);

/**
 * Signatures of requests that were carried out, by their SHA-256 in hex, so that none is carried out twice. It only grows:
 * what is signed carries no time after which it could be forgotten.
 */
export const usedSignatures = table("public:used_signatures", text, text);
