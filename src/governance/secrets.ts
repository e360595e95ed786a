import { utf8 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import { Series } from "../kit/series.js";
import type { Policy } from "../policy/policy.js";
import type { Caller } from "./callers.js";
import { requireContract } from "./contracts.js";
import { isId } from "./ids.js";
import { secretCounts, secretRows, secrets } from "./tables.js";

/** UTF-16 code units. */
const LONGEST_SECRET = 25_600;

/** Who owns a secret: a caller, or the contract's clean rooms together. */
export type SecretOwner = Caller | "cleanroom";

/** Ids of the contract's secrets. */
export const secretIds = (contractId: string): string[] => secrets(contractId).keys();

/** What evidence has to satisfy besides the contract's policy to get a secret; undefined: nothing. */
export const secretPolicyOf = (contractId: string, secretId: string): Policy | undefined =>
  secrets(contractId).get(secretId)?.policy;

/** The id under which an owner's secret is known: `<caller id>_<name>`. */
export function secretIdOf(owner: SecretOwner, name: string): string {
  const id = `${owner === "cleanroom" ? owner : owner.id}_${name}`;
  if (isId(id, id.length)) return id;
  throw new Refusal(
    "InvalidParameter",
    "The caller's id has characters that the id of a secret cannot have.",
  );
}

/** Two owners can have ids that, joined with a name, read the same; the stored owner keeps them apart. */
const ownerText = (owner: SecretOwner): string =>
  owner === "cleanroom" ? owner : `${owner.kind}/${owner.id}`;

const versionsOf = (contractId: string, secretId: string): Series<ArrayBuffer> =>
  new Series(secretRows(), secretCounts(), `${contractId}/${secretId}`);

/** A secret as its owner sends it. */
export interface WrittenSecret {
  readonly value: unknown;
  /** `undefined`: as it was; `null`: none. */
  readonly policy: Policy | null | undefined;
}

/** Stores a new version of an owner's secret. Its policy is one for all versions. */
export function putSecret(
  contractId: string,
  owner: SecretOwner,
  name: string,
  { value, policy }: WrittenSecret,
): { secretId: string; version: number } {
  if (typeof value !== "string" || value === "") {
    throw new Refusal("ValueMissing", 'Send the secret as a non-empty string in "value".');
  }
  if (value.length > LONGEST_SECRET) {
    throw new Refusal(
      "ValueTooLarge",
      `A secret has at most ${LONGEST_SECRET} characters, not ${value.length}.`,
    );
  }
  requireContract(contractId);
  const secretId = secretIdOf(owner, name);
  const table = secrets(contractId);
  const isNew = !table.has(secretId);
  if (!isNew) requireOwner(contractId, secretId, owner);
  if (isNew || policy !== undefined)
    table.set(secretId, { owner: ownerText(owner), ...(policy && { policy }) });
  const versions = versionsOf(contractId, secretId);
  versions.append(() => utf8(value));
  return { secretId, version: versions.length };
}

/** Deletes all versions. Their numbers are never used again. */
export function deleteSecret(contractId: string, owner: Caller, name: string): void {
  const secretId = secretIdOf(owner, name);
  requireOwner(contractId, secretId, owner);
  const versions = versionsOf(contractId, secretId);
  // those before have been deleted with the secret that was there before
  for (let version = versions.length; versions.has(version); version--) versions.delete(version);
  secrets(contractId).delete(secretId);
}

function requireOwner(contractId: string, secretId: string, owner: SecretOwner): void {
  const entry = secrets(contractId).get(secretId);
  if (entry === undefined) throw notFound(secretId);
  if (entry.owner !== ownerText(owner)) {
    throw new Refusal(
      "SecretNotOwned",
      `The secret ${secretId} belongs to somebody else; choose another name.`,
    );
  }
}

/** The newest version of a secret, or a named one. For release only: what is returned is never shown to a caller in clear. */
export function readSecret(
  contractId: string,
  secretId: string,
  version: number | undefined,
): { value: ArrayBuffer; version: number } {
  const versions = versionsOf(contractId, secretId);
  const wanted = version ?? versions.length;
  const value = secrets(contractId).has(secretId) ? versions.get(wanted) : undefined;
  if (value === undefined) throw notFound(secretId, version);
  return { value, version: wanted };
}

function notFound(secretId: string, version?: number): Refusal {
  const which = version === undefined ? "" : ` of version ${version}`;
  return new Refusal("SecretNotFound", `The contract has no secret ${secretId}${which}.`);
}
