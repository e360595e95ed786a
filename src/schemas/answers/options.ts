import { shape } from "../shape.js";
import { proposalIds, status } from "./parts.js";

export const optionStatus = shape("optionStatus", status);

export const contractOptionStatus = shape("contractOptionStatus", {
  ...status,
  properties: {
    ...status.properties,
    /** Open proposals that would enable it; absent of `execution`, which no proposal is about. */
    proposalIds,
  },
});
