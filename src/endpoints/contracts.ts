import { activeMember, anyCaller } from "../governance/callers.js";
import {
  contractIds,
  contractStates,
  contractVersions,
  proposalsAbout,
  readContract,
  saveContract,
} from "../governance/contracts.js";
import { draftRefusals } from "../governance/drafts.js";
import { id } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { integer, optional, optionalWord } from "../kit/readers.js";
import { contract, contracts, contractVersions as versions } from "../schemas/answers/contracts.js";
import { contractDraft } from "../schemas/requests.js";

/** Each holds a whole text. */
const MOST_VERSIONS_PER_PAGE = 20;

export const listContracts = endpoint(
  { caller: anyCaller, query: { state: optionalWord(...contractStates), ...paging }, answer: contracts },
  ({ query }) => {
    const path = `/app/contracts${query.state === undefined ? "" : `?state=${query.state}`}`;
    return pageOfIds(contractIds(query.state), query, path, (contractId) => ({ id: contractId }));
  },
);

export const putContract = endpoint(
  {
    caller: activeMember,
    path: { contractId: id },
    body: contractDraft,
    refusals: [
      "DataMissing",
      "NotContractParty",
      "ContractAlreadyAccepted",
      "ContractAlreadyExists",
      ...draftRefusals,
    ],
  },
  ({ caller, path, body }) => {
    const { data, expires, version } = body;
    saveContract(caller, path.contractId, { data, expires }, version);
  },
);

export const getContract = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    answer: contract,
    refusals: ["ContractNotFound", "NotContractParty", "ViewNotKnown"],
  },
  ({ caller, path }) => readContract(path.contractId, caller),
);

/** What the members have accepted under one id, oldest first, and what they are asked to accept or end now. */
export const listContractVersions = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    query: { from: optional(integer(1)), limit: optional(integer(1, MOST_VERSIONS_PER_PAGE)) },
    answer: versions,
    refusals: ["NotContractParty", "ViewNotKnown"],
  },
  ({ caller, path: { contractId }, query: { from = 1, limit = MOST_VERSIONS_PER_PAGE } }) => {
    requireReader(caller, contractId);
    const { value, next } = contractVersions(contractId, from, limit);
    const proposalIds = proposalsAbout(contractId);
    if (next === undefined) return { value, proposalIds };
    return {
      value,
      proposalIds,
      nextLink: `/app/contracts/${contractId}/versions?from=${next}&limit=${limit}`,
    };
  },
);
