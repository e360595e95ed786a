import { finalVotesOn } from "../../src/governance/proposals.js";
import { acceptedMemberDocuments } from "../../src/governance/tables.js";
import { digestOf } from "../../src/kit/canonical.js";
import { setMemberDocument } from "../../src/schemas/actions/documents.js";
import { action } from "../action.js";
import { requireId } from "../ids.js";

/** Accepts a document of members: exactly what the proposal holds, whatever stands in its draft. */
const set_member_document = action({
  arguments: setMemberDocument,
  decision: {
    veto: true,
    subject: {
      kind: "document of members",
      id: ({ documentId }) => documentId,
      settled: (id) => acceptedMemberDocuments().has(id),
    },
  },
  check({ documentId, document }) {
    requireId(documentId, "documentId");
    // whether there is a draft of the contract is in a table that governance cannot read
    requireId(document.contractId, "document.contractId");
    digestOf(document); // throws for what could not be proven by a digest later
  },
  apply({ documentId, document: { contractId, data } }, proposalId) {
    const finalVotes = finalVotesOn(proposalId);
    acceptedMemberDocuments().set(documentId, { contractId, data, proposalId, finalVotes });
  },
});

export const documents = { set_member_document };
