/** Contracts: drafts by members, acceptance by vote, consent of each member. */
import { json, table, text } from "../../kit/tables.js";
import type { OptionStatus } from "./options.js";

/** Key: contract id. */
export interface AcceptedContract {
  readonly data: unknown;
  /** ISO 8601, UTC: from when on it is no longer in force. */
  readonly expires?: string;
  readonly proposalId: string;
  readonly finalVotes: Readonly<Record<string, boolean>>;
}
export const acceptedContracts = table("public:ccf.gov.accepted_contracts", text, json<AcceptedContract>());

/**
 * What is asked about an accepted contract again and again, so that nobody reads its text for it; written with the contract
 * itself. Key: contract id.
 */
export interface ContractStanding {
  /** SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of its data. */
  readonly digest: string;
  /** Ids of the callers who read it; absent: everybody who is known. */
  readonly parties?: readonly string[];
  /** As the accepted contract says. */
  readonly expires?: string;
  /** The proposal that ended it. */
  readonly endedBy?: string;
}
export const contractStandings = table("public:ccf.gov.contract_standings", text, json<ContractStanding>());

/** Rows of everything that was ever accepted. Key: contract id, number. */
export const contractVersionRows = table("public:ccf.gov.contract_versions", text, json<AcceptedContract>());
/** How many rows there are. Key: contract id. */
export const contractVersionCounts = table("public:ccf.gov.contract_versions.count", text, json<number>());

/** Drafts. Key: contract id. */
export interface ContractDraft {
  readonly data: unknown;
  readonly expires?: string;
}
export const contracts = table("public:contracts", text, json<ContractDraft>());

/** Key: contract id. Value: by member id; who says nothing has it enabled. */
export type ExecutionSwitches = Readonly<Record<string, OptionStatus>>;
export const executionSwitches = table("public:contracts_execution_status", text, json<ExecutionSwitches>());

/** Key: contract id. The acceptance that a member had stated on the ledger. */
export const acceptances = table("public:contract_acceptances", text, json<{ readonly version: string }>());
