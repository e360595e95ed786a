import { type Action, BALLOTS, propose, vote } from "../../sdk/governance.js";
import type { Network } from "../network.js";
import type { Tell } from "../stage.js";
import { short } from "./cast.js";

/** The first member proposes and everybody votes in favour, visibly. */
export async function decide(net: Network, tell: Tell, ...actions: Action[]): Promise<void> {
  const [proposer] = net.members;
  let proposal = await propose(net.client, proposer, actions);
  const names = actions.map(({ name }) => name).join(", ");
  tell(
    `${proposer.name} proposes`,
    `${names}; proposal ${short(proposal.proposalId)} is ${proposal.proposalState}`,
  );
  for (const voter of net.members) {
    if (proposal.proposalState !== "Open") break;
    proposal = await vote(net.client, voter, proposal.proposalId, BALLOTS.accept);
    tell(`${voter.name} votes`, `yes; the proposal is ${proposal.proposalState}`);
  }
  if (proposal.proposalState !== "Accepted")
    throw new Error(
      `The proposal to ${names} is ${proposal.proposalState}: ${proposal.failure?.reason ?? "voted down"}`,
    );
}
