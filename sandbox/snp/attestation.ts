import type { Attestation } from "../ccf/configuration.js";

/**
 * Where a confidential container on Azure Container Instances finds what proves its hardware. The platform mounts the folder
 * and sets both variables; a node expands them where a whole path segment, host or port is one.
 *
 * The chip's certificates in the folder are used as long as they are for its present firmware. After an update of the
 * firmware they are fetched: from the host, or from Azure's cache of AMD's certificates.
 */
export const azureAttestation: Attestation = {
  snp_security_policy_file: "$UVM_SECURITY_CONTEXT_DIR/security-policy-base64",
  snp_uvm_endorsements_file: "$UVM_SECURITY_CONTEXT_DIR/reference-info-base64",
  snp_endorsements_file: "$UVM_SECURITY_CONTEXT_DIR/host-amd-cert-base64",
  snp_endorsements_servers: [
    { type: "THIM", url: "$Fabric_NodeIPOrFQDN:2377" },
    { type: "Azure", url: "global.acccache.azure.net" },
  ],
};
