/**
 * The claims that evidence of each platform yields, and so the only names that a policy may use. A name that no evidence
 * ever yields could never match, therefore it is refused before anybody votes on it.
 */

import type { policyTypes } from "../schemas/policies.js";

/** What kind of evidence a policy speaks about. */
export type PolicyType = (typeof policyTypes)[number];

/** The type of a claim's value; hex strings are lower case. */
export type ClaimType = "string" | "number" | "boolean";

/** What evidence proved, by claim name. */
export type PresentedClaims = Readonly<Record<string, string | number | boolean>>;

/** Claims of an SEV-SNP report. */
const snpReport: Record<string, ClaimType> = {
  "x-ms-ver": "string",
  "x-ms-sevsnpvm-guestsvn": "number",
  "x-ms-sevsnpvm-smt-allowed": "boolean",
  "x-ms-sevsnpvm-is-debuggable": "boolean",
  "x-ms-sevsnpvm-familyId": "string",
  "x-ms-sevsnpvm-imageId": "string",
  "x-ms-sevsnpvm-vmpl": "number",
  "x-ms-sevsnpvm-launchmeasurement": "string",
  "x-ms-sevsnpvm-hostdata": "string",
  "x-ms-sevsnpvm-idkeydigest": "string",
  "x-ms-sevsnpvm-authorkeydigest": "string",
  "x-ms-sevsnpvm-reportid": "string",
};

/** And of the endorsement of the utility VM (UVM) in which the container runs. */
const snpCaci: Record<string, ClaimType> = {
  ...snpReport,
  "x-ms-sevsnpvm-reportdata": "string",
  "uvm_endorsements-did": "string",
  "uvm_endorsements-feed": "string",
  "uvm_endorsements-svn": "string",
};

/** How many PCRs a vTPM has. */
export const PCRS = 24;

/**
 * `pcr0` to `pcr23`: base64 of the SHA-256 PCR of a vTPM, with padding. The report is the one that vouches for the vTPM: its
 * measurement is that of the firmware. The configuration is what this firmware says about the VM. Whether the quote, too, was made
 * for the key (its nonce is the key's digest) is ours to see.
 */
const snpCvm: Record<string, ClaimType> = {
  ...Object.fromEntries(Array.from({ length: PCRS }, (_, index) => [`pcr${index}`, "string" as const])),
  ...snpReport,
  "vm-configuration-secure-boot": "boolean",
  "vm-configuration-tpm-enabled": "boolean",
  "vm-configuration-vmUniqueId": "string",
  "nonce-binds-key": "boolean",
};

const jwt: Record<string, ClaimType> = {
  oid: "string",
  appid: "string",
  tid: "string",
  sub: "string",
  iss: "string",
};

/** Claims of a statement signed by a key that the members voted in. */
const virtual: Record<string, ClaimType> = {
  "virtual-measurement": "string",
  "virtual-hostdata": "string",
  "virtual-svn": "number",
  "virtual-is-debuggable": "boolean",
};

export const claimsByPlatform = {
  "snp-caci": snpCaci,
  "snp-cvm": snpCvm,
  jwt,
  virtual,
} as const satisfies Record<PolicyType, Readonly<Record<string, ClaimType>>>;

/**
 * Written into an alternative of an snp-caci policy as `"allow-unendorsed": [true]`, it accepts evidence that brings no
 * endorsement of its utility VM. Not a claim of any evidence but a decision of the members.
 */
export const allowUnendorsed = "allow-unendorsed";

/** The type of the values that a policy of this kind may give for a claim; undefined when it may not name the claim. */
export function typeOfClaim(policyType: PolicyType, claim: string): ClaimType | undefined {
  if (policyType === "snp-caci" && claim === allowUnendorsed) return "boolean";
  const types: Readonly<Record<string, ClaimType>> = claimsByPlatform[policyType];
  return Object.hasOwn(types, claim) ? types[claim] : undefined;
}
