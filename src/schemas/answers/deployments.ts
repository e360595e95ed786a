import { shape } from "../shape.js";
import { proposalIds } from "./parts.js";

export const deployment = shape("deployment", {
  type: "object",
  required: ["proposalIds", "data"],
  properties: {
    proposalIds,
    /** What was decided last; `{}` while nothing was. */
    data: {},
  },
});
