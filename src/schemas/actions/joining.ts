import { shape } from "./interpreted.js";
import { anyText, cpuid, digest, snpMeasurement, text } from "./parts.js";

export const nodeCode = shape("node code", {
  type: "object",
  properties: { code_id: digest },
  required: ["code_id"],
  additionalProperties: false,
});

export const snpMeasurementOnly = shape("SNP measurement", {
  type: "object",
  properties: { measurement: snpMeasurement },
  required: ["measurement"],
  additionalProperties: false,
});

export const virtualMeasurement = shape("virtual measurement", {
  type: "object",
  properties: { measurement: text },
  required: ["measurement"],
  additionalProperties: false,
});

export const addSnpHostData = shape("add_snp_host_data", {
  type: "object",
  properties: { host_data: digest, security_policy: anyText },
  required: ["host_data", "security_policy"],
  additionalProperties: false,
});

export const hostData = shape("host data", {
  type: "object",
  properties: { host_data: digest },
  required: ["host_data"],
  additionalProperties: false,
});

export const addSnpUvmEndorsement = shape("add_snp_uvm_endorsement", {
  type: "object",
  properties: {
    did: { type: "string", pattern: "^did:x509:" },
    feed: text,
    /** CCF compares it as a number and keeps it as text. */
    svn: { type: "string", pattern: "^[0-9]{1,9}$" },
  },
  required: ["did", "feed", "svn"],
  additionalProperties: false,
});

export const snpUvmEndorsement = shape("remove_snp_uvm_endorsement", {
  type: "object",
  properties: { did: text, feed: text },
  required: ["did", "feed"],
  additionalProperties: false,
});

export const setSnpMinimumTcbVersion = shape("set_snp_minimum_tcb_version", {
  type: "object",
  properties: {
    cpuid,
    tcb_version: {
      type: "object",
      properties: {
        hexstring: { type: "string", pattern: "^[0-9a-f]{16}$" },
        boot_loader: { type: "integer", minimum: 0, maximum: 255 },
        tee: { type: "integer", minimum: 0, maximum: 255 },
        snp: { type: "integer", minimum: 0, maximum: 255 },
        microcode: { type: "integer", minimum: 0, maximum: 255 },
        fmc: { type: "integer", minimum: 0, maximum: 255 },
      },
      required: ["boot_loader", "tee", "snp", "microcode"],
      additionalProperties: false,
    },
  },
  required: ["cpuid", "tcb_version"],
  additionalProperties: false,
});

export const setSnpMinimumTcbVersionHex = shape("set_snp_minimum_tcb_version_hex", {
  type: "object",
  properties: { cpuid, tcb_version: { type: "string", pattern: "^[0-9a-f]{16}$" } },
  required: ["cpuid", "tcb_version"],
  additionalProperties: false,
});

export const snpMinimumTcbVersion = shape("remove_snp_minimum_tcb_version", {
  type: "object",
  properties: { cpuid },
  required: ["cpuid"],
  additionalProperties: false,
});
