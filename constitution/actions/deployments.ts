import { deploymentInfos, deploymentSpecs } from "../../src/governance/tables.js";
import { setDeploymentInfo, setDeploymentSpec } from "../../src/schemas/actions/deployments.js";
import { action } from "../action.js";
import { requireAgreed } from "../agreements.js";

/** Says what is to be deployed for a contract. */
const set_deployment_spec = action({
  arguments: setDeploymentSpec,
  decision: {
    veto: true,
    delegate: { role: "contractOperator", option: "autoapprove-deploymentspec-proposal" },
  },
  check: ({ contractId }) => requireAgreed(contractId),
  apply: ({ contractId, spec }) => deploymentSpecs().set(contractId, { data: spec.data }),
});

/** Says what was deployed for a contract, and where. */
const set_deployment_info = action({
  arguments: setDeploymentInfo,
  decision: {
    veto: true,
    delegate: { role: "contractOperator", option: "autoapprove-deploymentinfo-proposal" },
  },
  check: ({ contractId }) => requireAgreed(contractId),
  apply: ({ contractId, info }) => deploymentInfos().set(contractId, { data: info.data }),
});

export const deployments = { set_deployment_spec, set_deployment_info };
