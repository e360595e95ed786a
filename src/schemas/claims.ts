/** A value that a claim must equal, or the least version that is accepted. */
const condition = {
  anyOf: [
    { type: ["string", "number", "boolean"] },
    {
      type: "object",
      properties: { atLeast: { type: "integer", minimum: 0 } },
      required: ["atLeast"],
      additionalProperties: false,
    },
  ],
} as const;

/** Claims as members and clean rooms write them: by name, one condition or several of which one must be satisfied. */
export const claims = {
  type: "object",
  additionalProperties: { anyOf: [condition, { type: "array", items: condition }] },
} as const;
