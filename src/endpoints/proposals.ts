import { anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { MOST_STATES_PER_PAGE, proposalHistory } from "../governance/proposal-history.js";
import { endpoint, Reply } from "../kit/endpoint.js";
import { integer, optional } from "../kit/readers.js";
import { proposalHistory as history } from "../schemas/answers/proposals.js";

/** What became of a governance proposal, read from the ledger. */
export const getProposalHistory = endpoint(
  {
    caller: anyCaller,
    path: { proposalId: id },
    query: {
      // a historical query from 0 can crash a node
      from_seqno: optional(integer(1)),
      to_seqno: optional(integer(1)),
      max_seqno_per_page: optional(integer(0)),
    },
    answer: history,
    later: true,
  },
  ({ path: { proposalId }, query: { from_seqno: from, to_seqno: to, max_seqno_per_page: wanted } }) => {
    const perPage = Math.min(wanted ?? MOST_STATES_PER_PAGE, MOST_STATES_PER_PAGE);
    const page = proposalHistory(proposalId, { from, to }, perPage);
    if (page === undefined) return new Reply(202, undefined, { "retry-after": "1" });
    const { value, next } = page;
    if (next === undefined) return { value };
    const range = `from_seqno=${next.from}&to_seqno=${next.to}&max_seqno_per_page=${perPage}`;
    return { value, nextLink: `/app/proposals/${proposalId}/historical?${range}` };
  },
);
