import type { Request } from "@microsoft/ccf-app";
import { Refusal } from "../kit/refusal.js";
import { members, userIdentities } from "./tables.js";

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
      return registeredUser(caller.jwt.payload as Token);
    default:
      return undefined;
  }
}

/** Members whose certificate is registered and who have acknowledged the state of the service. Only they change things. */
export function activeMember(request: Request): Caller {
  const caller = anyCaller(request);
  if (caller.kind !== "member") {
    throw new Refusal("CallerNotAuthorized", "Only members may do this; call with a member's certificate.");
  }
  return requireActive(caller);
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

/** The payload of a token that CCF has verified; its claims are whatever the issuer wrote. */
export type Token = Readonly<Record<string, unknown>>;

/** The verified token of the request, registered or not. */
export function tokenOf({ caller }: Request): Token | undefined {
  return caller?.policy === "jwt" ? (caller.jwt.payload as Token) : undefined;
}

function registeredUser({ oid, tid }: Token): Caller {
  const identity = typeof oid === "string" && !oid.includes("\0") ? userIdentities().get(oid) : undefined;
  if (typeof oid !== "string" || identity === undefined) {
    throw new Refusal(
      "CallerNotAuthorized",
      "The token's oid is not the id of a user whom the members registered.",
    );
  }
  if (typeof tid !== "string" || tid !== identity.data.tenantId) {
    throw new Refusal(
      "CallerTenantNotAuthorized",
      "The token's tid is not the tenant with which the user is registered.",
    );
  }
  return { kind: "jwt", id: oid };
}
