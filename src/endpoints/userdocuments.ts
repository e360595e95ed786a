import { anyCaller, requireActive } from "../governance/callers.js";
import { documentRefusals, documentsFor } from "../governance/documents.js";
import { draftRefusals } from "../governance/drafts.js";
import { id } from "../governance/ids.js";
import { matches, optionalSelector, selectorText } from "../governance/labels.js";
import { requireUserDocumentConsent } from "../governance/user-document-options.js";
import {
  acceptedUserDocument,
  readUserDocument,
  saveUserDocument,
  userDocuments,
} from "../governance/user-documents.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { optional } from "../kit/readers.js";
import { releaseDocument } from "../policy/document-release.js";
import { releaseRefusals } from "../policy/release.js";
import * as answers from "../schemas/answers/documents.js";
import { released } from "../schemas/answers/releases.js";
import { userDocumentDraft } from "../schemas/documents.js";
import { attestedRequest } from "../schemas/requests.js";

/** On older paths there is no contract: `/userdocuments/{documentId}`. */
const path = { contractId: optional(id), documentId: id };

export const listUserDocuments = endpoint(
  {
    caller: anyCaller,
    path: { contractId: path.contractId },
    query: { labelSelector: optionalSelector, ...paging },
    answer: answers.userDocuments,
    refusals: ["NotContractParty"],
  },
  ({ caller, path: { contractId }, query }) => {
    const selected = documentsFor(caller, userDocuments, contractId);
    for (const [documentId, { labels }] of selected)
      if (!matches(labels, query.labelSelector)) selected.delete(documentId);
    const below = contractId === undefined ? "" : `/contracts/${contractId}`;
    const selector = selectorText(query.labelSelector);
    const selecting = selector === "" ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
    return pageOfIds([...selected.keys()], query, `/app${below}/userdocuments${selecting}`, (documentId) => ({
      id: documentId,
      labels: selected.get(documentId)?.labels,
    }));
  },
);

export const putUserDocument = endpoint(
  {
    caller: anyCaller,
    path,
    body: userDocumentDraft,
    codes: { approvers: "InvalidApprovers" },
    refusals: [
      "MemberNotActive",
      "UserDocumentAlreadyAccepted",
      "UserDocumentAlreadyExists",
      ...documentRefusals,
      ...draftRefusals,
    ],
  },
  ({ caller, path: { documentId, contractId }, body }) => {
    saveUserDocument(requireActive(caller), documentId, body, contractId);
  },
);

export const getUserDocument = endpoint(
  {
    caller: anyCaller,
    path,
    answer: answers.userDocument,
    refusals: ["UserDocumentNotFound", "ContractIdMismatch", "NotContractParty", "ViewNotKnown"],
  },
  ({ caller, path: { documentId, contractId } }) => readUserDocument(caller, documentId, contractId),
);

/** An accepted document whose approvers all let it be used, wrapped to the key of attested code. */
export const releaseUserDocument = endpoint(
  {
    path: { contractId: id, documentId: id },
    bodies: [attestedRequest],
    answer: released,
    refusals: [...releaseRefusals, "UserDocumentNotFound", "ContractIdMismatch"],
  },
  ({ path: { contractId, documentId }, request }) =>
    releaseDocument(request, contractId, `userdocuments/${documentId}`, () => {
      const document = acceptedUserDocument(documentId, contractId);
      requireUserDocumentConsent(contractId, documentId);
      return document;
    }),
);
