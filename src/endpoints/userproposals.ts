import { anyCaller, requireActive } from "../governance/callers.js";
import { documentRefusals } from "../governance/documents.js";
import { id } from "../governance/ids.js";
import { proposeUserDocument, voteOnUserDocument } from "../governance/user-approval.js";
import { readUserProposal, statusOf, withdrawUserProposal } from "../governance/user-proposals.js";
import { endpoint } from "../kit/endpoint.js";
import * as answers from "../schemas/answers/documents.js";
import { userBallot, userProposal } from "../schemas/documents.js";

const path = { proposalId: id };
const reading = ["ProposalNotFound", "NotContractParty"] as const;

export const getUserProposal = endpoint(
  { caller: anyCaller, path, answer: answers.userProposal, refusals: reading },
  ({ caller, path }) => {
    const { proposalId, name, approvers, args } = readUserProposal(caller, path.proposalId);
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
      // no contract is named beside the document's own
      ...documentRefusals.filter((code) => code !== "ContractIdMismatch"),
      "NotCanonical",
    ],
  },
  ({ caller, path: { proposalId }, body }) => {
    proposeUserDocument(proposalId, requireActive(caller), body);
    return { proposalId };
  },
);

export const getUserProposalStatus = endpoint(
  { caller: anyCaller, path, answer: answers.userProposalStatus, refusals: reading },
  ({ caller, path }) => statusOf(readUserProposal(caller, path.proposalId)),
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
