import canonicalize from "canonicalize";
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
import { requireReader } from "./parties.js";
import { openActions, type ProposedAction, votesOf } from "./proposals.js";
import {
  type AcceptedMemberDocument,
  acceptedMemberDocuments,
  type Document,
  memberDocuments as drafts,
} from "./tables.js";

/** Documents of members: drafted by any of them, accepted by the vote of all (`set_member_document`). */
export const memberDocuments: DocumentKind<Document, AcceptedMemberDocument> = {
  noun: "document",
  drafts,
  accepted: acceptedMemberDocuments,
  codes: {
    notFound: "DocumentNotFound",
    exists: "DocumentAlreadyExists",
    alreadyAccepted: "DocumentAlreadyAccepted",
  },
};

/** A document of members as the API gives it. The order of fields is the wire's. */
export interface MemberDocument {
  readonly id: string;
  /** Transaction that wrote the draft or the accepted document; what the proposer named while it is proposed. */
  readonly version?: unknown;
  readonly state: "Draft" | "Proposed" | "Accepted";
  readonly contractId: string;
  readonly data: unknown;
  /** Empty while there is no proposal. */
  readonly proposalId: string;
  /** Only of an accepted document. */
  readonly finalVotes?: readonly { readonly memberId: string; readonly vote: boolean }[];
  /** Only while proposed: the draft was changed since, so what is voted on is not what stands in the draft. */
  readonly draftDiffers?: true;
}

/** Writes the draft of a document that is not accepted yet. @param contractId of the path, where it names one */
export function saveMemberDocument(
  caller: Caller,
  id: string,
  written: WrittenDocument & { readonly version?: string | null | undefined },
  contractId: string | undefined,
): void {
  requireNotAccepted(memberDocuments, id);
  saveDocument(memberDocuments, caller, id, readDocument(caller, written, contractId), written.version);
}

/**
 * A document in the state it is in: accepted, else proposed, else a draft. What is proposed is read by every member, since all
 * are asked to vote on it.
 *
 * @param contractId of the path, where it names one
 * @throws {Refusal} `DocumentNotFound`, `ContractIdMismatch`, `NotContractParty`
 */
export function readMemberDocument(
  caller: Caller,
  id: string,
  contractId: string | undefined,
): MemberDocument {
  const document = present(id);
  requireSameContract(document, contractId);
  if (document.state !== "Proposed" || caller.kind !== "member") requireReader(caller, document.contractId);
  return document;
}

function present(id: string): MemberDocument {
  const found = lookUp(memberDocuments, id, openProposal);
  if (found.state === "Accepted") return accepted(id, found);
  if (found.state === "Draft") {
    const { contractId, data } = found.text;
    return { id, state: "Draft", version: found.version, contractId, data, proposalId: "" };
  }
  const { proposal, draft } = found;
  const { contractId, data, version } = proposal.args.document as Document & { version?: unknown };
  const differs = draft !== undefined && canonicalize(draft) !== canonicalize({ contractId, data });
  return {
    id,
    state: "Proposed",
    contractId,
    data,
    version,
    proposalId: proposal.proposalId,
    ...(differs && { draftDiffers: true }),
  };
}

const openProposal = (id: string): ProposedAction | undefined =>
  openActions("set_member_document").find(({ args }) => args.documentId === id);

/** The accepted document of a contract. @throws {Refusal} `DocumentNotFound`, `ContractIdMismatch` */
export const acceptedMemberDocument = (id: string, contractId: string): MemberDocument =>
  accepted(id, requireAcceptedDocument(memberDocuments, id, contractId));

const accepted = (id: string, { text, version }: Versioned<AcceptedMemberDocument>): MemberDocument => ({
  id,
  version,
  state: "Accepted",
  contractId: text.contractId,
  data: text.data,
  proposalId: text.proposalId,
  finalVotes: votesOf(text),
});
