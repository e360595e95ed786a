import { Refusal } from "../kit/refusal.js";
import { claimOf, type Token } from "./bearer-tokens.js";
import { ID_RULE, isCertificateId, isId } from "./ids.js";
import { requireClaim } from "./invitation-claims.js";
import {
  finalizedInvitations,
  type InvitationAcceptance,
  invitationAcceptances,
  type StoredInvitation,
  userInvitations,
} from "./tables.js";

/** An invitation as the API gives it. */
export interface Invitation extends StoredInvitation {
  readonly invitationId: string;
  /** Who accepted it: what the members need to register the user. */
  readonly userInfo?: InvitationAcceptance["userInfo"];
  readonly status: "Open" | "Accepted" | "Finalized";
}

export const invitationIds = (): string[] => userInvitations().keys();

export function readInvitation(invitationId: string): Invitation {
  const invitation = userInvitations().get(invitationId);
  if (invitation === undefined)
    throw new Refusal("InvitationNotFound", `There is no invitation ${invitationId}.`);
  const { accountType, claims } = invitation;
  const userInfo = acceptanceOf(invitationId)?.userInfo;
  const finalized = finalizedInvitations().has(invitationId);
  const status = finalized ? "Finalized" : userInfo === undefined ? "Open" : "Accepted";
  return { invitationId, accountType, claims, ...(userInfo && { userInfo }), status };
}

/** The acceptance of the invitation as it is now; one of an earlier version, or of a removed invitation, does not count. */
function acceptanceOf(invitationId: string): InvitationAcceptance | undefined {
  const acceptance = invitationAcceptances().get(invitationId);
  return acceptance?.invitationSeqno === userInvitations().versionOf(invitationId) ? acceptance : undefined;
}

/** Records who accepts an invitation. That makes nobody a user: the members register the user by vote. */
export function acceptInvitation(invitationId: string, token: Token): void {
  const { claims, status } = readInvitation(invitationId);
  if (status !== "Open") {
    const message = `The invitation ${invitationId} has been accepted already. Ask the members for another one.`;
    throw new Refusal("InvitationNotOpen", message);
  }
  const userId = claimOf(token, "oid");
  if (typeof userId !== "string" || !isId(userId) || isCertificateId(userId)) {
    const message = `The token must have the id of its user in "oid", of ${ID_RULE}; and not of 64 hex digits, as ids of certificates are.`;
    throw new Refusal("OidClaimMissing", message);
  }
  if (Object.keys(claims).length === 0) {
    throw new Refusal(
      "InvitationWithoutClaims",
      `The invitation ${invitationId} does not say whom it is for. Ask the members to add claims to it.`,
    );
  }
  for (const [claim, values] of Object.entries(claims)) requireClaim(token, claim, values);

  const [tenantId, issuer] = [claimOf(token, "tid"), claimOf(token, "iss")];
  const data = {
    ...(typeof tenantId === "string" && { tenantId }),
    ...(typeof issuer === "string" && { issuer }),
  };
  const invitationSeqno = userInvitations().versionOf(invitationId) ?? 0;
  invitationAcceptances().set(invitationId, {
    status: "Accepted",
    userInfo: { userId, data },
    invitationSeqno,
  });
}
