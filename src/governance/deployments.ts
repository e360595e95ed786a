import { openProposalsFor } from "./proposals.js";
import { deploymentInfos, deploymentSpecs } from "./tables.js";

/** What is decided about the deployment of a contract, and the open proposals that would change it. */
export interface DeploymentAnswer {
  readonly proposalIds: readonly string[];
  /** `{}` while nothing was decided. */
  readonly data: unknown;
}

export const deploymentSpec = (contractId: string): DeploymentAnswer => ({
  proposalIds: openProposalsFor(contractId, "set_deployment_spec"),
  data: deploymentSpecs().get(contractId)?.data ?? {},
});

export const deploymentInfo = (contractId: string): DeploymentAnswer => ({
  proposalIds: openProposalsFor(contractId, "set_deployment_info"),
  data: deploymentInfos().get(contractId)?.data ?? {},
});
