import { check, rowOf } from "./actions/index.js";
import { allMembers, circumstances } from "./circumstances.js";
import { messageOf, readProposal } from "./proposal.js";

/** Does what an accepted proposal says. When one action fails, CCF drops what the others wrote. */
export function apply(proposal: string, proposalId: string): void {
  readProposal(proposal).forEach((action, index) => {
    try {
      // again, since the service may have changed while the members voted
      check(action, circumstances(allMembers(), [], proposalId));
      rowOf(action.name).apply(action.args, proposalId);
    } catch (error) {
      throw new Error(`action ${index} (${action.name}): ${messageOf(error)}`, { cause: error });
    }
  });
}
