/** What a CCF node puts into the global scope of an application and of a constitution. */
declare const ccf: import("@microsoft/ccf-app/global.js").CCF;

/** Only in applications: checks AMD SEV-SNP evidence in the node. */
declare const snp_attestation: import("@microsoft/ccf-app/global.js").SnpAttestation;
