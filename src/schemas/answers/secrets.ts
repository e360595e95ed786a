import { shape } from "../shape.js";
import { claims, count, listOf, text } from "./parts.js";

export const storedSecret = shape("storedSecret", {
  type: "object",
  required: ["secretId"],
  properties: { secretId: text, version: count },
});

export const secrets = shape(
  "secrets",
  listOf({
    type: "object",
    required: ["secretId"],
    properties: {
      secretId: text,
      /** Which code gets it, of that which the contract trusts; absent: all of it. */
      policy: {
        type: "object",
        required: ["policyType", "alternatives"],
        properties: { policyType: text, alternatives: { type: "array", items: claims } },
      },
    },
  }),
);
