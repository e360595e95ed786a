import { shape } from "./interpreted.js";
import { text } from "./parts.js";

const data = {
  type: "object",
  properties: { data: {} },
  required: ["data"],
  additionalProperties: false,
} as const;

export const setDeploymentSpec = shape("set_deployment_spec", {
  type: "object",
  properties: { contractId: text, spec: data },
  required: ["contractId", "spec"],
  additionalProperties: false,
});

export const setDeploymentInfo = shape("set_deployment_info", {
  type: "object",
  properties: { contractId: text, info: data },
  required: ["contractId", "info"],
  additionalProperties: false,
});
