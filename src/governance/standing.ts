import { digestOf } from "../kit/canonical.js";
import { hex } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import { Series } from "../kit/series.js";
import { hasPassed } from "./expiry.js";
import { partiesIn } from "./parties.js";
import {
  type AcceptedContract,
  acceptedContracts,
  contractStandings,
  contractVersionCounts,
  contractVersionRows,
} from "./tables.js";

/** All that the members have ever accepted under one id, in order. */
export const versionsOf = (contractId: string): Series<AcceptedContract> =>
  new Series(contractVersionRows(), contractVersionCounts(), contractId);

/** Puts a contract in force as the members have accepted it, instead of what was in force before. Governance only. */
export function acceptContract(contractId: string, accepted: AcceptedContract): void {
  acceptedContracts().set(contractId, accepted);
  versionsOf(contractId).append(() => accepted);
  const { data, expires } = accepted;
  const parties = partiesIn(data);
  contractStandings().set(contractId, {
    digest: hex(digestOf(data)),
    ...(parties !== undefined && { parties }),
    ...(expires !== undefined && { expires }),
  });
}

/** Ends an accepted contract for good; what was accepted stays readable. Governance only. */
export function endContract(contractId: string, proposalId: string): void {
  const standings = contractStandings();
  const standing = standings.get(contractId);
  if (standing !== undefined) standings.set(contractId, { ...standing, endedBy: proposalId });
}

/** Whether the members have ended the contract. */
export const isEnded = (contractId: string): boolean =>
  contractStandings().get(contractId)?.endedBy !== undefined;

/**
 * Whether a version, as the API says it (`<view>.<seqno>`), is that of the accepted contract. Only the sequence number is
 * compared: governance is not told views, and no two transactions of a ledger have the same.
 */
export function isAcceptedVersion(contractId: string, version: string): boolean {
  return acceptedContracts().versionOf(contractId) === Number(version.split(".")[1]);
}

/**
 * For what makes no sense before a contract is accepted, and still does when it has ended.
 *
 * @throws {Refusal} `ContractNotAccepted`; with status 400, as clients know it
 */
export function requireAccepted(contractId: string): void {
  if (acceptedContracts().has(contractId)) return;
  const { code, message } = notAccepted(contractId);
  throw new Refusal(code, message, undefined, 400);
}

/** Why nothing may happen under a contract. */
export interface NotInForce {
  readonly code: "ContractNotAccepted" | "ContractEnded" | "ContractExpired";
  readonly message: string;
}

/** A contract is in force once it is accepted, until it is ended or expires. */
export function whyNotInForce(contractId: string): NotInForce | undefined {
  const standing = contractStandings().get(contractId);
  if (standing === undefined) return notAccepted(contractId);
  const { endedBy, expires } = standing;
  if (endedBy !== undefined) return because("ContractEnded", contractId, `was ended by proposal ${endedBy}`);
  if (expires !== undefined && hasPassed(expires))
    return because("ContractExpired", contractId, `expired at ${expires}; the members can amend it`);
  return undefined;
}

const because = (code: NotInForce["code"], contractId: string, why: string): NotInForce => ({
  code,
  message: `The contract ${contractId} ${why}.`,
});

const notAccepted = (contractId: string): NotInForce =>
  because("ContractNotAccepted", contractId, "is not accepted by the members");
