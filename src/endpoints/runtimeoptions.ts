import { anyCaller } from "../governance/callers.js";
import { readServiceOption, serviceOptionStatus } from "../governance/service-options.js";
import { endpoint } from "../kit/endpoint.js";
import { optionStatus } from "../schemas/answers/options.js";

export const getServiceOptionStatus = endpoint(
  {
    caller: anyCaller,
    path: { option: readServiceOption },
    answer: optionStatus,
    refusals: ["InvalidOption"],
  },
  ({ path }) => ({ status: serviceOptionStatus(path.option) }),
);
