import type { Evidence } from "./attested.js";

/** Which fields of evidence are base64; those that are not named here are text, and stay as they are. */
interface Fields {
  readonly [name: string]: "base64" | Fields;
}

/** Stands for the fields of any name. */
const ANY = "*";

const FIELDS: Readonly<Record<Evidence["platform"], Fields>> = {
  "snp-caci": { evidence: "base64", endorsements: "base64", uvm_endorsements: "base64" },
  "snp-cvm": {
    evidence: {
      tpmQuote: "base64",
      hclReport: "base64",
      snpReport: "base64",
      aikCert: "base64",
      pcrs: { [ANY]: "base64" },
    },
    nonce: "base64",
  },
  virtual: { statement: "base64", signature: "base64" },
};

/** Evidence with byte strings where JSON has base64: a service then has nothing to decode. */
export function binaryEvidence({ platform, attestation }: Evidence): unknown {
  return binary(attestation, FIELDS[platform]);
}

function binary(value: unknown, form: "base64" | Fields | undefined): unknown {
  if (form === "base64")
    return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
  if (form === undefined || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, binary(member, formOf(name, form))]),
  );
}

function formOf(name: string, fields: Fields): Fields[string] | undefined {
  return fields[Object.hasOwn(fields, name) ? name : ANY];
}
