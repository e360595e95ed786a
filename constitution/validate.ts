import type { Member } from "../src/governance/membership.js";
import { check, membersAfter } from "./actions/index.js";
import { allMembers, circumstances } from "./circumstances.js";
import { type ProposedAction, messageOf, readProposal } from "./proposal.js";

/** Judges a proposal before anybody votes on it. All that is wrong is told at once. */
export function validate(input: string): { valid: boolean; description: string } {
  let actions: ProposedAction[];
  try {
    actions = readProposal(input);
  } catch (error) {
    return { valid: false, description: messageOf(error) };
  }
  const problems = problemsOf(actions);
  return { valid: problems.length === 0, description: problems.join("; ") };
}

function problemsOf(actions: readonly ProposedAction[]): string[] {
  const problems: string[] = [];
  const texts = actions.map((action) => JSON.stringify(action));
  let members: readonly Member[] = allMembers();
  actions.forEach((action, index) => {
    try {
      const first = texts.indexOf(texts[index] ?? "");
      if (first < index) throw new Error(`it repeats action ${first}`);
      check(action, circumstances(members, actions.slice(0, index)));
      members = membersAfter(action, members);
    } catch (error) {
      problems.push(`action ${index} (${action.name}): ${messageOf(error)}`);
    }
  });
  return problems;
}
