import { activeMember, anyCaller } from "../governance/callers.js";
import { documentRefusals, documentsFor } from "../governance/documents.js";
import { draftRefusals } from "../governance/drafts.js";
import { id } from "../governance/ids.js";
import {
  acceptedMemberDocument,
  memberDocuments,
  readMemberDocument,
  saveMemberDocument,
} from "../governance/member-documents.js";
import { endpoint, Reply } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { optional } from "../kit/readers.js";
import { releaseDocument } from "../policy/document-release.js";
import { releaseRefusals } from "../policy/release.js";
import * as answers from "../schemas/answers/documents.js";
import { released } from "../schemas/answers/releases.js";
import { memberDocumentDraft } from "../schemas/documents.js";
import { attestedRequest } from "../schemas/requests.js";

/** On older paths there is no contract: `/memberdocuments/{documentId}`. */
const path = { contractId: optional(id), documentId: id };

export const listMemberDocuments = endpoint(
  {
    caller: anyCaller,
    path: { contractId: path.contractId },
    query: paging,
    answer: answers.memberDocuments,
    refusals: ["NotContractParty"],
  },
  ({ caller, path: { contractId }, query }) => {
    const ids = [...documentsFor(caller, memberDocuments, contractId).keys()];
    const below = contractId === undefined ? "" : `/contracts/${contractId}`;
    const { value, nextLink } = pageOfIds(ids, query, `/app${below}/memberdocuments`, (documentId) => ({
      id: documentId,
    }));
    // clients expect a bare array, so what follows is in a header (RFC 8288)
    return nextLink === undefined ? value : new Reply(200, value, { link: `<${nextLink}>; rel="next"` });
  },
);

export const putMemberDocument = endpoint(
  {
    caller: activeMember,
    path,
    body: memberDocumentDraft,
    refusals: ["DocumentAlreadyAccepted", "DocumentAlreadyExists", ...documentRefusals, ...draftRefusals],
  },
  ({ caller, path: { documentId, contractId }, body }) =>
    saveMemberDocument(caller, documentId, body, contractId),
);

export const getMemberDocument = endpoint(
  {
    caller: anyCaller,
    path,
    answer: answers.memberDocument,
    refusals: ["DocumentNotFound", "ContractIdMismatch", "NotContractParty", "ViewNotKnown"],
  },
  ({ caller, path: { documentId, contractId } }) => readMemberDocument(caller, documentId, contractId),
);

/** An accepted document, wrapped to the key of attested code. */
export const releaseMemberDocument = endpoint(
  {
    path: { contractId: id, documentId: id },
    bodies: [attestedRequest],
    answer: released,
    refusals: [...releaseRefusals, "DocumentNotFound", "ContractIdMismatch"],
  },
  ({ path: { contractId, documentId }, request }) =>
    releaseDocument(request, contractId, `memberdocuments/${documentId}`, () =>
      acceptedMemberDocument(documentId, contractId),
    ),
);
