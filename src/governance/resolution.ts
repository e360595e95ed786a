import { type Member, activeVotersAmong, votersAmong } from "./membership.js";
import { type Role, hasRole } from "./roles.js";

export type Outcome = "Open" | "Accepted" | "Rejected";

export interface Vote {
  readonly member_id: string;
  readonly vote: boolean;
}

/** One action of the proposal, as far as it matters who decides about it. */
export interface Deciding {
  /** An operator may decide it alone. */
  readonly operator: boolean;
  /** Any vote against it rejects it. */
  readonly veto: boolean;
  /** It needs nobody's decision. */
  readonly automatic: boolean;
  /** Whoever holds this role may decide it alone now. */
  readonly delegate?: Role | undefined;
  /** What it would settle for good. */
  readonly subject?: {
    /** Unique among all subjects. */
    readonly key: string;
    readonly settled: boolean;
    /** Another open proposal names it too. */
    readonly contested: boolean;
    /** May not be proposed with other actions, and waits until no invited member is left. */
    readonly alone: boolean;
  };
}

/** All that decides about a proposal. */
export interface Matter {
  readonly proposerId: string;
  readonly votes: readonly Vote[];
  readonly members: readonly Member[];
  /** The members if the proposal were accepted. */
  readonly membersAfter: readonly Member[];
  readonly actions: readonly Deciding[];
}

/** What the rules look at: a matter, with votes counted for members who may vote. */
interface Case extends Matter {
  readonly proposer: Member | undefined;
  readonly votersNow: readonly Member[];
  readonly inFavour: ReadonlySet<string>;
  readonly against: ReadonlySet<string>;
}

/** What a rule says, if it has something to say. */
type Rule = (matter: Case) => Outcome | undefined;

/** In this order; the first that says something decides. */
const RULES: readonly Rule[] = [
  operators,
  founders,
  veto,
  subjects,
  automatic,
  unanimity,
  delegates,
  noLongerPossible,
];

/**
 * What becomes of a proposal, when it is submitted and after each ballot. Votes of those who are not active members any
 * more do not count.
 */
export function outcomeOf(matter: Matter): Outcome {
  const active = new Map(
    matter.members.filter(({ status }) => status === "Active").map((member) => [member.id, member]),
  );
  const counted = matter.votes.filter(({ member_id }) => active.has(member_id));
  const idsOf = (wanted: boolean): Set<string> =>
    new Set(counted.filter(({ vote }) => vote === wanted).map(({ member_id }) => member_id));

  const proposer = active.get(matter.proposerId);
  const votersNow = activeVotersAmong(matter.members);
  const judged = { ...matter, proposer, votersNow, inFavour: idsOf(true), against: idsOf(false) };
  for (const rule of RULES) {
    const outcome = rule(judged);
    if (outcome !== undefined) return outcome;
  }
  return "Open";
}

/** An operator decides alone what operating takes, as long as nobody but operators is touched. */
function operators({ proposer, actions, members, membersAfter }: Case): Outcome | undefined {
  const touched = members.some(
    (member) => !hasRole(member.data, "operator") && !membersAfter.includes(member),
  );
  return hasRole(proposer?.data, "operator") && actions.every(({ operator }) => operator) && !touched
    ? "Accepted"
    : undefined;
}

/**
 * While there is nobody who votes, not even invited, an operator sets the service up alone; but nobody agrees to contracts
 * and the like on behalf of voters who are not there. The last voter cannot leave, so this ends for good with the first.
 */
function founders({ proposer, actions, members }: Case): Outcome | undefined {
  const founding = votersAmong(members).length === 0;
  return founding && hasRole(proposer?.data, "operator") && !actions.some((action) => action.veto)
    ? "Accepted"
    : undefined;
}

/** Members of every role may veto. */
function veto({ actions, against }: Case): Outcome | undefined {
  return against.size > 0 && actions.some((action) => action.veto) ? "Rejected" : undefined;
}

/** Nothing is settled twice, and only one open proposal at a time may try. */
function subjects({ actions }: Case): Outcome | undefined {
  const named = actions.flatMap(({ subject }) => subject ?? []);
  const repeated = new Set(named.map(({ key }) => key)).size < named.length;
  const taken = named.some(({ settled, contested }) => settled || contested);
  const mixed = named.some(({ alone }) => alone) && !actions.every(({ subject }) => subject?.alone);
  return repeated || taken || mixed ? "Rejected" : undefined;
}

function automatic({ actions }: Case): Outcome | undefined {
  return actions.every((action) => action.automatic) ? "Accepted" : undefined;
}

/** All voters, of whom there must be one. */
function unanimity({ actions, members, votersNow, inFavour }: Case): Outcome | undefined {
  const unanimous = votersNow.length > 0 && votersNow.every(({ id }) => inFavour.has(id));
  const invited = votersAmong(members).length > votersNow.length;
  return unanimous && !(invited && actions.some(({ subject }) => subject?.alone)) ? "Accepted" : undefined;
}

function delegates({ actions, proposer }: Case): Outcome | undefined {
  return actions.every(({ delegate }) => delegate !== undefined && hasRole(proposer?.data, delegate))
    ? "Accepted"
    : undefined;
}

/** A ballot cannot be taken back, so one voter against it ends it. */
function noLongerPossible({ votersNow, against }: Case): Outcome | undefined {
  return votersNow.some(({ id }) => against.has(id)) ? "Rejected" : undefined;
}
