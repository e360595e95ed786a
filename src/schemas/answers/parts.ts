/** What several answers are made of. */
export const text = { type: "string" } as const;
export const count = { type: "integer", minimum: 0 } as const;
/** `<view>.<seqno>` */
export const transactionId = { type: "string", pattern: "^[0-9]+\\.[0-9]+$" } as const;
/** SHA-256, lower-case hex. */
export const digest = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
/** Ids of open proposals. */
export const proposalIds = { type: "array", items: text } as const;

/** Of every claim named, the conditions of which one must be satisfied. */
export const claims = { type: "object", additionalProperties: { type: "array", items: {} } } as const;

/** How members voted on what was accepted. */
export const finalVotes = {
  type: "array",
  items: {
    type: "object",
    required: ["memberId", "vote"],
    properties: { memberId: text, vote: { type: "boolean" } },
  },
} as const;

/** One page of a list; `nextLink` is path and query of the next one, absent on the last. */
export const listOf = <const S>(items: S) =>
  ({
    type: "object",
    required: ["value"],
    properties: { value: { type: "array", items }, nextLink: text },
  }) as const;

/** Something that is on or off, and why it is off. */
export const status = {
  type: "object",
  required: ["status"],
  properties: {
    status: { enum: ["enabled", "disabled"] },
    reason: { type: "object", required: ["code", "message"], properties: { code: text, message: text } },
  },
} as const;
