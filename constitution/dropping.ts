import { proposalsInfo } from "../src/governance/tables.js";

/**
 * Drops all other open proposals. For actions after which an open proposal may mean something else than those who voted
 * for it have read: by which rules it is decided, or which code takes part.
 */
export function dropOtherProposals(proposalId: string): void {
  const infos = proposalsInfo();
  for (const [id, info] of infos.entries())
    if (id !== proposalId && info.state === "Open") infos.set(id, { ...info, state: "Dropped" });
}
