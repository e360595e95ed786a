import type { Member } from "../../src/governance/membership.js";
import type { Action } from "../action.js";
import type { Circumstances } from "../circumstances.js";
import { type ProposedAction, checked } from "../proposal.js";
import { application } from "./application.js";
import { attestation } from "./attestation.js";
import { ca } from "./ca.js";
import { contracts } from "./contracts.js";
import { deployments } from "./deployments.js";
import { documents } from "./documents.js";
import { identities } from "./identities.js";
import { joining } from "./joining.js";
import { members } from "./members.js";
import { nodes } from "./nodes.js";
import { options } from "./options.js";
import { oidc } from "./oidc.js";
import { service } from "./service.js";
import { signing } from "./signing.js";
import { tokens } from "./tokens.js";
import { users } from "./users.js";

/** All actions, by the name that proposals use. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  ...service,
  ...members,
  ...users,
  ...identities,
  ...nodes,
  ...joining,
  ...application,
  ...tokens,
  ...attestation,
  ...contracts,
  ...deployments,
  ...documents,
  ...options,
  ...oidc,
  ...signing,
  ...ca,
};

/** @throws when there is no such action */
export function rowOf(name: string): Action {
  const row = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (row === undefined) throw new Error(`there is no action "${name}"`);
  return row;
}

/** Checks everything about an action. @throws an error that says what is wrong */
export function check({ name, args }: ProposedAction, given: Circumstances): void {
  const row = rowOf(name);
  const checkedArgs = checked(row.arguments, args, `"args"`);
  row.check?.(checkedArgs, given);
}

/** Who is a member once an action is applied. */
export function membersAfter({ name, args }: ProposedAction, members: readonly Member[]): readonly Member[] {
  return rowOf(name).membership?.(args, members) ?? members;
}
