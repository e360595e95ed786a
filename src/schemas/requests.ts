import { policyTypes, writtenClaims } from "./policies.js";
import { shape } from "./shape.js";

// Fields that are not named here are ignored: existing clients send more than an endpoint needs.

/** The draft of a contract. What counts as no data is decided by the rule, which has a code of its own. */
export const contractDraft = shape("contractDraft", {
  type: "object",
  properties: {
    data: {},
    version: { type: ["string", "null"] },
    /** ISO 8601, UTC; checked by the rule. */
    expires: {},
  },
});

/** A secret as a member or user sends it. */
export const secretValue = shape("secretValue", {
  type: "object",
  properties: {
    value: {},
    /** {@link secretPolicy}, or `null` for none; left out, it stays as it is. Checked by its rule, which has a code of its own. */
    policy: {},
  },
});

/** Where a tenant publishes the keys of the service. */
export const issuerUrl = shape("issuerUrl", {
  type: "object",
  properties: { url: { type: "string" } },
  required: ["url"],
});

/** What every request brings that proves itself by evidence. */
export const attestedRequest = shape("attestedRequest", {
  type: "object",
  properties: {
    /** Absent or empty: `snp-caci`. */
    platform: { type: ["string", "null"], maxLength: 64 },
    /** Shape by platform, checked by its verifier. */
    attestation: { type: ["object", "null"] },
    encrypt: {
      type: ["object", "null"],
      /** Base64 of the PEM text. */
      properties: { publicKey: { type: ["string", "null"] } },
    },
    sign: {
      type: ["object", "null"],
      properties: {
        /** Base64 of the PEM text: a public key or a certificate. */
        publicKey: { type: ["string", "null"] },
        /** Base64. */
        signature: { type: ["string", "null"] },
      },
    },
    /** Base64 of JSON. */
    data: { type: ["string", "null"] },
    /** Of events only; its rule has codes of its own. */
    timestamp: {},
  },
});

/** Bytes of a COSE message, see docs/bound-requests.md: where attested code sends no JSON. */
export const boundRequest = shape("boundRequest", { type: "string" });

/** Which secret attested code asks for, where that does not stand in the path. */
export const namedSecret = shape("namedSecret", {
  type: "object",
  properties: {
    contractId: { type: "string" },
    secretId: { type: "string" },
    /** Left out: the newest. */
    version: { type: "integer", minimum: 1 },
  },
  required: ["contractId", "secretId"],
});

/** What the service is to sign, base64. What is none is refused by the rule, which has codes of its own. */
export const payloadToSign = shape("payloadToSign", {
  type: "object",
  properties: { payload: {} },
});

/** Which code gets a secret, of that which the contract trusts. Holders of tokens never get any. */
export const secretPolicy = shape("secretPolicy", {
  type: "object",
  properties: {
    policyType: { enum: ["snp-caci", "snp-cvm", "virtual", null] },
    alternatives: { type: "array", items: writtenClaims },
  },
  required: ["alternatives"],
});

/** What a clean room says of the code that may act for one purpose: claims as in a policy. */
export const delegation = shape("delegation", {
  type: "object",
  properties: {
    type: { enum: ["add", "remove"] },
    policyType: { enum: [...policyTypes, null] },
    claims: writtenClaims,
  },
  required: ["type", "claims"],
});
