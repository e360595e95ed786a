import { Refusal } from "../kit/refusal.js";
import { type IdentityData, userIdentities } from "./tables.js";

/** A user whom the members registered, as the API gives it. */
export interface Identity {
  /** The `oid` of its tokens. */
  readonly id: string;
  readonly accountType: string;
  readonly invitationId?: string;
  readonly data: IdentityData;
}

export const identityIds = (): string[] => userIdentities().keys();

export function readIdentity(id: string): Identity {
  const identity = userIdentities().get(id);
  if (identity === undefined)
    throw new Refusal("UserIdentityNotFound", `The members have registered no user ${id}.`);
  return { id, ...identity };
}
