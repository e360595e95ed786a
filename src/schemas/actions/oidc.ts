import { shape } from "./interpreted.js";
import { text } from "./parts.js";

/** How the ids of all keys of a purpose begin. */
export const enableKeys = shape("enable keys", {
  type: "object",
  properties: { kid: { type: "string", pattern: "^[!-~]{1,128}$" } },
  required: ["kid"],
  additionalProperties: false,
});

export const issuerUrl = shape("issuer URL", {
  type: "object",
  properties: { issuer_url: text },
  required: ["issuer_url"],
  additionalProperties: false,
});

export const tokenSubject = shape("token subject", {
  type: "object",
  properties: { contractId: text, subject: text },
  required: ["contractId", "subject"],
  additionalProperties: false,
});

export const setSigningMode = shape("set_signing_mode", {
  type: "object",
  properties: { mode: { enum: ["contract", "raw"] } },
  required: ["mode"],
  additionalProperties: false,
});
