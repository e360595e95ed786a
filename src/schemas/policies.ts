/** What a policy can be about: the platform of evidence, or tokens. */
export const policyTypes = ["snp-caci", "snp-cvm", "jwt", "virtual"] as const;

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

/** Claims as members and clean rooms write them: of each one condition, or several of which one must be satisfied. */
export const writtenClaims = {
  type: "object",
  additionalProperties: { anyOf: [condition, { type: "array", items: condition }] },
} as const;
