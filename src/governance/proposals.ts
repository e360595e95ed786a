import { proposals, proposalsInfo } from "./tables.js";

/** One action of a proposal on which the members are still voting. */
export interface ProposedAction {
  readonly proposalId: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The actions of this name in all open proposals. CCF drops closed proposals, so there are never many. */
export function openActions(name: string): ProposedAction[] {
  const infos = proposalsInfo();
  const open = infos.entries().filter(([, { state }]) => state === "Open");
  if (open.length === 0) return [];

  const contents = proposals();
  return open.flatMap(([proposalId]) =>
    (contents.get(proposalId)?.actions ?? [])
      .filter((action) => action.name === name)
      .map(({ args }) => ({ proposalId, args: args ?? {} })),
  );
}

/** The open proposals with an action of this name for a contract. */
export function openProposalsFor(contractId: string, name: string): string[] {
  const ids = openActions(name)
    .filter(({ args }) => args.contractId === contractId)
    .map(({ proposalId }) => proposalId);
  return [...new Set(ids)];
}

/** How members voted, by their ids, as tables of accepted texts keep it. */
export type FinalVotes = Readonly<Record<string, boolean>>;

/** How the members have voted on a proposal that is being applied. */
export const finalVotesOn = (proposalId: string): FinalVotes =>
  proposalsInfo().get(proposalId)?.final_votes ?? {};

/** As the API says it. */
export const votesOf = ({ finalVotes }: { readonly finalVotes: FinalVotes }) =>
  Object.entries(finalVotes).map(([memberId, vote]) => ({ memberId, vote }));
