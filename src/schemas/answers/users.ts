import { shape } from "../shape.js";
import { listOf, text } from "./parts.js";

const identityData = {
  type: "object",
  properties: {
    /** What the user's tokens say in `tid`. */
    tenantId: text,
    /** What the user's tokens say in `iss`. */
    issuer: text,
    /** A name for people to read. */
    identifier: text,
  },
} as const;

const identitySchema = {
  type: "object",
  required: ["id", "accountType", "data"],
  properties: {
    /** What the user's tokens say in `oid`. */
    id: text,
    accountType: text,
    /** The invitation that it finalized. */
    invitationId: text,
    data: identityData,
  },
} as const;

/** A user who calls with tokens. */
export const userIdentity = shape("userIdentity", identitySchema);
export const userIdentities = shape("userIdentities", listOf(identitySchema));

export const selfStatus = shape("selfStatus", {
  type: "object",
  required: ["active"],
  properties: { active: { const: true } },
});

const invitationSchema = {
  type: "object",
  required: ["invitationId", "accountType", "claims", "status"],
  properties: {
    invitationId: text,
    accountType: text,
    /** What the token of the invitee must say, by claim: one of the values. */
    claims: { type: "object", additionalProperties: { type: "array", items: text } },
    /** Who accepted it; what the members register the user with. */
    userInfo: {
      type: "object",
      required: ["userId", "data"],
      properties: { userId: text, data: identityData },
    },
    status: { enum: ["Open", "Accepted", "Finalized"] },
  },
} as const;

export const userInvitation = shape("userInvitation", invitationSchema);
export const userInvitations = shape("userInvitations", listOf(invitationSchema));
