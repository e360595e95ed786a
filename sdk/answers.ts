/** What this SDK relies on in the answers of a service. Services may send more fields. */
import { type Of, shape } from "../src/schemas/shape.js";

const text = { type: "string" } as const;

/** How CCF and the application say no. */
export const errorBody = shape("errorBody", {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: text, message: text, details: { type: "array", items: {} } },
    },
  },
});

export const transactionStatus = shape("transactionStatus", {
  type: "object",
  required: ["status"],
  properties: { status: { enum: ["Unknown", "Pending", "Committed", "Invalid"] } },
});

export const stateDigest = shape("stateDigest", {
  type: "object",
  required: ["memberId", "stateDigest"],
  properties: { memberId: text, stateDigest: text },
});

const proposalSchema = {
  type: "object",
  required: ["proposalId", "proposerId", "proposalState", "ballotCount"],
  properties: {
    proposalId: text,
    proposerId: text,
    proposalState: { enum: ["Open", "Accepted", "Rejected", "Withdrawn", "Failed", "Dropped"] },
    ballotCount: { type: "integer" },
    /** How each ballot was counted when the proposal was closed, by member id. */
    finalVotes: { type: "object", additionalProperties: { type: "boolean" } },
    failure: { type: "object", properties: { reason: text, trace: text } },
  },
} as const;

/** A governance proposal, as CCF's governance API answers on it. */
export const proposal = shape("proposal", proposalSchema);
export type Proposal = Of<typeof proposal>;

export const proposals = shape("proposals", {
  type: "object",
  required: ["value"],
  properties: { value: { type: "array", items: proposalSchema } },
});

export const members = shape("members", {
  type: "object",
  required: ["value"],
  properties: {
    value: {
      type: "array",
      items: {
        type: "object",
        required: ["memberId", "status"],
        properties: { memberId: text, status: { enum: ["Accepted", "Active", "Retired"] }, memberData: {} },
      },
    },
  },
});
export type Member = Of<typeof members>["value"][number];

const stateNames = ["Draft", "Proposed", "Accepted"] as const;

export const contract = shape("contract", {
  type: "object",
  required: ["id", "state"],
  properties: {
    id: text,
    state: { enum: stateNames },
    /** Transaction that wrote what is shown; changes of a draft have to name it. Of a proposal, what its proposer said. */
    version: {},
    data: {},
    proposalId: text,
    finalVotes: {
      type: "array",
      items: {
        type: "object",
        required: ["memberId", "vote"],
        properties: { memberId: text, vote: { type: "boolean" } },
      },
    },
  },
});
export type Contract = Of<typeof contract>;

export const contracts = shape("contracts", {
  type: "object",
  required: ["value"],
  properties: {
    value: { type: "array", items: { type: "object", required: ["id"], properties: { id: text } } },
  },
});

export const acceptance = shape("acceptance", {
  type: "object",
  required: ["contract"],
  properties: { contract: {}, transactionId: text },
});

export const policy = shape("policy", {
  type: "object",
  required: ["proposalIds"],
  properties: {
    /** Open proposals that would change the policy. */
    proposalIds: { type: "array", items: text },
    policyType: text,
    /** Code is trusted that satisfies any of them: of every claim named, one of the conditions. */
    alternatives: { type: "array", items: { type: "object" } },
    /** The alternative, if there is only one. */
    policy: { type: "object" },
  },
});
export type PolicyAnswer = Of<typeof policy>;

export const storedSecret = shape("storedSecret", {
  type: "object",
  required: ["secretId"],
  properties: { secretId: text },
});

export const secrets = shape("secrets", {
  type: "object",
  required: ["value"],
  properties: {
    value: {
      type: "array",
      items: { type: "object", required: ["secretId"], properties: { secretId: text } },
    },
  },
});

export const released = shape("released", {
  type: "object",
  required: ["value", "release"],
  properties: {
    /** Base64, wrapped to the key that the evidence binds. */
    value: text,
    release: { type: "integer" },
  },
});

export const events = shape("events", {
  type: "object",
  required: ["value"],
  properties: {
    value: {
      type: "array",
      items: {
        type: "object",
        required: ["contractId", "scope", "id", "seqno", "timestamp", "data"],
        properties: {
          contractId: text,
          scope: text,
          id: text,
          seqno: { type: "integer" },
          /** Milliseconds since 1970, 13 digits. */
          timestamp: text,
          data: {},
        },
      },
    },
    nextLink: text,
  },
});
export type EventPage = Of<typeof events>;
export type Event = EventPage["value"][number];

export const releases = shape("releases", {
  type: "object",
  required: ["value"],
  properties: {
    value: {
      type: "array",
      items: {
        type: "object",
        required: ["transactionId", "record"],
        properties: {
          transactionId: text,
          /** What the receipt of the transaction proves. */
          record: {
            type: "object",
            required: ["contractId", "release", "item"],
            properties: { contractId: text, release: { type: "integer" }, item: { type: "object" } },
          },
        },
      },
    },
    nextLink: text,
  },
});
export type ReleasePage = Of<typeof releases>;
export type Release = ReleasePage["value"][number];

export const executionStatus = shape("executionStatus", {
  type: "object",
  required: ["status"],
  properties: {
    status: { enum: ["enabled", "disabled"] },
    reason: { type: "object", required: ["code", "message"], properties: { code: text, message: text } },
  },
});
export type ExecutionStatus = Of<typeof executionStatus>;
