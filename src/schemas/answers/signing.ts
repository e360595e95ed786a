import { shape } from "../shape.js";
import { text } from "./parts.js";

/** The key that the members asked for. */
export const keyRequest = shape("keyRequest", {
  type: "object",
  required: ["reqId", "kid"],
  properties: {
    /** Counts the requests from 1, decimal digits. */
    reqId: { type: "string", pattern: "^[0-9]+$" },
    kid: text,
  },
});

/** Whether a payload is signed in the domain of its contract, or as it is. */
const mode = { enum: ["contract", "raw"] } as const;

export const signingInfo = shape("signingInfo", {
  type: "object",
  required: ["enabled", "publicKeyPem", "previousKeys"],
  properties: {
    enabled: { type: "boolean" },
    /** Empty while there is no key. */
    publicKeyPem: text,
    kid: text,
    mode,
    /** They sign no more, and their signatures still hold. */
    previousKeys: {
      type: "array",
      items: {
        type: "object",
        required: ["kid", "mode", "publicKeyPem"],
        properties: { kid: text, mode, publicKeyPem: text },
      },
    },
  },
});
