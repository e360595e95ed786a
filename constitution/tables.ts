/**
 * CCF's own tables that only governance needs. Those that the application reads too stand in `src/governance/tables.ts`.
 * Keys and values are what CCF reads there; PEM is kept as plain text, everything else as JSON, unless stated.
 */
import { json, single, table, text } from "../src/kit/tables.js";

/** Single value: the text of the constitution. */
export const constitution = table("public:ccf.gov.constitution", single, json<string>());

// Members; keys are the ids of their certificates.
export const memberCertificates = table("public:ccf.gov.members.certs", text, text);
/** Of those who hold a recovery share. */
export const memberEncryptionKeys = table("public:ccf.gov.members.encryption_public_keys", text, text);
/** The state digest that a member is expected to sign. */
export const memberAcks = table(
  "public:ccf.gov.members.acks",
  text,
  json<{ readonly state_digest: string }>(),
);
export const memberHistory = table("public:ccf.gov.history", text, text);

/** Single value: the last signature over the Merkle tree, with its root in hex. */
export const signature = table("public:ccf.internal.signatures", single, json<{ readonly root: string }>());

/** Single value. */
export interface ServiceConfig {
  readonly recovery_threshold: number;
  readonly maximum_node_certificate_validity_days?: number;
  readonly maximum_service_certificate_validity_days?: number;
  readonly reconfiguration_type?: "OneTransaction" | "TwoTransaction";
  readonly recent_cose_proposals_window_size?: number;
}
export const serviceConfig = table("public:ccf.gov.service.config", single, json<ServiceConfig>());

// Nodes; the key is the SHA-256 of the node's public key, in hex.
export interface NodeInfo {
  readonly status: "Pending" | "Trusted" | "Retired";
  readonly certificate_signing_request?: string;
  readonly ledger_secret_seqno?: number;
  readonly node_data?: unknown;
}
export const nodes = table("public:ccf.gov.nodes.info", text, json<NodeInfo>());
export const nodeCertificates = table("public:ccf.gov.nodes.endorsed_certificates", text, text);

// Which code may join as a node; keys are lower-case hex.
export const ALLOWED_TO_JOIN = "AllowedToJoin";
type CodeStatus = typeof ALLOWED_TO_JOIN;
/** SGX. */
export const nodeCode = table("public:ccf.gov.nodes.code_ids", text, json<CodeStatus>());
export const snpMeasurements = table("public:ccf.gov.nodes.snp.measurements", text, json<CodeStatus>());
/** Value: the text of the security policy of which the key is the digest, or "". */
export const snpHostData = table("public:ccf.gov.nodes.snp.host_data", text, json<string>());
/** Key: the DID of an endorser of utility VMs. Value: by feed. */
export const snpUvmEndorsements = table(
  "public:ccf.gov.nodes.snp.uvm_endorsements",
  text,
  json<Readonly<Record<string, { readonly svn: string }>>>(),
);
export const virtualMeasurements = table(
  "public:ccf.gov.nodes.virtual.measurements",
  text,
  json<CodeStatus>(),
);
/** A set: the value of every key is eight zero bytes. */
export const virtualHostData = table("public:ccf.gov.nodes.virtual.host_data", text, single);

// The application.
/** Key: "/" and the module's name. Value: its source. */
export const modules = table("public:ccf.gov.modules", text, text);
/** Key: method, a space, and the path. */
export const endpoints = table("public:ccf.gov.endpoints", text, json<object>());
export const bytecode = table("public:ccf.gov.modules_quickjs_bytecode", text, text);
export const bytecodeVersion = table("public:ccf.gov.modules_quickjs_version", single, text);
/** Single value: written to make nodes drop the interpreters they keep. */
export const interpreterFlush = table("public:ccf.gov.interpreter.flush", single, json<boolean>());
export const runtimeOptions = table("public:ccf.gov.js_runtime_options", single, json<object>());

// Tokens.
export const caCertBundles = table("public:ccf.gov.tls.ca_cert_bundles", text, json<string>());
export interface JwtIssuer {
  readonly issuer: string;
  readonly auto_refresh?: boolean;
  readonly ca_cert_bundle_name?: string;
}
export const jwtIssuers = table("public:ccf.gov.jwt.issuers", text, json<JwtIssuer>());
/** As CCF kept keys before version 5. */
export const legacyJwtTables = [
  table("public:ccf.gov.jwt.public_signing_keys", text, text),
  table("public:ccf.gov.jwt.public_signing_keys_metadata", text, text),
  table("public:ccf.gov.jwt.public_signing_key_issuer", text, text),
] as const;
