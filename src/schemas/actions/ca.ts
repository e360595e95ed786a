import { shape } from "./interpreted.js";
import { boolean, text } from "./parts.js";

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
