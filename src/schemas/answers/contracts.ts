import { shape } from "../shape.js";
import { listOf, text, transactionId } from "./parts.js";

const contractSchema = {
  type: "object",
  required: ["id", "state"],
  properties: {
    id: text,
    state: { enum: ["Draft", "Proposed", "Accepted"] },
    /** Transaction that wrote what is shown; changes of a draft have to name it. Of a proposal, what its proposer said. */
    version: {},
    data: {},
    /** Empty while there is no proposal. */
    proposalId: text,
    finalVotes: {
      type: "array",
      items: {
        type: "object",
        required: ["memberId", "vote"],
        properties: { memberId: text, vote: { type: "boolean" } },
      },
    },
    /** Only while proposed: what stands in the draft is not what is voted on. */
    draftDiffers: { const: true },
  },
} as const;

export const contract = shape("contract", contractSchema);

export const contracts = shape(
  "contracts",
  listOf({ type: "object", required: ["id"], properties: { id: text } }),
);

/** A statement of an accepted contract, and the transaction that made it, if that was an earlier one. */
export const acceptance = shape("acceptance", {
  type: "object",
  required: ["contract"],
  properties: { contract: contractSchema, transactionId },
});
