import type { Member } from "../src/governance/membership.js";
import { type Deciding, type Outcome, type Vote, outcomeOf } from "../src/governance/resolution.js";
import { serviceOptionStatus } from "../src/governance/service-options.js";
import { ACTIONS, membersAfter, rowOf } from "./actions/index.js";
import type { Subject } from "./action.js";
import { type Circumstances, allMembers, circumstances } from "./circumstances.js";
import { type ProposedAction, readProposal } from "./proposal.js";

/** Decides about a proposal: gathers what the rules in `src/governance/resolution.ts` look at. */
export function resolve(
  proposal: string,
  proposerId: string,
  votes: readonly Vote[],
  proposalId: string,
): Outcome {
  const members = allMembers();
  const proposed = readProposal(proposal);
  let after: readonly Member[] = members;
  const actions = proposed.map((action, index) => {
    const deciding = decidingOf(action, circumstances(after, proposed.slice(0, index), proposalId));
    after = membersAfter(action, after);
    return deciding;
  });
  return outcomeOf({ proposerId, votes, members, membersAfter: after, actions });
}

function decidingOf({ name, args }: ProposedAction, given: Circumstances): Deciding {
  const { decision = {} } = rowOf(name);
  const { delegate, subject } = decision;
  const delegated = delegate !== undefined && serviceOptionStatus(delegate.option) === "enabled";
  const id = subject?.id(args);
  return {
    operator: decision.operator?.(args, given) ?? false,
    veto: decision.veto ?? false,
    automatic: decision.automatic ?? false,
    ...(delegated && { delegate: delegate.role }),
    ...(subject !== undefined &&
      id !== undefined && {
        subject: {
          key: `${subject.kind}/${id}`,
          settled: subject.settled(id, args),
          contested: isContested(subject.kind, id, given),
          alone: subject.alone ?? false,
        },
      }),
  };
}

/** Whether another open proposal names the subject, by whichever action: votes are about it as it was when they were cast. */
function isContested(kind: Subject["kind"], id: string, given: Circumstances): boolean {
  return Object.entries(ACTIONS).some(([name, { arguments: shape, decision }]) => {
    const subject = decision?.subject;
    return subject?.kind === kind && given.elsewhere(name, shape).some((args) => subject.id(args) === id);
  });
}
