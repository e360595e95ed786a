/** What this SDK relies on in the answers of a service. Services may send more fields. */
import type { caStatus } from "../src/schemas/answers/ca.js";
import type { contract, contractVersions } from "../src/schemas/answers/contracts.js";
import type * as documents from "../src/schemas/answers/documents.js";
import type { events } from "../src/schemas/answers/events.js";
import type { deployment } from "../src/schemas/answers/deployments.js";
import type { contractOptionStatus, optionStatus } from "../src/schemas/answers/options.js";
import type { issuerInfo, keySet } from "../src/schemas/answers/oidc.js";
import type { policy } from "../src/schemas/answers/policies.js";
import type { proposalHistory } from "../src/schemas/answers/proposals.js";
import type { releases } from "../src/schemas/answers/releases.js";
import type { keyRequest, signingInfo } from "../src/schemas/answers/signing.js";
import type { userIdentities, userInvitations } from "../src/schemas/answers/users.js";
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

// What the application answers is declared where it is answered.
export { caKeyRequest, caStatus } from "../src/schemas/answers/ca.js";
export { acceptance, contract, contracts, contractVersions } from "../src/schemas/answers/contracts.js";
export {
  memberDocument,
  memberDocuments,
  userDocument,
  userDocuments,
  userProposal,
  userProposalStatus,
} from "../src/schemas/answers/documents.js";
export { events } from "../src/schemas/answers/events.js";
export { deployment } from "../src/schemas/answers/deployments.js";
export { contractOptionStatus, optionStatus } from "../src/schemas/answers/options.js";
export { discovery, issuerInfo, keySet } from "../src/schemas/answers/oidc.js";
export { policy } from "../src/schemas/answers/policies.js";
export { proposalHistory } from "../src/schemas/answers/proposals.js";
export { released, releases } from "../src/schemas/answers/releases.js";
export { secrets, storedSecret } from "../src/schemas/answers/secrets.js";
export { keyRequest, signingInfo } from "../src/schemas/answers/signing.js";
export {
  selfStatus,
  userIdentities,
  userIdentity,
  userInvitation,
  userInvitations,
} from "../src/schemas/answers/users.js";

/** What an endorsed certificate is wrapped with. */
export const endorsedCertificate = shape("endorsedCertificate", {
  type: "object",
  required: ["cert", "caBundle"],
  properties: { cert: text, caBundle: text },
});

export type CaStatus = Of<typeof caStatus>;
export type Contract = Of<typeof contract>;
export type ContractVersions = Of<typeof contractVersions>;
export type ContractVersion = ContractVersions["value"][number];
export type MemberDocument = Of<typeof documents.memberDocument>;
export type UserDocument = Of<typeof documents.userDocument>;
export type Approver = NonNullable<UserDocument["approvers"]>[number];
export type UserProposal = Of<typeof documents.userProposal>;
export type UserProposalStatus = Of<typeof documents.userProposalStatus>;
export type PolicyAnswer = Of<typeof policy>;
export type EventPage = Of<typeof events>;
export type Event = EventPage["value"][number];
export type ReleasePage = Of<typeof releases>;
export type Release = ReleasePage["value"][number];
export type OptionStatus = Of<typeof optionStatus>;
export type ContractOptionStatus = Of<typeof contractOptionStatus>;
export type Deployment = Of<typeof deployment>;
export type KeySet = Of<typeof keySet>;
export type IssuerInfo = Of<typeof issuerInfo>;
export type KeyRequest = Of<typeof keyRequest>;
export type SigningInfo = Of<typeof signingInfo>;
export type UserIdentityPage = Of<typeof userIdentities>;
export type UserIdentity = UserIdentityPage["value"][number];
export type UserInvitationPage = Of<typeof userInvitations>;
export type UserInvitation = UserInvitationPage["value"][number];
export type ProposalHistoryPage = Of<typeof proposalHistory>;
export type ProposalState = ProposalHistoryPage["value"][number];
