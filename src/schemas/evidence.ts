import { shape } from "./shape.js";

// What is said to be bytes here is base64 in JSON and a byte string in CBOR; which it is, `evidenceBytes` looks at.

/** What a container on AMD SEV-SNP presents. */
export const snpCaciEvidence = shape("snpCaciEvidence", {
  type: "object",
  properties: {
    /** Bytes: the report, 1184 of them. */
    evidence: {},
    /** Bytes: a PEM bundle of VCEK, ASK and ARK. */
    endorsements: {},
    /** Bytes: COSE_Sign1. */
    uvm_endorsements: {},
    /** Hex of 8 bytes. */
    endorsed_tcb: { type: ["string", "null"], maxLength: 64 },
  },
  required: ["evidence"],
});

/** What a confidential VM with a vTPM presents. */
export const snpCvmEvidence = shape("snpCvmEvidence", {
  type: "object",
  properties: {
    evidence: {
      type: "object",
      properties: {
        /** Bytes: TPM2B_ATTEST and TPMT_SIGNATURE. */
        tpmQuote: {},
        /** Bytes: what is in the vTPM's NV index 0x01400001. */
        hclReport: {},
        /** Bytes: the SEV-SNP report, 1184 of them. */
        snpReport: {},
        /** Bytes: DER certificate of the vTPM's attestation key, filled up with zeros. */
        aikCert: {},
        /** By decimal index, bytes: the value in the SHA-256 bank. */
        pcrs: { type: "object", additionalProperties: {} },
      },
      required: ["tpmQuote", "hclReport", "snpReport", "pcrs"],
    },
    /** Bytes, or a text that is no base64: what the quote was asked for with. */
    nonce: {},
    /** Text: a PEM bundle of VCEK, ASK and ARK, in any order. */
    platformCertificates: { type: "string" },
    /** Milan, Genoa or Turin. */
    product: { type: ["string", "null"], maxLength: 16 },
  },
  required: ["evidence", "nonce", "platformCertificates"],
});

/** What the firmware of a confidential VM says about its vTPM and the VM. */
export const hclRuntimeClaims = shape("hclRuntimeClaims", {
  type: "object",
  properties: {
    keys: {
      type: "array",
      items: {
        type: "object",
        /** JWK. */
        properties: {
          kid: { type: "string" },
          kty: { type: "string" },
          n: { type: "string" },
          e: { type: "string" },
        },
      },
    },
    "vm-configuration": {
      type: "object",
      properties: {
        "secure-boot": { type: "boolean" },
        "tpm-enabled": { type: "boolean" },
        vmUniqueId: { type: "string" },
      },
    },
    /** Hex of 64 bytes, in upper case. */
    "user-data": { type: "string" },
  },
});

/** A statement signed by a registered key. */
export const virtualEvidence = shape("virtualEvidence", {
  type: "object",
  properties: {
    /** Bytes: the statement's JSON text. */
    statement: {},
    /** Bytes: an ECDSA P-256 signature over that text, IEEE P1363. */
    signature: {},
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
