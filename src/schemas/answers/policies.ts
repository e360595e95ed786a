import { shape } from "../shape.js";
import { claims, listOf, proposalIds, text } from "./parts.js";

export const policy = shape("policy", {
  type: "object",
  required: ["proposalIds", "alternatives"],
  properties: {
    /** Open proposals that would change the policy. */
    proposalIds,
    policyType: text,
    /** Code is trusted that satisfies any of them. */
    alternatives: { type: "array", items: claims },
    /** The alternative, if there is only one. */
    policy: claims,
  },
});

export const platforms = shape(
  "platforms",
  listOf({
    type: "object",
    required: ["platform", "trusted"],
    properties: {
      platform: text,
      trusted: { type: "boolean" },
      /** Whose statements count as evidence of platform `virtual`. */
      keys: {
        type: "array",
        items: {
          type: "object",
          required: ["keyId", "publicKey"],
          properties: { keyId: text, publicKey: text },
        },
      },
    },
  }),
);

export const delegates = shape(
  "delegates",
  listOf({
    type: "object",
    required: ["delegateType", "delegateId"],
    properties: { delegateType: text, delegateId: text },
  }),
);

/** What is delegated for one purpose. */
export const delegatedClaims = shape("delegatedClaims", {
  type: "object",
  properties: { claims, policyType: text, alternatives: { type: "array", items: claims } },
});
