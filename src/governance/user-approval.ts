import { digestOf } from "../kit/canonical.js";
import { Refusal } from "../kit/refusal.js";
import { approverOf, includesApprover, nameOf, readSomeApprovers, requireFitting } from "./approvers.js";
import type { Caller } from "./callers.js";
import { readDocument, requireReaderOfDraft, type WrittenDocument } from "./documents.js";
import { requireNotAccepted } from "./drafts.js";
import { ID_RULE, isId } from "./ids.js";
import {
  type Approver,
  type BallotValue,
  type Labels,
  openUserProposals,
  type UserProposal,
  userProposals,
} from "./tables.js";
import { acceptUserDocument, userDocuments } from "./user-documents.js";
import {
  close,
  type ProposalStatus,
  requireNoOpenProposal,
  requireOpen,
  requireUserProposal,
  save,
  type StandingProposal,
} from "./user-proposals.js";

/** A proposal as clients send it. */
export interface WrittenProposal {
  readonly name?: unknown;
  readonly approvers?: readonly Approver[] | null | undefined;
  readonly args?: WrittenArguments | null | undefined;
}

interface WrittenArguments {
  readonly documentId?: unknown;
  readonly document?: (WrittenDocument & { readonly labels?: Labels | null }) | null | undefined;
}

/**
 * Proposes a document of users to its approvers. All that can be known before they vote is checked before they vote.
 *
 * @param proposalId chosen by the proposer
 */
export function proposeUserDocument(proposalId: string, caller: Caller, written: WrittenProposal): void {
  const proposals = userProposals();
  if (proposals.has(proposalId)) {
    throw new Refusal(
      "ProposalAlreadyExists",
      `There is a proposal ${proposalId} already; choose another id.`,
    );
  }
  const approvers = readSomeApprovers(written.approvers);
  if (written.name !== "set_user_document") {
    throw new Refusal("InvalidProposalType", 'What users propose has the "name" "set_user_document".');
  }
  const args = readArguments(caller, written.args ?? {});
  requireFitting(approvers, userDocuments.drafts().get(args.documentId)?.approvers);

  const proposal: UserProposal = { name: written.name, approvers, args };
  proposals.set(proposalId, proposal);
  openUserProposals().set(args.documentId, proposalId);
  const { kind, id } = caller;
  save({ proposalId, ...proposal, proposer: { kind, id }, state: "Open", ballots: [] });
}

function readArguments(caller: Caller, { documentId, document }: WrittenArguments): UserProposal["args"] {
  if (typeof documentId !== "string" || !isId(documentId)) {
    throw new Refusal(
      "InvalidUserDocumentId",
      `Say in "args.documentId" which document is proposed: ${ID_RULE}`,
    );
  }
  requireNotAccepted(userDocuments, documentId);
  requireReaderOfDraft(userDocuments, caller, documentId);
  requireNoOpenProposal(documentId);
  const args = { documentId, document: { ...document, ...readDocument(caller, document ?? {}, undefined) } };
  digestOf(args); // what cannot be digested could not be proven later
  return args;
}

/**
 * An approver's ballot, which cannot be taken back. One against the document rejects it; the last in favour accepts it.
 *
 * @param ballot as it was sent
 */
export function voteOnUserDocument(proposalId: string, caller: Caller, ballot: unknown): ProposalStatus {
  const proposal = requireUserProposal(proposalId);
  const approver = approverOf(caller);
  if (!includesApprover(proposal.approvers, approver)) {
    throw new Refusal(
      "NotProposalApprover",
      `Only the approvers of the proposal ${proposalId} vote on it, and ${nameOf(approver)} is none of them.`,
    );
  }
  requireOpen(proposal);
  if (includesApprover(proposal.ballots, approver)) {
    throw new Refusal("BallotAlreadySubmitted", `You have voted on the proposal ${proposalId} already.`);
  }
  if (!isBallot(ballot)) {
    throw new Refusal("InvalidBallotValue", 'The "ballot" must be "accepted" or "rejected".');
  }
  const voted = { ...proposal, ballots: [...proposal.ballots, { ...approver, ballot }] };
  if (ballot === "rejected") return close(voted, "Rejected");
  if (voted.ballots.length < voted.approvers.length) return save(voted);
  accept(voted);
  return close(voted, "Accepted");
}

const isBallot = (value: unknown): value is BallotValue => value === "accepted" || value === "rejected";

/** Exactly what was proposed is accepted, whatever stands in the draft. */
function accept({ args, approvers, proposalId, proposer, ballots }: StandingProposal): void {
  const { contractId, data, labels } = args.document;
  acceptUserDocument(args.documentId, {
    contractId,
    data,
    ...(labels !== undefined && { labels }),
    proposalId,
    proposerId: proposer.id,
    approvers,
    finalVotes: ballots.map(({ approverId, ballot }) => ({ approverId, ballot })),
  });
}
