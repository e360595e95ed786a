import { shape } from "./interpreted.js";

/** What a member signs to propose something. The arguments of each action have a shape of their own. */
export const proposal = shape("proposal", {
  type: "object",
  properties: {
    actions: {
      type: "array",
      minItems: 1,
      maxItems: 256,
      items: {
        type: "object",
        properties: { name: { type: "string", pattern: "^\\w{1,64}$" }, args: { type: ["object", "null"] } },
        required: ["name"],
        additionalProperties: false,
      },
    },
  },
  required: ["actions"],
  additionalProperties: false,
});
