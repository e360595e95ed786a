import { deploymentInfo, deploymentSpec } from "../governance/deployments.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { deployment } from "../schemas/answers/deployments.js";

// For anybody: whoever deploys a clean room is no caller that the consortium knows.

export const getDeploymentSpec = endpoint({ path: { contractId: id }, answer: deployment }, ({ path }) =>
  deploymentSpec(path.contractId),
);

export const getDeploymentInfo = endpoint({ path: { contractId: id }, answer: deployment }, ({ path }) =>
  deploymentInfo(path.contractId),
);
