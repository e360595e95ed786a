import { shape } from "./interpreted.js";
import { text } from "./parts.js";

/** Clients propose the document as the service answered it; its data and the contract it belongs to are agreed on. */
export const setMemberDocument = shape("set_member_document", {
  type: "object",
  properties: {
    documentId: text,
    document: {
      type: "object",
      properties: { contractId: text, data: { not: { enum: [null, "", 0, false] } } },
      required: ["contractId", "data"],
    },
  },
  required: ["documentId", "document"],
  additionalProperties: false,
});
