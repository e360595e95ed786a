import { stateAcceptance } from "../governance/acceptances.js";
import { activeMember } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { endpoint } from "../kit/endpoint.js";
import { acceptance } from "../schemas/answers/contracts.js";

export const postAcceptance = endpoint(
  {
    caller: activeMember,
    path: { contractId: id },
    answer: acceptance,
    refusals: ["ContractNotAccepted", "NotContractParty", "ViewNotKnown"],
    statuses: { ContractNotAccepted: 400 },
  },
  ({ caller, path }) => {
    requireReader(caller, path.contractId);
    return stateAcceptance(path.contractId);
  },
);
