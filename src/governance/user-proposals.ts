import { Refusal } from "../kit/refusal.js";
import { requireReaderOrApprover, unknownAmong } from "./approvers.js";
import type { Caller } from "./callers.js";
import {
  type BallotValue,
  openUserProposals,
  type UserProposal,
  type UserProposalInfo,
  userProposals,
  userProposalsInfo,
} from "./tables.js";

/** A proposal and how it stands. */
export interface StandingProposal extends UserProposal, UserProposalInfo {
  readonly proposalId: string;
}

/** How a proposal stands, as the API says it. */
export interface ProposalStatus {
  readonly proposerId: string;
  readonly state: UserProposalInfo["state"];
  readonly ballots: readonly { readonly approverId: string; readonly ballot: BallotValue }[];
}

/** A proposal, for who may read it. @throws {Refusal} `ProposalNotFound`, `NotContractParty` */
export function readUserProposal(caller: Caller, proposalId: string): StandingProposal {
  const proposal = requireUserProposal(proposalId);
  requireReaderOrApprover(caller, proposal.args.document.contractId, proposal.approvers);
  return proposal;
}

/** @throws {Refusal} `ProposalNotFound` */
export function requireUserProposal(proposalId: string): StandingProposal {
  const found = userProposal(proposalId);
  if (found !== undefined) return found;
  throw new Refusal("ProposalNotFound", `There is no proposal ${proposalId}.`);
}

function userProposal(proposalId: string): StandingProposal | undefined {
  const proposal = userProposals().get(proposalId);
  const info = userProposalsInfo().get(proposalId);
  if (proposal === undefined || info === undefined) return undefined;
  return { proposalId, ...proposal, ...info, state: stateOf(proposal, info) };
}

/**
 * All approvers have to agree, so once one of them is neither member nor user any more, a proposal that waits can only be
 * rejected. Nobody calls at that moment, therefore it is found out by whoever looks.
 */
function stateOf({ approvers }: UserProposal, { state }: UserProposalInfo): UserProposalInfo["state"] {
  return state === "Open" && unknownAmong(approvers).length > 0 ? "Rejected" : state;
}

export function statusOf({ proposer, state, ballots }: StandingProposal): ProposalStatus {
  return {
    proposerId: proposer.id,
    state,
    ballots: ballots.map(({ approverId, ballot }) => ({ approverId, ballot })),
  };
}

/** The open proposal for a document, if there is one. */
export function openUserProposal(documentId: string): StandingProposal | undefined {
  const proposalId = openUserProposals().get(documentId);
  const proposal = proposalId === undefined ? undefined : userProposal(proposalId);
  return proposal?.state === "Open" ? proposal : undefined;
}

/** A document has one open proposal at most. @throws {Refusal} `UserDocumentAlreadyProposed` */
export function requireNoOpenProposal(documentId: string): void {
  const proposalId = openUserProposals().get(documentId);
  if (proposalId === undefined) return;
  const proposal = requireUserProposal(proposalId);
  if (proposal.state === "Open") {
    throw new Refusal(
      "UserDocumentAlreadyProposed",
      `The user document ${documentId} is proposed already, by the proposal ${proposalId}; wait for its end, or have its proposer withdraw it.`,
    );
  }
  close(proposal, "Rejected"); // for good, whoever comes back
}

/** Takes back a proposal of one's own, while it is open. */
export function withdrawUserProposal(proposalId: string, { kind, id }: Caller): ProposalStatus {
  const proposal = requireUserProposal(proposalId);
  if (proposal.proposer.kind !== kind || proposal.proposer.id !== id) {
    throw new Refusal("NotProposalOwner", `Only who made the proposal ${proposalId} can withdraw it.`);
  }
  requireOpen(proposal);
  return close(proposal, "Withdrawn");
}

/** @throws {Refusal} `ProposalNotOpen` */
export function requireOpen({ proposalId, state, ballots }: StandingProposal): void {
  if (state === "Open") return;
  const lost = state === "Rejected" && !ballots.some(({ ballot }) => ballot === "rejected");
  const why = lost ? ", since an approver is not known any more" : "";
  throw new Refusal("ProposalNotOpen", `The proposal ${proposalId} is ${state.toLowerCase()}${why}.`);
}

/** Ends a proposal; its document can be proposed anew, unless it was accepted. */
export function close(
  proposal: StandingProposal,
  state: Exclude<UserProposalInfo["state"], "Open">,
): ProposalStatus {
  openUserProposals().delete(proposal.args.documentId);
  return save({ ...proposal, state });
}

/** Writes how a proposal stands. */
export function save(proposal: StandingProposal): ProposalStatus {
  const { proposalId, proposer, state, ballots } = proposal;
  userProposalsInfo().set(proposalId, { proposer, state, ballots });
  return statusOf(proposal);
}
