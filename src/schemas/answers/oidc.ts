import { shape } from "../shape.js";
import { text } from "./parts.js";

const list = { type: "array", items: text } as const;

export const discovery = shape("discovery", {
  type: "object",
  description: "OpenID Connect Discovery 1.0 §3, as far as it concerns tokens that nobody logs in for",
  required: [
    "issuer",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
  ],
  properties: {
    /** The literal `{placeholder}` while the members have set no issuer of all tenants. */
    issuer: text,
    jwks_uri: text,
    response_types_supported: list,
    subject_types_supported: list,
    id_token_signing_alg_values_supported: list,
  },
});

export const keySet = shape("keySet", {
  type: "object",
  description: "RFC 7517: the key in use, and previous ones of which tokens have not expired",
  required: ["keys"],
  properties: {
    keys: {
      type: "array",
      items: {
        type: "object",
        required: ["alg", "use", "kty", "kid", "e", "n"],
        properties: {
          alg: { const: "PS256" },
          use: { const: "sig" },
          kty: { const: "RSA" },
          kid: text,
          e: text,
          n: text,
        },
      },
    },
  },
});

export const issuerInfo = shape("issuerInfo", {
  type: "object",
  required: ["enabled"],
  properties: {
    enabled: { type: "boolean" },
    /** The issuer of tenants that have none of their own. */
    issuerUrl: text,
    /** The caller's tenant, if it has an issuer of its own. */
    tenantData: {
      type: "object",
      required: ["tenantId", "issuerUrl"],
      properties: { tenantId: text, issuerUrl: text },
    },
  },
});
