import { anyCaller } from "../governance/callers.js";
import { readServiceOption, serviceOptionStatus } from "../governance/service-options.js";
import { endpoint } from "../kit/endpoint.js";

export const getServiceOptionStatus = endpoint(
  { caller: anyCaller, path: { option: readServiceOption } },
  ({ path }) => ({ status: serviceOptionStatus(path.option) }),
);
