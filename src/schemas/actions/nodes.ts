import { shape } from "./interpreted.js";
import { days, digest, time } from "./parts.js";

export const nodeById = shape("remove_node", {
  type: "object",
  properties: { node_id: digest },
  required: ["node_id"],
  additionalProperties: false,
});

export const setNodeData = shape("set_node_data", {
  type: "object",
  properties: { node_id: digest, node_data: {} },
  required: ["node_id"],
  additionalProperties: false,
});

export const nodeCertificateValidity = shape("node certificate validity", {
  type: "object",
  properties: { node_id: digest, valid_from: time, validity_period_days: days },
  required: ["node_id", "valid_from"],
  additionalProperties: false,
});
