import canonicalize from "canonicalize";
import { digestOf } from "../kit/canonical.js";
import { readApprovers, requireReaderOrApprover } from "./approvers.js";
import type { Caller } from "./callers.js";
import {
  type DocumentKind,
  readDocument,
  requireAcceptedDocument,
  requireSameContract,
  saveDocument,
  type WrittenDocument,
} from "./documents.js";
import { lookUp, requireNotAccepted, type Versioned } from "./drafts.js";
import {
  type AcceptedUserDocument,
  acceptedUserDocuments,
  type Approver,
  type Labels,
  type UserDocumentDraft,
  userDocuments as drafts,
} from "./tables.js";
import { openUserProposal } from "./user-proposals.js";

/** Documents of users: drafted by any known caller, accepted by the approvers that its proposal names. */
export const userDocuments: DocumentKind<UserDocumentDraft, AcceptedUserDocument> = {
  noun: "user document",
  drafts,
  accepted: acceptedUserDocuments,
  codes: {
    notFound: "UserDocumentNotFound",
    exists: "UserDocumentAlreadyExists",
    alreadyAccepted: "UserDocumentAlreadyAccepted",
  },
};

/** A document of users as the API gives it. The order of fields is the wire's, and differs from state to state. */
export interface UserDocument {
  readonly id: string;
  /** Transaction that wrote the draft or the accepted document; what the proposer named while it is proposed. */
  readonly version?: unknown;
  readonly state: "Draft" | "Proposed" | "Accepted";
  readonly contractId: string;
  readonly data: unknown;
  readonly labels?: Labels | null | undefined;
  readonly approvers?: readonly Approver[] | null | undefined;
  /** Empty while there is no proposal, and so is `proposerId`. */
  readonly proposalId: string;
  readonly proposerId: string;
  /** Only of an accepted document. */
  readonly finalVotes?: AcceptedUserDocument["finalVotes"];
  /** Only while proposed: the draft was changed since, so what is voted on is not what stands in the draft. */
  readonly draftDiffers?: true;
}

/** A draft as clients send it. */
export interface WrittenUserDocument extends WrittenDocument {
  readonly version?: string | null | undefined;
  readonly labels?: Labels | null | undefined;
  readonly approvers?: readonly Approver[] | null | undefined;
}

/** Writes the draft of a document that is not accepted yet. @param contractId of the path, where it names one */
export function saveUserDocument(
  caller: Caller,
  id: string,
  written: WrittenUserDocument,
  contractId: string | undefined,
): void {
  requireNotAccepted(userDocuments, id);
  const { labels, approvers, version } = written;
  const document = readDocument(caller, written, contractId);
  const draft = {
    ...document,
    ...(labels !== undefined && { labels }),
    ...(approvers !== undefined && { approvers: approvers && readApprovers(approvers) }),
  };
  saveDocument(userDocuments, caller, id, draft, version);
}

/**
 * A document in the state it is in: accepted, else proposed, else a draft.
 *
 * @param contractId of the path, where it names one
 * @throws {Refusal} `UserDocumentNotFound`, `ContractIdMismatch`, `NotContractParty`
 */
export function readUserDocument(caller: Caller, id: string, contractId: string | undefined): UserDocument {
  const document = present(id);
  requireSameContract(document, contractId);
  requireReaderOrApprover(caller, document.contractId, document.approvers);
  return document;
}

function present(id: string): UserDocument {
  const found = lookUp(userDocuments, id, openUserProposal);
  if (found.state === "Accepted") return accepted(id, found);
  if (found.state === "Draft") {
    const { contractId, data, labels, approvers } = found.text;
    const { version } = found;
    return {
      id,
      state: "Draft",
      version,
      contractId,
      data,
      labels,
      approvers,
      proposalId: "",
      proposerId: "",
    };
  }
  const { proposal, draft } = found;
  const { contractId, data, labels, version } = proposal.args.document;
  const { approvers, proposalId, proposer } = proposal;
  return {
    id,
    state: "Proposed",
    contractId,
    data,
    labels,
    version,
    approvers,
    proposalId,
    proposerId: proposer.id,
    ...(draft !== undefined && differs(draft, proposal.args.document) && { draftDiffers: true }),
  };
}

const differs = (draft: UserDocumentDraft, proposed: UserDocumentDraft): boolean =>
  agreedOn(draft) !== agreedOn(proposed);

/** What approvers agree on, as text. */
const agreedOn = ({ contractId, data, labels }: UserDocumentDraft): string | undefined =>
  canonicalize({ contractId, data, labels: labels ?? {} });

/** The accepted document of a contract. @throws {Refusal} `UserDocumentNotFound`, `ContractIdMismatch` */
export const acceptedUserDocument = (id: string, contractId: string): UserDocument =>
  accepted(id, requireAcceptedDocument(userDocuments, id, contractId));

const accepted = (id: string, { text, version }: Versioned<AcceptedUserDocument>): UserDocument => ({
  id,
  version,
  ...acceptedForm(text),
});

function acceptedForm(text: AcceptedUserDocument): Omit<UserDocument, "id" | "version"> {
  const { contractId, approvers, data, labels, proposalId, proposerId, finalVotes } = text;
  return { state: "Accepted", contractId, approvers, data, labels, proposalId, proposerId, finalVotes };
}

/**
 * Accepts a document, and makes it the claim of this transaction: as the API gives it, but for the version, which is the
 * transaction itself.
 */
export function acceptUserDocument(id: string, document: AcceptedUserDocument): void {
  acceptedUserDocuments().set(id, document);
  ccf.rpc.setClaimsDigest(digestOf({ id, ...acceptedForm(document) }));
}
