import { anyCaller, requireActive } from "../governance/callers.js";
import { documentRefusals } from "../governance/documents.js";
import { id } from "../governance/ids.js";
import { proposeUserDocument, voteOnUserDocument } from "../governance/user-approval.js";
import { requireUserProposal, statusOf, withdrawUserProposal } from "../governance/user-proposals.js";
import { endpoint } from "../kit/endpoint.js";
import * as answers from "../schemas/answers/documents.js";
import { userBallot, userProposal } from "../schemas/documents.js";

const path = { proposalId: id };

export const getUserProposal = endpoint(
  { caller: anyCaller, path, answer: answers.userProposal, refusals: ["ProposalNotFound"] },
  ({ path }) => {
    const { proposalId, name, approvers, args } = requireUserProposal(path.proposalId);
    return { proposalId, name, approvers, args };
  },
);

export const putUserProposal = endpoint(
  {
    caller: anyCaller,
    path,
    body: userProposal,
    codes: { approvers: "InvalidApprovers" },
    answer: answers.createdProposal,
    refusals: [
      "MemberNotActive",
      "ProposalAlreadyExists",
      "ApproversMissing",
      "EmptyApprovers",
      "InvalidProposalType",
      "InvalidUserDocumentId",
      "UserDocumentAlreadyAccepted",
      "UserDocumentAlreadyProposed",
      ...documentRefusals,
      "NotCanonical",
    ],
  },
  ({ caller, path: { proposalId }, body }) => {
    proposeUserDocument(proposalId, requireActive(caller), body);
    return { proposalId };
  },
);

export const getUserProposalStatus = endpoint(
  { caller: anyCaller, path, answer: answers.userProposalStatus, refusals: ["ProposalNotFound"] },
  ({ path }) => statusOf(requireUserProposal(path.proposalId)),
);

export const postWithdrawal = endpoint(
  {
    caller: anyCaller,
    path,
    answer: answers.userProposalStatus,
    refusals: ["MemberNotActive", "ProposalNotFound", "NotProposalOwner", "ProposalNotOpen"],
  },
  ({ caller, path }) => withdrawUserProposal(path.proposalId, requireActive(caller)),
);

export const postUserBallot = endpoint(
  {
    caller: anyCaller,
    path,
    body: userBallot,
    answer: answers.userProposalStatus,
    refusals: [
      "MemberNotActive",
      "ProposalNotFound",
      "NotProposalApprover",
      "ProposalNotOpen",
      "BallotAlreadySubmitted",
      "InvalidBallotValue",
    ],
  },
  ({ caller, path, body }) => voteOnUserDocument(path.proposalId, requireActive(caller), body.ballot),
);
