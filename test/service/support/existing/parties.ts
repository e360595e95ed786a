import type { Network } from "../../../../sandbox/network.js";
import { founders, freshId } from "../network.js";
import { TokenIssuer } from "../tokens.js";
import { type Action, ExistingMember, passed } from "./member.js";
import { existingService } from "./service.js";

export type ThreeMembers = readonly [ExistingMember, ExistingMember, ExistingMember];

/** The founders of a network of three, with the clients that they have. */
export function threeMembers(net: Network): ThreeMembers {
  const [alice, bob, carol] = founders(net);
  const service = existingService(net);
  return [
    new ExistingMember(service, alice),
    new ExistingMember(service, bob),
    new ExistingMember(service, carol),
  ];
}

/** A contract in force. @returns its id */
export async function agreedContract(members: ThreeMembers, data: unknown = "Wir teilen."): Promise<string> {
  const [alice] = members;
  const id = freshId("existing");
  await alice.call("PUT /contracts/{contractId}", [id], { body: { version: "", data } });
  const { value: contract } = await alice.call("POST /contracts/{contractId}", [id]);
  await passed(members, { name: "set_contract", args: { contractId: id, contract } });
  return id;
}

/** How members register a user whom nobody invited; what is not known is `null`. */
export const identityOf = (id: string, tenantId: string): Action => ({
  name: "set_user_identity",
  args: { id, accountType: "microsoft", invitationId: null, data: { tenantId, identifier: null } },
});

export interface RegisteredUser {
  readonly id: string;
  readonly tenant: string;
  readonly token: string;
}

/** A user whom the members have registered, and a token of it. */
export async function registeredUser(members: ThreeMembers): Promise<RegisteredUser> {
  const tenant = freshId("tenant");
  const issuer = new TokenIssuer({ tenant });
  const id = freshId("user");
  await passed(members, issuer.registration, identityOf(id, tenant));
  return { id, tenant, token: issuer.token({ oid: id }) };
}
