import type { Member } from "../src/governance/membership.js";
import { openActions } from "../src/governance/proposals.js";
import { members } from "../src/governance/tables.js";
import type { Shape } from "../src/schemas/shape.js";
import { type ProposedAction, withoutNulls } from "./proposal.js";
import { memberEncryptionKeys } from "./tables.js";

/** What an action is judged by, besides the tables. */
export interface Circumstances {
  /** All members, as the actions before this one leave them. */
  readonly members: readonly Member[];
  /** The arguments of actions of this name that stand before this one in the same proposal and are not applied yet. */
  earlier<A>(name: string, shape: Shape<A>): A[];
  /** The arguments of actions of this name in other open proposals. */
  elsewhere<A>(name: string, shape: Shape<A>): A[];
}

/** @param proposalId of the proposal that is judged; absent before it is stored */
export function circumstances(
  members: readonly Member[],
  earlier: readonly ProposedAction[],
  proposalId?: string,
): Circumstances {
  return {
    members,
    earlier: (name, shape) =>
      argumentsOf(
        shape,
        earlier.filter((action) => action.name === name),
      ),
    elsewhere: (name, shape) =>
      argumentsOf(
        shape,
        openActions(name).filter((action) => action.proposalId !== proposalId),
      ),
  };
}

function argumentsOf<A>(shape: Shape<A>, actions: readonly { readonly args: object }[]): A[] {
  return actions
    .map(({ args }): unknown => withoutNulls(args))
    .filter((args): args is A => shape.validate(args));
}

/** All members, in no particular order. */
export function allMembers(): Member[] {
  const sharesWith = new Set(memberEncryptionKeys().keys());
  return members()
    .entries()
    .map(([id, { status, member_data, recovery_role }]) => ({
      id,
      status,
      data: member_data,
      recovery: sharesWith.has(id) ? (recovery_role ?? "Participant") : undefined,
    }));
}
