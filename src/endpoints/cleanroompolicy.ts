import { anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { openProposalsFor } from "../governance/proposals.js";
import { cleanRoomPolicies } from "../governance/tables.js";
import { endpoint } from "../kit/endpoint.js";
import { onlyAlternative } from "../policy/policy.js";
import { policy } from "../schemas/answers/policies.js";

export const getCleanRoomPolicy = endpoint(
  { caller: anyCaller, path: { contractId: id }, answer: policy, refusals: ["NotContractParty"] },
  ({ caller, path }) => {
    requireReader(caller, path.contractId);
    const proposalIds = openProposalsFor(path.contractId, "set_clean_room_policy");
    const found = cleanRoomPolicies().get(path.contractId);
    if (found === undefined) return { proposalIds, policy: {}, alternatives: [] };
    return { proposalIds, policy: onlyAlternative(found), ...found };
  },
);
