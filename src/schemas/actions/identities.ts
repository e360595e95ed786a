import { shape } from "./interpreted.js";
import { text } from "./parts.js";

const accountType = { enum: ["microsoft"] } as const;
/** Clients send `null` for what they do not know. */
const textOrNull = { type: ["string", "null"], pattern: "." } as const;

export const setUserIdentity = shape("set_user_identity", {
  type: "object",
  properties: {
    id: text,
    accountType,
    invitationId: text,
    data: {
      type: "object",
      properties: { tenantId: textOrNull, issuer: textOrNull, identifier: textOrNull },
      additionalProperties: false,
    },
  },
  required: ["id", "accountType", "data"],
  additionalProperties: false,
});

export const userIdentityById = shape("remove_user_identity", {
  type: "object",
  properties: { id: text },
  required: ["id"],
  additionalProperties: false,
});

/** One value, or several of which any will do. */
const values = { anyOf: [text, { type: "array", items: text, minItems: 1 }] } as const;

export const setUserInvitation = shape("set_user_invitation_by_jwt_claims", {
  type: "object",
  properties: {
    invitationId: text,
    type: { enum: ["add", "remove"] },
    accountType,
    claims: {
      type: "object",
      properties: {
        oid: values,
        tid: values,
        sub: values,
        appid: values,
        preferred_username: values,
        email: values,
        upn: values,
      },
      additionalProperties: false,
    },
  },
  required: ["invitationId", "type", "accountType", "claims"],
  additionalProperties: false,
});

export const userInvitationById = shape("remove_user_invitation_by_jwt_claims", {
  type: "object",
  properties: { invitationId: text },
  required: ["invitationId"],
  additionalProperties: false,
});
