/** Secrets: private tables, encrypted on the ledger. */
import type { Policy } from "../../policy/policy.js";
import { bytes, json, table, tablesPer, text } from "../../kit/tables.js";

/** The secrets of one contract: who owns which. Key: secret id. */
export interface SecretEntry {
  /** Kind and id of the caller who stored it first; only the same may overwrite or delete it. */
  readonly owner: string;
  /** What evidence has to satisfy besides the contract's policy, if the owner wants that. */
  readonly policy?: Policy;
}
export const secrets = tablesPer("secrets/", text, json<SecretEntry>());

/** Versions of all secrets. Key: contract id, secret id, number. UTF-8 of the value. */
export const secretRows = table("secret_versions", text, bytes);
/** How many versions there were; also counts those of deleted secrets, so that a number never means two values. */
export const secretCounts = table("secret_versions.count", text, json<number>());
