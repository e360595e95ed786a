/** Users whom the members registered. */
import { json, table, text } from "../../kit/tables.js";

/** Key: object id (`oid`) of a person or service principal. */
export interface UserIdentity {
  readonly accountType: string;
  readonly data: { readonly tenantId: string; readonly identifier?: string };
}
export const userIdentities = table("public:ccf.gov.user_identities", text, json<UserIdentity>());
