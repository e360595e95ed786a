import { shape } from "./shape.js";

/** What a container on AMD SEV-SNP presents. Members in base64 except the last. */
export const snpCaciEvidence = shape("snpCaciEvidence", {
  type: "object",
  properties: {
    /** The report, 1184 bytes. */
    evidence: { type: "string" },
    /** PEM bundle of VCEK, ASK and ARK. */
    endorsements: { type: "string" },
    /** COSE_Sign1. */
    uvm_endorsements: { type: ["string", "null"] },
    /** Hex of 8 bytes. */
    endorsed_tcb: { type: ["string", "null"], maxLength: 64 },
  },
  required: ["evidence"],
});

/** A statement signed by a registered key. */
export const virtualEvidence = shape("virtualEvidence", {
  type: "object",
  properties: {
    /** Base64 of the statement's JSON text. */
    statement: { type: "string" },
    /** Base64 of an ECDSA P-256 signature over the bytes of that text, IEEE P1363. */
    signature: { type: "string" },
    /** SHA-256 of the key's DER SubjectPublicKeyInfo, lower-case hex. */
    keyId: { type: "string", maxLength: 64 },
  },
  required: ["statement", "signature", "keyId"],
});

/** What a registered key states. Unknown claims are refused, because nobody could have meant them for this service. */
export const virtualStatement = shape("virtualStatement", {
  type: "object",
  properties: {
    claims: {
      type: "object",
      properties: {
        "virtual-measurement": { type: "string", pattern: "^[0-9a-f]+$" },
        "virtual-hostdata": { type: "string", pattern: "^[0-9a-f]{64}$" },
        "virtual-svn": { type: "integer", minimum: 0 },
        "virtual-is-debuggable": { type: "boolean" },
      },
      required: ["virtual-is-debuggable"],
      additionalProperties: false,
    },
    reportData: { type: "string", pattern: "^[0-9a-f]{128}$" },
  },
  required: ["claims", "reportData"],
  additionalProperties: false,
});
