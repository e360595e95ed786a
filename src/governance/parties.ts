import { Refusal } from "../kit/refusal.js";
import type { Caller } from "./callers.js";
import { contracts, contractStandings } from "./tables.js";

/** Enough for any consortium, and few enough to look through at every read. */
const MOST_PARTIES = 1000;

/**
 * Whom the data of a contract names as its parties: `governance.parties`, a list of ids of callers (of members and of users
 * by certificate the SHA-256 of the certificate in hex, of users by token the `oid`).
 *
 * @returns `undefined` if it names nobody: then everybody who is known reads the contract
 * @throws {Refusal} `InvalidBody` for anything else than such a list, since half a restriction would be none
 */
export function partiesIn(data: unknown): readonly string[] | undefined {
  const parties = field(field(data, "governance"), "parties");
  if (parties === undefined) return undefined;
  if (isListOfIds(parties)) return parties;
  throw new Refusal(
    "InvalidBody",
    `"governance.parties" must be a list of 1 to ${MOST_PARTIES} texts, the ids of those who may read the contract; leave it out if every member and user may.`,
  );
}

/**
 * Refuses a caller who may not read what belongs to a contract: its documents, events, names of secrets, releases, policies.
 * The accepted text says who may; before there is one, the draft does. What is merely proposed does not count, or whoever
 * proposes could let itself in.
 *
 * @throws {Refusal} `NotContractParty`
 */
export function requireReader(caller: Caller, contractId: string): void {
  requireParty(caller, contractId, partiesOf(contractId));
}

/** Whether {@link requireReader} lets a caller pass; for lists. */
export const mayRead = (caller: Caller, contractId: string): boolean =>
  isParty(caller, partiesOf(contractId));

/** The parties of a contract; undefined where it names none. */
export function partiesOf(contractId: string): readonly string[] | undefined {
  const standing = contractStandings().get(contractId);
  return standing === undefined ? partiesIn(contracts().get(contractId)?.data) : standing.parties;
}

const isParty = ({ id }: Caller, parties: readonly string[] | undefined): boolean =>
  parties === undefined || parties.includes(id);

/** @throws {Refusal} `NotContractParty` unless the caller is among the parties, or there are none named */
export function requireParty(
  caller: Caller,
  contractId: string,
  parties: readonly string[] | undefined,
): void {
  if (isParty(caller, parties)) return;
  throw new Refusal(
    "NotContractParty",
    `Only the parties of the contract ${contractId} read it and what belongs to it, and ${caller.id} is not one of them.`,
  );
}

const isListOfIds = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MOST_PARTIES &&
  value.every((id) => typeof id === "string" && id !== "");

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
