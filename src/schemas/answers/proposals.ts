import { shape } from "../shape.js";
import { count, listOf, text } from "./parts.js";

/** The states that a governance proposal had; one for every transaction that wrote it. */
export const proposalHistory = shape(
  "proposalHistory",
  listOf({
    type: "object",
    required: ["seqno", "proposalId", "proposalState"],
    properties: { seqno: count, proposalId: text, proposalState: text },
  }),
);
