import { shape } from "./shape.js";

// Fields that are not named here are ignored: existing clients send more than an endpoint needs. What counts as no contract,
// no data or no approvers is decided by rules, which have codes of their own.

const optionalText = { type: ["string", "null"] } as const;

const labels = { type: ["object", "null"], additionalProperties: { type: "string" } } as const;

const approvers = {
  type: ["array", "null"],
  maxItems: 1000,
  items: {
    type: "object",
    required: ["approverId", "approverIdType"],
    properties: {
      approverId: { type: "string", minLength: 1, maxLength: 257 },
      approverIdType: { enum: ["member", "user"] },
    },
  },
} as const;

/** The draft of a document of members. */
export const memberDocumentDraft = shape("memberDocumentDraft", {
  type: "object",
  properties: { contractId: optionalText, data: {}, version: optionalText },
});

/** The draft of a document of users. */
export const userDocumentDraft = shape("userDocumentDraft", {
  type: "object",
  properties: { contractId: optionalText, data: {}, version: optionalText, labels, approvers },
});

/** What users propose: today only that a document be accepted, as it stands in the arguments. */
export const userProposal = shape("userProposal", {
  type: "object",
  properties: {
    name: {},
    approvers,
    args: {
      type: ["object", "null"],
      properties: {
        documentId: {},
        document: {
          type: ["object", "null"],
          properties: { contractId: optionalText, data: {}, labels },
        },
      },
    },
  },
});

export const userBallot = shape("userBallot", { type: "object", properties: { ballot: {} } });
