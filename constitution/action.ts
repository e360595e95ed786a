import type { Member } from "../src/governance/membership.js";
import type { Role } from "../src/governance/roles.js";
import type { DelegatingOption } from "../src/governance/service-options.js";
import type { Shape } from "../src/schemas/shape.js";
import type { Circumstances } from "./circumstances.js";

/**
 * What members can propose, one row per action: its arguments, who decides about it, and what it does.
 *
 * Everything that can be known before the vote is checked before the vote, and once more when the proposal is applied,
 * since the service may have changed in between.
 */
export interface Action<A = unknown> {
  /** `null` counts as absent, so no shape mentions it. */
  readonly arguments: Shape<A>;
  readonly decision?: Decision<NoInfer<A>>;
  /** What a schema cannot tell. @throws an error that says what is wrong */
  check?(args: NoInfer<A>, given: Circumstances): void;
  /** Who is a member afterwards. Members that are not touched stay the same objects. */
  membership?(args: NoInfer<A>, members: readonly Member[]): readonly Member[];
  apply(args: NoInfer<A>, proposalId: string): void;
}

/** Who decides about an action, besides all voters together; the rules are in `src/governance/resolution.ts`. */
export interface Decision<A = unknown> {
  /** Whether an operator may decide it alone. */
  operator?(args: A, given: Circumstances): boolean;
  /** One vote against it rejects it. */
  readonly veto?: true;
  /** Takes effect at once, whoever proposes it. */
  readonly automatic?: true;
  /** Whoever holds the role may decide it alone while the option of the service is enabled. */
  readonly delegate?: { readonly role: Role; readonly option: DelegatingOption };
  readonly subject?: Subject<A>;
}

/** Something that one open proposal at a time may name, and that is settled once it is applied. */
export interface Subject<A = unknown> {
  /** Several actions may be about subjects of one kind. */
  readonly kind: "contract" | "document of members";
  id(args: A): string;
  settled(id: string, args: A): boolean;
  /** May not be proposed with other actions, and waits until no invited member is left. */
  readonly alone?: true;
}

/** For what operating a service takes: an operator may always decide it alone. */
export const byOperator: Decision = { operator: () => true };

/** Erases the type of a row's arguments; they are checked against its shape before anything else in the row sees them. */
export const action = <A>(row: Action<A>): Action => row;
