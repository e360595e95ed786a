import { stateAcceptance } from "../governance/acceptances.js";
import { activeMember } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";

export const postAcceptance = endpoint({ caller: activeMember, path: { contractId: id } }, ({ path }) =>
  stateAcceptance(path.contractId),
);
