import type { GovernanceMessageType } from "../../../../sdk/cose.js";
import type { Endpoint, RpcContext, RpcResponse, SignedMember } from "../http.js";
import { apiVersion, type ApiVersion } from "./api-version.js";
import { activeMemberSigned, memberSigned } from "./authentication.js";

/** Something of governance that everybody may read. @param options.since the first version of the API that has it */
export function read(
  path: string,
  answer: (context: RpcContext) => RpcResponse,
  options: { since?: ApiVersion } = {},
): Endpoint {
  return {
    method: "GET",
    path,
    authentication: [],
    execute: (context) => {
      apiVersion(context.request.query, options.since);
      return answer(context);
    },
  };
}

/** A request that a member signed. */
export interface SignedCall extends RpcContext {
  readonly caller: SignedMember;
}

/** Something that members do, active or not, by a message of a type of its own. */
export function memberAction(
  path: string,
  type: GovernanceMessageType,
  act: (call: SignedCall) => RpcResponse,
): Endpoint {
  return action(path, memberSigned(type), act);
}

/** Something that only active members do. */
export function activeMemberAction(
  path: string,
  type: GovernanceMessageType,
  act: (call: SignedCall) => RpcResponse,
): Endpoint {
  return action(path, activeMemberSigned(type), act);
}

function action(
  path: string,
  policy: Endpoint["authentication"][number],
  act: (call: SignedCall) => RpcResponse,
): Endpoint {
  return {
    method: "POST",
    path,
    authentication: [policy],
    execute: (context) => {
      apiVersion(context.request.query);
      const { caller } = context;
      if (caller?.policy !== "member_cose_sign1") throw new Error(`${path} is for members who sign`);
      return act({ ...context, caller });
    },
  };
}
