import { shape } from "../shape.js";
import { proposalIds, text } from "./parts.js";

/** The number of the members' request for a key; the authority has one for it now. */
export const caKeyRequest = shape("caKeyRequest", {
  type: "object",
  required: ["requestId"],
  properties: { requestId: text },
});

const texts = { type: "array", items: text } as const;

export const caStatus = shape("caStatus", {
  type: "object",
  required: ["enabled", "proposalIds"],
  properties: {
    enabled: { type: "boolean" },
    /** Open proposals to enable it. */
    proposalIds,
    /** PEM, once there is a key. */
    caCert: text,
    publicKey: text,
    /** PEM of the certificate and of earlier ones that have not expired: all that clients need to trust. */
    caBundle: text,
    /** What may be certified; absent: the members have set no limits. */
    policy: {
      type: "object",
      required: ["allowedDnsNames", "allowedIpAddresses"],
      properties: {
        allowedDnsNames: texts,
        allowedIpAddresses: texts,
        maximumValidityDays: { type: "integer", minimum: 1 },
        requireCsr: { type: "boolean" },
      },
    },
  },
});
