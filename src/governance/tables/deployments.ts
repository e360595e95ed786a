/** How the code of a contract is deployed, as members or their contract operator decided. */
import { json, table, text } from "../../kit/tables.js";

/** Key: contract id. */
export interface Deployment {
  readonly data: unknown;
}
/** What is to be deployed. */
export const deploymentSpecs = table("public:ccf.gov.deployment_specs", text, json<Deployment>());
/** What was deployed, and where. */
export const deploymentInfos = table("public:ccf.gov.deployment_info", text, json<Deployment>());
