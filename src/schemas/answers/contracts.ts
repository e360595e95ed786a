import { shape } from "../shape.js";
import { count, finalVotes, listOf, proposalIds, text, transactionId } from "./parts.js";

const contractSchema = {
  type: "object",
  required: ["id", "state"],
  properties: {
    id: text,
    state: { enum: ["Draft", "Proposed", "Accepted"] },
    /** Transaction that wrote what is shown; changes of a draft have to name it. Of a proposal, what its proposer said. */
    version: {},
    data: {},
    /** ISO 8601, UTC: from when on the contract is no longer in force. */
    expires: text,
    /** Empty while there is no proposal. */
    proposalId: text,
    finalVotes,
    /** Only while proposed: what stands in the draft is not what is voted on. */
    draftDiffers: { const: true },
    /** The proposal by which the members have ended the accepted contract. */
    endedBy: text,
  },
} as const;

export const contract = shape("contract", contractSchema);

export const contracts = shape(
  "contracts",
  listOf({ type: "object", required: ["id"], properties: { id: text } }),
);

const versions = listOf({
  type: "object",
  required: ["number", "version", "data", "proposalId", "finalVotes"],
  properties: {
    /** Counts the accepted texts of the contract from 1. */
    number: count,
    version: transactionId,
    data: {},
    expires: text,
    proposalId: text,
    finalVotes,
  },
});

/** All texts that were accepted, the last one being in force, and the open proposals that would amend or end it. */
export const contractVersions = shape("contractVersions", {
  ...versions,
  required: ["value", "proposalIds"],
  properties: { ...versions.properties, proposalIds },
});

/** A statement of an accepted contract, and the transaction that made it, if that was an earlier one. */
export const acceptance = shape("acceptance", {
  type: "object",
  required: ["contract"],
  properties: { contract: contractSchema, transactionId },
});
