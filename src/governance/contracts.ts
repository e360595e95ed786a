import canonicalize from "canonicalize";
import { Refusal } from "../kit/refusal.js";
import { transactionId } from "../kit/transactions.js";
import type { Caller } from "./callers.js";
import {
  type Drafted,
  lookUp,
  requireData,
  requireNotAccepted,
  saveDraft,
  type Versioned,
  versioned,
} from "./drafts.js";
import { readExpiry } from "./expiry.js";
import { partiesIn, requireParty, requireReader } from "./parties.js";
import { openActions, openProposalsFor, type ProposedAction, votesOf } from "./proposals.js";
import { versionsOf, whyNotInForce } from "./standing.js";
import {
  type AcceptedContract,
  acceptedContracts,
  type ContractDraft,
  contracts,
  contractStandings,
} from "./tables.js";

export const contractStates = ["Draft", "Proposed", "Accepted"] as const;
export type ContractState = (typeof contractStates)[number];

/** A contract as the API gives it. */
export interface Contract {
  readonly id: string;
  /** Transaction that wrote the draft or the accepted contract; what the proposer named while it is proposed. */
  readonly version?: unknown;
  readonly state: ContractState;
  readonly data: unknown;
  /** ISO 8601, UTC: from when on it is no longer in force. */
  readonly expires?: string;
  /** Empty while there is no proposal. */
  readonly proposalId: string;
  /** Only of an accepted contract. */
  readonly finalVotes?: readonly { readonly memberId: string; readonly vote: boolean }[];
  /** Only while proposed: the draft was changed since, so what is voted on is not what stands in the draft. */
  readonly draftDiffers?: true;
  /** Only of an accepted contract that the members have ended: the proposal that did. */
  readonly endedBy?: string;
}

/** Ids of all contracts, or of those in one state. */
export function contractIds(state: ContractState | undefined): string[] {
  const accepted = acceptedContracts().keys();
  if (state === "Accepted") return accepted;
  const drafts = contracts().keys();
  if (state === undefined) return [...new Set([...drafts, ...accepted])];

  const proposed = new Set(openActions("set_contract").map(({ args }) => args.contractId));
  const final = new Set(accepted);
  return drafts.filter((id) => !final.has(id) && proposed.has(id) === (state === "Proposed"));
}

/** Contracts, as far as they are drafts. */
const drafted: Drafted<ContractDraft, AcceptedContract> = {
  noun: "contract",
  afterwards: "the members can amend it by a vote",
  drafts: contracts,
  accepted: acceptedContracts,
  codes: {
    notFound: "ContractNotFound",
    exists: "ContractAlreadyExists",
    alreadyAccepted: "ContractAlreadyAccepted",
  },
};

/**
 * A contract in the state it is in: accepted, else proposed, else a draft. Who may read it is said by the text that is shown;
 * but what is proposed is read by every member, since all are asked to vote on it.
 *
 * @throws {Refusal} `ContractNotFound`, `NotContractParty`
 */
export function readContract(id: string, caller: Caller): Contract {
  const found = lookUp(drafted, id, openProposal);
  if (found.state === "Accepted") {
    requireReader(caller, id);
    const endedBy = contractStandings().get(id)?.endedBy;
    return { ...accepted(id, found), ...(endedBy !== undefined && { endedBy }) };
  }
  if (found.state === "Draft") {
    requireParty(caller, id, partiesIn(found.text.data));
    return { id, state: "Draft", version: found.version, ...textOf(found.text), proposalId: "" };
  }
  const { proposal, draft } = found;
  const { version, ...contract } = proposal.args.contract as ContractDraft & { version?: unknown };
  const proposed = textOf(contract);
  if (caller.kind !== "member") requireParty(caller, id, partiesIn(proposed.data));
  const differs = draft !== undefined && canonicalize(textOf(draft)) !== canonicalize(proposed);
  const { proposalId } = proposal;
  return {
    id,
    state: "Proposed",
    ...proposed,
    version,
    proposalId,
    ...(differs && { draftDiffers: true }),
  };
}

const openProposal = (id: string): ProposedAction | undefined =>
  openActions("set_contract").find(({ args }) => args.contractId === id);

/** What members agree on, without what a client proposed along with it. */
const textOf = ({ data, expires }: ContractDraft): ContractDraft => ({
  data,
  ...(expires !== undefined && { expires }),
});

/** The accepted contract as it is stated on the ledger, or undefined. */
export function acceptedContract(id: string): (Contract & { readonly version: string }) | undefined {
  const found = versioned(acceptedContracts(), id);
  return found && accepted(id, found);
}

const accepted = (id: string, { text, version }: Versioned<AcceptedContract>) => ({
  id,
  version,
  state: "Accepted" as const,
  ...agreed(text),
});

const agreed = (accepted: AcceptedContract) => ({
  ...textOf(accepted),
  proposalId: accepted.proposalId,
  finalVotes: votesOf(accepted),
});

/** One of the texts that the members have accepted under an id. */
export interface ContractVersion {
  /** Counts them from 1. */
  readonly number: number;
  readonly version: string;
  readonly data: unknown;
  readonly expires?: string;
  readonly proposalId: string;
  readonly finalVotes: readonly { readonly memberId: string; readonly vote: boolean }[];
}

/** All that was ever accepted, from a number on, oldest first; the last one is the contract as it stands. */
export function contractVersions(
  id: string,
  from: number,
  limit: number,
): { value: ContractVersion[]; next?: number } {
  const page = versionsOf(id).page(from, limit);
  const value = page.value.map(({ number, seqno, value: accepted }) => ({
    number,
    version: transactionId(seqno),
    ...agreed(accepted),
  }));
  return { ...page, value };
}

/** Open proposals that would accept, amend or end a contract. */
export const proposalsAbout = (id: string): string[] => [
  ...openProposalsFor(id, "set_contract"),
  ...openProposalsFor(id, "end_contract"),
];

/** What is released under a contract is released under this text. */
export interface TextInForce {
  readonly version: string;
  /** SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of the contract's data. */
  readonly digest: string;
}

/** @throws {Refusal} `ContractNotAccepted`, `ContractEnded`, `ContractExpired`, `ViewNotKnown` */
export function requireInForce(id: string): TextInForce {
  const why = whyNotInForce(id);
  if (why !== undefined) throw new Refusal(why.code, why.message);
  const digest = contractStandings().get(id)?.digest;
  const seqno = acceptedContracts().versionOf(id);
  if (digest === undefined || seqno === undefined) throw new TypeError(`the contract ${id} has no version`);
  return { version: transactionId(seqno), digest };
}

/** Whether a contract is at least drafted. */
export const contractExists = (id: string): boolean => contracts().has(id) || acceptedContracts().has(id);

/** A contract that is at least drafted: what documents, secrets and the like can belong to. */
export function requireContract(id: string): void {
  if (contractExists(id)) return;
  throw new Refusal("ContractNotFound", `There is no contract ${id}. Put a draft of it first.`);
}

/**
 * Writes the draft of a contract that is not accepted yet. Who may not read a draft does not replace it either.
 *
 * @param version of the draft that is replaced; of no consequence for the first
 */
export function saveContract(
  caller: Caller,
  id: string,
  { data, expires: until }: { readonly data: unknown; readonly expires?: unknown },
  version: string | null | undefined,
): void {
  requireNotAccepted(drafted, id);
  requireData(data, drafted.noun);
  partiesIn(data); // throws for parties that are no list of ids
  const expires = readExpiry(until);
  if (contracts().has(id)) requireReader(caller, id);
  saveDraft(drafted, id, { data, ...(expires !== undefined && { expires }) }, version);
}
