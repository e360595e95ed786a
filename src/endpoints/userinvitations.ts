import { anyMember, tokenHolder } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { acceptInvitation, invitationIds, readInvitation } from "../governance/invitations.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { userInvitation, userInvitations } from "../schemas/answers/users.js";

export const listInvitations = endpoint(
  { caller: anyMember, query: paging, answer: userInvitations },
  ({ query }) => pageOfIds(invitationIds(), query, "/app/users/invitations", readInvitation),
);

export const getInvitation = endpoint(
  {
    caller: anyMember,
    path: { invitationId: id },
    answer: userInvitation,
    refusals: ["InvitationNotFound"],
  },
  ({ path }) => readInvitation(path.invitationId),
);

/** By whoever has a token that the invitation is about; nobody needs to be registered for that. */
export const postInvitationAcceptance = endpoint(
  {
    caller: tokenHolder,
    path: { invitationId: id },
    refusals: [
      "InvitationNotFound",
      "InvitationNotOpen",
      "OidClaimMissing",
      "InvitationWithoutClaims",
      "TokenClaimMissing",
      "TokenClaimMismatch",
    ],
  },
  ({ path, caller }) => acceptInvitation(path.invitationId, caller),
);
