import { anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { MOST_STATES_PER_PAGE, proposalHistory } from "../governance/proposal-history.js";
import { endpoint, Reply } from "../kit/endpoint.js";
import { ranging, rangeText, readRange } from "../kit/ledger-ranges.js";
import { proposalHistory as history } from "../schemas/answers/proposals.js";

/** What became of a governance proposal, read from the ledger. */
export const getProposalHistory = endpoint(
  {
    caller: anyCaller,
    path: { proposalId: id },
    query: ranging,
    answer: history,
    later: true,
  },
  ({ path: { proposalId }, query }) => {
    const range = readRange(query, MOST_STATES_PER_PAGE);
    const page = proposalHistory(proposalId, range);
    if (page === undefined) return new Reply(202, undefined, { "retry-after": "1" });
    const { value, next } = page;
    if (next === undefined) return { value };
    return {
      value,
      nextLink: `/app/proposals/${proposalId}/historical?${rangeText(next, range.perPage)}`,
    };
  },
);
