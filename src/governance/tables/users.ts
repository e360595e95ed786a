/** Users whom the members registered, and whom they invited. */
import { json, single, table, text } from "../../kit/tables.js";

/** Key: object id (`oid`) of a person or service principal. */
export interface UserIdentity {
  readonly accountType: string;
  /** The invitation that it finalized. */
  readonly invitationId?: string;
  readonly data: IdentityData;
}
/** What a user's tokens must say: the tenant (`tid`), the issuer (`iss`), or both; and a name for people to read. */
export interface IdentityData {
  readonly tenantId?: string;
  readonly issuer?: string;
  readonly identifier?: string;
}
export const userIdentities = table("public:ccf.gov.user_identities", text, json<UserIdentity>());

/** Key: invitation id. Its version is what an acceptance is tied to. */
export interface StoredInvitation {
  readonly accountType: string;
  /** What the invitee's token must say, by claim: one of the values. */
  readonly claims: InvitationClaims;
}
export type InvitationClaims = Readonly<Record<string, readonly string[]>>;
export const userInvitations = table("public:ccf.gov.user_invitations", text, json<StoredInvitation>());

/** Key: invitation id. Value: the identity that it led to. Outlives the invitation, so that no id is used twice. */
export const finalizedInvitations = table(
  "public:ccf.gov.accepted_user_invitations",
  text,
  json<{ readonly userId: string }>(),
);

/** Key: invitation id. Who accepted it, and at which version (sequence number): a changed invitation is open again. */
export interface InvitationAcceptance {
  readonly status: "Accepted";
  readonly userInfo: { readonly userId: string; readonly data: IdentityData };
  readonly invitationSeqno: number;
}
export const invitationAcceptances = table(
  "public:user_invitations_info",
  text,
  json<InvitationAcceptance>(),
);

/** Single value: the audience (`aud`) that tokens must be meant for, once the members have set one. */
export const jwtAudience = table("public:ccf.gov.jwt_audience", single, json<string>());
