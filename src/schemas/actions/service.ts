import { shape } from "./interpreted.js";
import { days, recoveryThreshold, text, time } from "./parts.js";

export const noArguments = shape("no arguments", {
  type: "object",
  properties: {},
  additionalProperties: false,
});

export const setConstitution = shape("set_constitution", {
  type: "object",
  properties: { constitution: text },
  required: ["constitution"],
  additionalProperties: false,
});

export const setRecoveryThreshold = shape("set_recovery_threshold", {
  type: "object",
  properties: { recovery_threshold: recoveryThreshold },
  required: ["recovery_threshold"],
  additionalProperties: false,
});

export const setServiceConfiguration = shape("set_service_configuration", {
  type: "object",
  properties: {
    reconfiguration_type: { enum: ["OneTransaction", "TwoTransaction"] },
    recovery_threshold: recoveryThreshold,
    recent_cose_proposals_window_size: { type: "integer", minimum: 1, maximum: 10_000 },
  },
  additionalProperties: false,
});

export const transitionServiceToOpen = shape("transition_service_to_open", {
  type: "object",
  properties: { previous_service_identity: text, next_service_identity: text },
  required: ["next_service_identity"],
  additionalProperties: false,
});

export const assertServiceIdentity = shape("assert_service_identity", {
  type: "object",
  properties: { service_identity: text },
  required: ["service_identity"],
  additionalProperties: false,
});

export const certificateValidity = shape("certificate validity", {
  type: "object",
  properties: { valid_from: time, validity_period_days: days },
  required: ["valid_from"],
  additionalProperties: false,
});
