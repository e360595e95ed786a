/** Documents that belong to contracts: of members, accepted by a vote, and of users, accepted by their approvers. */
import { json, table, text } from "../../kit/tables.js";
import type { OptionStatus } from "./options.js";

/** A document, and the contract that it belongs to. */
export interface Document {
  readonly contractId: string;
  readonly data: unknown;
}

/** Key: document id. */
export interface AcceptedMemberDocument extends Document {
  readonly proposalId: string;
  readonly finalVotes: Readonly<Record<string, boolean>>;
}
export const acceptedMemberDocuments = table(
  "public:ccf.gov.accepted_member_documents",
  text,
  json<AcceptedMemberDocument>(),
);

/** Drafts of members. Key: document id. */
export const memberDocuments = table("public:documents", text, json<Document>());

/** Somebody whose approval a document of a user needs. */
export interface Approver {
  /** Of a member or user by certificate, the id of the certificate; of a user by token, its `oid`. */
  readonly approverId: string;
  readonly approverIdType: "member" | "user";
}
export type Labels = Readonly<Record<string, string>>;

/** Drafts of users. Key: document id. `null` and empty lists as they were sent. */
export interface UserDocumentDraft extends Document {
  readonly labels?: Labels | null;
  readonly approvers?: readonly Approver[] | null;
}
export const userDocuments = table("public:user_documents", text, json<UserDocumentDraft>());

export type BallotValue = "accepted" | "rejected";

/** Key: document id. */
export interface AcceptedUserDocument extends Document {
  readonly labels?: Labels | null;
  readonly approvers: readonly Approver[];
  readonly proposalId: string;
  readonly proposerId: string;
  readonly finalVotes: readonly { readonly approverId: string; readonly ballot: BallotValue }[];
}
export const acceptedUserDocuments = table(
  "public:accepted_user_documents",
  text,
  json<AcceptedUserDocument>(),
);

/** Key: document id, option. Value: by kind and id of the approver; who says nothing has it enabled. */
export const userDocumentSwitches = table(
  "public:user_documents_runtime_option_status",
  text,
  json<Readonly<Record<string, OptionStatus>>>(),
);

/** Key: proposal id. What is proposed never changes; how it stands is a row of its own, since documents can be large. */
export interface UserProposal {
  readonly name: "set_user_document";
  readonly approvers: readonly Approver[];
  readonly args: { readonly documentId: string; readonly document: ProposedUserDocument };
}
/** As it was sent, with whatever else clients say of it. */
export interface ProposedUserDocument extends Document {
  readonly labels?: Labels | null;
  readonly version?: unknown;
}
export const userProposals = table("public:user_proposals", text, json<UserProposal>());

/** Key: proposal id. */
export interface UserProposalInfo {
  readonly proposer: { readonly kind: "member" | "user" | "jwt"; readonly id: string };
  readonly state: "Open" | "Accepted" | "Rejected" | "Withdrawn";
  readonly ballots: readonly (Approver & { readonly ballot: BallotValue })[];
}
export const userProposalsInfo = table("public:user_proposals_info", text, json<UserProposalInfo>());

/** Key: document id. Value: the id of its open proposal, of which there is one at most. */
export const openUserProposals = table("public:user_proposals_open", text, text);
