import type { Request } from "@microsoft/ccf-app";
import { Refusal } from "../kit/refusal.js";
import { claimOf, type Token, usableToken } from "./bearer-tokens.js";
import { members, userIdentities } from "./tables.js";

export { tokenRefusals, type Token } from "./bearer-tokens.js";

/** Who calls, when it is somebody whom the consortium knows. */
export interface Caller {
  readonly kind: "member" | "user" | "jwt";
  /** SHA-256 of the DER certificate, lower-case hex; of a token its `oid`. */
  readonly id: string;
}

/** Members, users by certificate, and registered users by token. */
export function anyCaller(request: Request): Caller {
  const caller = knownCaller(request);
  if (caller !== undefined) return caller;
  throw new Refusal(
    "UnknownAuthenticationPolicy",
    "Call with a member's or user's certificate, or with the token of a registered user.",
  );
}

/** As {@link anyCaller}, or nobody that is known: then the request must prove itself by evidence. */
export function knownCaller({ caller }: Request): Caller | undefined {
  switch (caller?.policy) {
    case "member_cert":
      return { kind: "member", id: caller.id };
    case "user_cert":
      return { kind: "user", id: caller.id };
    case "jwt":
      return registeredUser(usableToken(caller.jwt));
    default:
      return undefined;
  }
}

/** Members of any status: those who may read what is not for users. */
export function anyMember(request: Request): Caller {
  const caller = anyCaller(request);
  if (caller.kind === "member") return caller;
  throw new Refusal("CallerNotAuthorized", "Only members may do this; call with a member's certificate.");
}

/** Members whose certificate is registered and who have acknowledged the state of the service. Only they change things. */
export function activeMember(request: Request): Caller {
  return requireActive(anyMember(request));
}

/** A caller who changes something: a member must be active. */
export function requireActive(caller: Caller): Caller {
  if (caller.kind === "member" && members().get(caller.id)?.status !== "Active") {
    throw new Refusal(
      "MemberNotActive",
      `Member ${caller.id} is not active; acknowledge a state digest first.`,
    );
  }
  return caller;
}

/** The verified token of the request, registered or not, if it may act here. */
export function tokenOf({ caller }: Request): Token | undefined {
  return caller?.policy === "jwt" ? usableToken(caller.jwt) : undefined;
}

/** Whoever has a token, registered or not. */
export function tokenHolder(request: Request): Token {
  const token = tokenOf(request);
  if (token !== undefined) return token;
  throw new Refusal("UnknownAuthenticationPolicy", "Call with a token of an issuer that the members trust.");
}

/** A user's tokens say the tenant and the issuer with which the members registered it; at least one of them is recorded. */
function registeredUser(token: Token): Caller {
  const oid = claimOf(token, "oid");
  const identity = typeof oid === "string" ? userIdentities().get(oid) : undefined;
  if (typeof oid !== "string" || identity === undefined) {
    throw new Refusal(
      "CallerNotAuthorized",
      "The token's oid is not the id of a user whom the members registered.",
    );
  }
  const { tenantId, issuer } = identity.data;
  if (tenantId === undefined ? issuer === undefined : tenantId !== claimOf(token, "tid")) {
    throw new Refusal(
      "CallerTenantNotAuthorized",
      "The token's tid is not the tenant with which the user is registered.",
    );
  }
  if (issuer !== undefined && issuer !== claimOf(token, "iss")) {
    throw new Refusal(
      "CallerIssuerNotAuthorized",
      "The token's iss is not the issuer with which the user is registered.",
    );
  }
  return { kind: "jwt", id: oid };
}
