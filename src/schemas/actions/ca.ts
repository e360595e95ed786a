import { shape } from "./interpreted.js";
import { boolean, text } from "./parts.js";

export const enableCa = shape("enable_ca", {
  type: "object",
  properties: { contractId: text },
  required: ["contractId"],
  additionalProperties: false,
});

export const caEnableRotateSigningKey = shape("ca_enable_rotate_signing_key", {
  type: "object",
  properties: { contractId: text },
  required: ["contractId"],
  additionalProperties: false,
});

export const setCaPolicy = shape("set_ca_policy", {
  type: "object",
  properties: {
    contractId: text,
    allowedDnsNames: { type: "array", items: text },
    allowedIpAddresses: { type: "array", items: text },
    maximumValidityDays: { type: "integer", minimum: 1, maximum: 100 },
    requireCsr: boolean,
  },
  required: ["contractId", "allowedDnsNames"],
  additionalProperties: false,
});

export const removeCaPolicy = shape("remove_ca_policy", {
  type: "object",
  properties: { contractId: text },
  required: ["contractId"],
  additionalProperties: false,
});
