import { anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { openProposalsFor } from "../governance/proposals.js";
import { cleanRoomPolicies } from "../governance/tables.js";
import { endpoint } from "../kit/endpoint.js";
import { policy } from "../schemas/answers/policies.js";

export const getCleanRoomPolicy = endpoint(
  { caller: anyCaller, path: { contractId: id }, answer: policy, refusals: ["NotContractParty"] },
  ({ caller, path }) => {
    requireReader(caller, path.contractId);
    const proposalIds = openProposalsFor(path.contractId, "set_clean_room_policy");
    const found = cleanRoomPolicies().get(path.contractId);
    if (found === undefined) return { proposalIds, policy: {}, alternatives: [] };
    const { policyType, alternatives } = found;
    // `policy` is one set of claims; of several alternatives it would hide all but one, so then it is left out
    const [only, ...others] = alternatives;
    return { proposalIds, ...(others.length === 0 && { policy: only }), policyType, alternatives };
  },
);
