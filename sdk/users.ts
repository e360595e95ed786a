import * as answers from "./answers.js";
import type { UserIdentity, UserInvitation } from "./answers.js";
import type { Client } from "./client.js";
import { UsageError } from "./errors.js";
import type { Action } from "./governance.js";
import { segment } from "./path.js";

/** What the tokens of whom a member invites must say, by claim: one of the values. */
export type InvitationClaims = Readonly<
  Partial<
    Record<
      "oid" | "tid" | "sub" | "appid" | "preferred_username" | "email" | "upn",
      string | readonly string[]
    >
  >
>;

/** Users who call with tokens, and invitations to become one. */
export class UsersClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The users whom the members registered, page by page. */
  async *identities(): AsyncGenerator<UserIdentity> {
    let next: string | undefined = "/app/users/identities";
    while (next !== undefined) {
      const page: answers.UserIdentityPage = (await this.#client.get(next)).as(answers.userIdentities);
      yield* page.value;
      next = page.nextLink;
    }
  }

  /** @throws {ServiceError} `UserIdentityNotFound` */
  async identity(id: string): Promise<UserIdentity> {
    return (await this.#client.post(`/app/users/identities/${segment(id)}`)).as(answers.userIdentity);
  }

  /**
   * Makes sure that this client's token is a registered user's.
   *
   * @throws {ServiceError} `CallerNotAuthorized`, `CallerTenantNotAuthorized`, `CallerIssuerNotAuthorized`,
   * `TokenAudienceMismatch`
   */
  async requireActive(): Promise<void> {
    (await this.#client.post("/app/users/identities/self/status")).as(answers.selfStatus);
  }

  /** All invitations, page by page; for members. */
  async *invitations(): AsyncGenerator<UserInvitation> {
    let next: string | undefined = "/app/users/invitations";
    while (next !== undefined) {
      const page: answers.UserInvitationPage = (await this.#client.get(next)).as(answers.userInvitations);
      yield* page.value;
      next = page.nextLink;
    }
  }

  /** For members. @throws {ServiceError} `InvitationNotFound` */
  async invitation(id: string): Promise<UserInvitation> {
    return (await this.#client.post(`/app/users/invitations/${segment(id)}`)).as(answers.userInvitation);
  }

  /**
   * Accepts an invitation with this client's token. The members then register the user.
   *
   * @returns the transaction
   * @throws {ServiceError} `InvitationNotFound`, `InvitationNotOpen`, `TokenClaimMissing`, `TokenClaimMismatch`
   */
  async accept(invitationId: string): Promise<string> {
    const path = `/app/users/invitations/${segment(invitationId)}/accept`;
    return (await this.#client.post(path)).writtenTxId;
  }
}

/** What a proposal does that invites whoever has a token with these claims; `oid` with `tid` says best who is meant. */
export const inviteUser = (invitationId: string, claims: InvitationClaims): Action => ({
  name: "set_user_invitation_by_jwt_claims",
  args: { invitationId, type: "add", accountType: "microsoft", claims },
});

/** What a proposal does that registers a user by the `oid` of its tokens, and by the tenant or issuer that they name. */
export const registerUser = (
  id: string,
  data: { readonly tenantId?: string; readonly issuer?: string; readonly identifier?: string },
): Action => ({ name: "set_user_identity", args: { id, accountType: "microsoft", data } });

/**
 * What a proposal does that registers whoever has accepted an invitation.
 *
 * @throws {UsageError} `InvitationNotAccepted` while nobody has
 */
export function registerInvited({ invitationId, accountType, userInfo }: UserInvitation): Action {
  if (userInfo === undefined)
    throw new UsageError("InvitationNotAccepted", `Nobody has accepted the invitation ${invitationId} yet`);
  const { userId: id, data } = userInfo;
  return { name: "set_user_identity", args: { id, accountType, invitationId, data } };
}
