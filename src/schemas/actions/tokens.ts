import { shape } from "./interpreted.js";
import { boolean, text } from "./parts.js";

export const setCaCertBundle = shape("set_ca_cert_bundle", {
  type: "object",
  properties: { name: text, cert_bundle: text },
  required: ["name", "cert_bundle"],
  additionalProperties: false,
});

export const caCertBundleByName = shape("remove_ca_cert_bundle", {
  type: "object",
  properties: { name: text },
  required: ["name"],
  additionalProperties: false,
});

/** RFC 7517; what a key has beyond this is for others. CCF adds `issuer`: the only issuer whose tokens the key verifies. */
const keySet = {
  type: "object",
  properties: {
    keys: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: {
          kid: text,
          kty: text,
          issuer: text,
          x5c: { type: "array", items: text },
          n: text,
          e: text,
          x: text,
          y: text,
          crv: text,
        },
        required: ["kid", "kty"],
      },
    },
  },
  required: ["keys"],
} as const;

export const setJwtIssuer = shape("set_jwt_issuer", {
  type: "object",
  properties: {
    issuer: text,
    auto_refresh: boolean,
    ca_cert_bundle_name: text,
    jwks: keySet,
    /** Without meaning since CCF 5, and still sent by its tools. */
    key_filter: { const: "all" },
  },
  required: ["issuer"],
  additionalProperties: false,
});

export const setJwtPublicSigningKeys = shape("set_jwt_public_signing_keys", {
  type: "object",
  properties: { issuer: text, jwks: keySet },
  required: ["issuer", "jwks"],
  additionalProperties: false,
});

export const jwtIssuerByName = shape("remove_jwt_issuer", {
  type: "object",
  properties: { issuer: text },
  required: ["issuer"],
  additionalProperties: false,
});

export const setJwtAudience = shape("set_jwt_audience", {
  type: "object",
  properties: { audience: text },
  required: ["audience"],
  additionalProperties: false,
});

export const cleanupLegacyJwtRecords = shape("cleanup_legacy_jwt_records", {
  type: "object",
  properties: { ensure_new_records_exist: boolean },
  additionalProperties: false,
});
