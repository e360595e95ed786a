import { shape } from "../shape.js";
import { finalVotes, listOf, text } from "./parts.js";

const labels = { type: ["object", "null"], additionalProperties: text } as const;

const approvers = {
  type: ["array", "null"],
  items: {
    type: "object",
    required: ["approverId", "approverIdType"],
    properties: { approverId: text, approverIdType: { enum: ["member", "user"] } },
  },
} as const;

const ballots = {
  type: "array",
  items: {
    type: "object",
    required: ["approverId", "ballot"],
    properties: { approverId: text, ballot: { enum: ["accepted", "rejected"] } },
  },
} as const;

/** What every document says. */
const common = {
  id: text,
  /** Transaction that wrote what is shown; changes of a draft have to name it. Of a proposal, what its proposer said. */
  version: {},
  state: { enum: ["Draft", "Proposed", "Accepted"] },
  /** The contract that the document belongs to. */
  contractId: text,
  data: {},
  /** Empty while there is no proposal. */
  proposalId: text,
  /** Only while proposed: what stands in the draft is not what is voted on. */
  draftDiffers: { const: true },
} as const;

export const memberDocument = shape("memberDocument", {
  type: "object",
  required: ["id", "state", "contractId", "data", "proposalId"],
  properties: { ...common, finalVotes },
});

/** A page of it; the next one is named by the header `Link` (RFC 8288), since a list has no place for it. */
export const memberDocuments = shape("memberDocuments", {
  type: "array",
  items: { type: "object", required: ["id"], properties: { id: text } },
});

export const userDocument = shape("userDocument", {
  type: "object",
  required: ["id", "state", "contractId", "data", "proposalId", "proposerId"],
  properties: { ...common, labels, approvers, proposerId: text, finalVotes: ballots },
});

export const userDocuments = shape(
  "userDocuments",
  listOf({ type: "object", required: ["id"], properties: { id: text, labels } }),
);

export const userProposal = shape("userProposal", {
  type: "object",
  required: ["proposalId", "name", "approvers", "args"],
  properties: {
    proposalId: text,
    name: text,
    approvers,
    args: {
      type: "object",
      required: ["documentId", "document"],
      properties: {
        documentId: text,
        /** As it was proposed. */
        document: { type: "object", additionalProperties: {} },
      },
    },
  },
});

export const createdProposal = shape("createdProposal", {
  type: "object",
  required: ["proposalId"],
  properties: { proposalId: text },
});

/** How a proposal stands. */
export const userProposalStatus = shape("userProposalStatus", {
  type: "object",
  required: ["proposerId", "state", "ballots"],
  properties: {
    /** Id of the caller who proposed. */
    proposerId: text,
    state: { enum: ["Open", "Accepted", "Rejected", "Withdrawn"] },
    ballots,
  },
});
