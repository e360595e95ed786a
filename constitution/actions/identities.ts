/** Users who call with tokens, and invitations to become one. */
import { isCertificateId } from "../../src/governance/ids.js";
import { amendClaims } from "../../src/governance/invitation-claims.js";
import {
  type IdentityData,
  type StoredInvitation,
  finalizedInvitations,
  userIdentities,
  userInvitations,
} from "../../src/governance/tables.js";
import {
  setUserIdentity,
  setUserInvitation,
  userIdentityById,
  userInvitationById,
} from "../../src/schemas/actions/identities.js";
import type { Of } from "../../src/schemas/shape.js";
import { action } from "../action.js";
import type { Circumstances } from "../circumstances.js";
import { requireId } from "../ids.js";
import { withoutNulls } from "../proposal.js";

/** Registers a user, or changes what is known of one; with an invitation, that is finalized thereby. */
const set_user_identity = action({
  arguments: setUserIdentity,
  check({ id, data, invitationId }, given) {
    requireId(id, "id");
    if (isCertificateId(id)) throw new Error(`"id" has the form of a member's id and must have another`);
    const { tenantId, issuer } = known(data);
    if (tenantId === undefined && issuer === undefined)
      throw new Error(`"data" must have the "tenantId" or the "issuer" that the user's tokens name`);
    if (invitationId !== undefined) requireInvitationFor(id, invitationId, given);
  },
  apply({ id, accountType, invitationId, data }) {
    const invitation = invitationId === undefined ? {} : { invitationId };
    userIdentities().set(id, { accountType, ...invitation, data: known(data) });
    if (invitationId !== undefined) finalizedInvitations().set(invitationId, { userId: id });
  },
});

const known = (data: Of<typeof setUserIdentity>["data"]): IdentityData => withoutNulls(data);

function requireInvitationFor(userId: string, invitationId: string, given: Circumstances): void {
  const finalized = finalizedInvitations().get(invitationId);
  const before = given
    .earlier("set_user_identity", setUserIdentity)
    .filter((earlier) => earlier.invitationId === invitationId)
    .map(({ id }) => id);
  if ([...before, finalized?.userId ?? userId].some((id) => id !== userId))
    throw new Error(`the invitation "${invitationId}" leads to another identity`);
  if (finalized === undefined && !userInvitations().has(invitationId))
    throw new Error(`there is no invitation "${invitationId}"`);
}

const remove_user_identity = action({
  arguments: userIdentityById,
  check({ id }) {
    if (!userIdentities().has(id)) throw new Error(`there is no user identity "${id}"`);
  },
  apply: ({ id }) => userIdentities().delete(id),
});

/** Says which tokens may accept an invitation. Whoever had accepted it before it was changed has to do so again. */
const set_user_invitation_by_jwt_claims = action({
  arguments: setUserInvitation,
  check(args, given) {
    const { invitationId } = args;
    requireId(invitationId, "invitationId");
    if (finalizedInvitations().has(invitationId))
      throw new Error(`the invitation "${invitationId}" is finalized; make another one`);
    amended(before(invitationId, given), args);
  },
  apply(args) {
    const invitations = userInvitations();
    invitations.set(args.invitationId, amended(invitations.get(args.invitationId), args));
  },
});

function before(invitationId: string, given: Circumstances): StoredInvitation | undefined {
  return given
    .earlier("set_user_invitation_by_jwt_claims", setUserInvitation)
    .filter((earlier) => earlier.invitationId === invitationId)
    .reduce<StoredInvitation | undefined>(amended, userInvitations().get(invitationId));
}

function amended(
  invitation: StoredInvitation | undefined,
  { type, accountType, claims }: Of<typeof setUserInvitation>,
): StoredInvitation {
  return { accountType, claims: amendClaims(invitation?.claims ?? {}, type, claims) };
}

const remove_user_invitation_by_jwt_claims = action({
  arguments: userInvitationById,
  check({ invitationId }) {
    if (!userInvitations().has(invitationId)) throw new Error(`there is no invitation "${invitationId}"`);
  },
  apply: ({ invitationId }) => userInvitations().delete(invitationId),
});

export const identities = {
  set_user_identity,
  remove_user_identity,
  set_user_invitation_by_jwt_claims,
  remove_user_invitation_by_jwt_claims,
};
