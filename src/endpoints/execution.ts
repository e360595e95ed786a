import { activeMember, knownCaller } from "../governance/callers.js";
import {
  contractOptionStatus,
  readContractOption,
  readMemberSwitch,
} from "../governance/contract-options.js";
import { switchExecution } from "../governance/execution.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { consentRefusals, requireAttested } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { contractOptionStatus as contractOptionStatusAnswer } from "../schemas/answers/options.js";
import { attestedRequest } from "../schemas/requests.js";

/** For known callers, and for clean rooms that ask for consent; those prove what they are but need no key. */
export const getOptionStatus = endpoint(
  {
    caller: knownCaller,
    path: { contractId: id, option: readContractOption },
    bodies: [attestedRequest],
    answer: contractOptionStatusAnswer,
    refusals: ["InvalidOption", ...consentRefusals],
  },
  ({ caller, path, request }) => {
    if (caller === undefined) {
      requireAttested(path.contractId, attestedCall(request, { key: "none", repeatable: true }));
    }
    return contractOptionStatus(path.contractId, path.option);
  },
);

const changing = {
  caller: activeMember,
  path: { contractId: id, option: readMemberSwitch },
  refusals: ["InvalidOption", "ContractNotAccepted"],
  statuses: { ContractNotAccepted: 400 },
} as const;

export const enableOption = endpoint(changing, ({ caller, path }) =>
  switchExecution(path.contractId, caller.id, "enabled"),
);

export const disableOption = endpoint(changing, ({ caller, path }) =>
  switchExecution(path.contractId, caller.id, "disabled"),
);
