import { activeMember, anyCaller } from "../governance/callers.js";
import { contractIds, contractStates, readContract, saveDraft } from "../governance/contracts.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { optionalWord } from "../kit/readers.js";
import { Refusal } from "../kit/refusal.js";
import { contract, contracts } from "../schemas/answers/contracts.js";
import { contractDraft } from "../schemas/requests.js";

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
      "PreconditionFailed",
      "NotCanonical",
      "ViewNotKnown",
    ],
  },
  ({ caller, path, body }) => {
    if (!body.data)
      throw new Refusal("DataMissing", 'Send the text of the contract in "data"; it must not be empty.');
    saveDraft(caller, path.contractId, body.data, body.version ?? undefined);
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
