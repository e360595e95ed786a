import { anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { releasesFrom } from "../governance/releases.js";
import { endpoint } from "../kit/endpoint.js";
import { integer, optional } from "../kit/readers.js";
import { releases } from "../schemas/answers/releases.js";

const MOST_RELEASES_PER_PAGE = 100;

export const listReleases = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    query: { from: optional(integer(1)), limit: optional(integer(1, MOST_RELEASES_PER_PAGE)) },
    answer: releases,
    refusals: ["NotContractParty", "ViewNotKnown"],
  },
  ({ caller, path: { contractId }, query: { from = 1, limit = MOST_RELEASES_PER_PAGE } }) => {
    requireReader(caller, contractId);
    const { value, next } = releasesFrom(contractId, from, limit);
    if (next === undefined) return { value };
    return { value, nextLink: `/app/contracts/${contractId}/releases?from=${next}&limit=${limit}` };
  },
);
