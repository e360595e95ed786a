import { jsonTable, jsonValue, textTable } from "../../kv/typed.js";
import type { Transaction } from "../../kv/store.js";

/*
 * The tables of governance that the node itself reads or writes. Most are written by the constitution as well, which
 * the members vouch for; what it writes in another form fails where it is read.
 *
 * Fields are listed in alphabetical order, here and wherever one of these values is made: CCF writes JSON that way, and
 * so the ledger has the same bytes.
 */

/** The same value with the fields of all its objects in alphabetical order, and without those that are null at the top. */
export function sortFields<T extends object>(value: T): T {
  const present = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return sorted(Object.fromEntries(present)) as T;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}

export type ServiceStatus = "Opening" | "Open" | "Recovering" | "WaitingForRecoveryShares";

export interface ServiceInfo {
  /** PEM */
  cert: string;
  current_service_create_txid?: string;
  /** sequence number at which the service before the last recovery was created */
  previous_service_identity_version?: number;
  recovery_count?: number;
  service_data?: unknown;
  status: ServiceStatus;
}

export const serviceInfo = (tx: Transaction) => jsonValue<ServiceInfo>(tx, "public:ccf.gov.service.info");

export interface ServiceConfiguration {
  maximum_node_certificate_validity_days?: number;
  maximum_service_certificate_validity_days?: number;
  recent_cose_proposals_window_size?: number;
  recovery_threshold: number;
}

export const serviceConfiguration = (tx: Transaction) =>
  jsonValue<ServiceConfiguration>(tx, "public:ccf.gov.service.config");

/** The JavaScript text of the constitution. */
export const constitution = (tx: Transaction) => jsonValue<string>(tx, "public:ccf.gov.constitution");

// --- members and users, by identifier: SHA-256 of the certificate, 64 hex characters ---

export interface MemberDetails {
  member_data?: unknown;
  recovery_role?: string;
  status: "Accepted" | "Active";
}

export const members = (tx: Transaction) => jsonTable<MemberDetails>(tx, "public:ccf.gov.members.info");

/** PEM */
export const memberCertificates = (tx: Transaction) => textTable(tx, "public:ccf.gov.members.certs");

/** PEM; members without one take no part in recovery. */
export const memberEncryptionKeys = (tx: Transaction) =>
  textTable(tx, "public:ccf.gov.members.encryption_public_keys");

export interface MemberAck {
  /** base64 of the signed acknowledgement */
  cose_sign1_req?: string;
  /** root that the member is to acknowledge, hex; empty before the first signature */
  state_digest: string;
}

export const memberAcks = (tx: Transaction) => jsonTable<MemberAck>(tx, "public:ccf.gov.members.acks");

/** PEM */
export const userCertificates = (tx: Transaction) => textTable(tx, "public:ccf.gov.users.certs");

export interface UserDetails {
  user_data: unknown;
}

export const users = (tx: Transaction) => jsonTable<UserDetails>(tx, "public:ccf.gov.users.info");

// --- proposals, by identifier: 64 hex characters ---

export type ProposalState = "Open" | "Accepted" | "Withdrawn" | "Rejected" | "Failed" | "Dropped";

/** Why a ballot, or the proposal itself, could not be carried out. */
export interface Failure {
  reason: string;
  trace?: string;
}

export interface ProposalInfo {
  /** by member, the text of a JavaScript module */
  ballots: Record<string, string>;
  /** by member; only once the proposal is decided */
  final_votes?: Record<string, boolean>;
  proposer_id: string;
  state: ProposalState;
  /** by member; only once the proposal is decided */
  vote_failures?: Record<string, Failure>;
}

export const proposalInfos = (tx: Transaction) =>
  jsonTable<ProposalInfo>(tx, "public:ccf.gov.proposals_info");

/** The proposals as they were signed, byte for byte. */
export const proposals = (tx: Transaction) => tx.table("public:ccf.gov.proposals");

/** By creation time and digest of the signature, the proposals that cannot be sent again. */
export const recentProposals = (tx: Transaction) =>
  jsonTable<string>(tx, "public:ccf.gov.cose_recent_proposals");

/** By member, base64 of the last signed message that had an effect. */
export const signedMessages = (tx: Transaction) => jsonTable<string>(tx, "public:ccf.gov.cose_history");

// --- the application ---

/** By method and path template, such as `GET /records/{key}`, what `set_js_app` was given. */
export const endpoints = (tx: Transaction) =>
  jsonTable<Record<string, unknown>>(tx, "public:ccf.gov.endpoints");

/** By absolute name, such as `/records.js`. */
export const modules = (tx: Transaction) => textTable(tx, "public:ccf.gov.modules");

// --- tokens ---

export interface JwtIssuer {
  auto_refresh?: boolean;
  ca_cert_bundle_name?: string;
}

export const jwtIssuers = (tx: Transaction) => jsonTable<JwtIssuer>(tx, "public:ccf.gov.jwt.issuers");

export interface JwtSigningKey {
  /** the only issuer in tokens that the key is good for */
  constraint?: string;
  issuer: string;
  /** base64 of a SubjectPublicKeyInfo, DER */
  public_key: string;
}

/** By key id. */
export const jwtSigningKeys = (tx: Transaction) =>
  jsonTable<JwtSigningKey[]>(tx, "public:ccf.gov.jwt.public_signing_keys_metadata_v2");

/** By name, certificates in PEM. */
export const caCertificateBundles = (tx: Transaction) =>
  jsonTable<string>(tx, "public:ccf.gov.tls.ca_cert_bundles");

// --- nodes, by identifier: SHA-256 of the public key, 64 hex characters ---

export interface RpcInterface {
  app_protocol?: string;
  bind_address: string;
  max_open_sessions_hard?: number;
  max_open_sessions_soft?: number;
  published_address: string;
}

export interface QuoteInfo {
  endorsed_tcb?: string;
  endorsements: string;
  format: "Insecure_Virtual" | "AMD_SEV_SNP_v1" | "OE_SGX_v1";
  /** base64 */
  quote: string;
  /** base64 */
  uvm_endorsements?: string;
}

export interface NodeInfo {
  certificate_signing_request?: string;
  code_digest?: string;
  encryption_pub_key: string;
  node_data?: unknown;
  node_to_node_interface: { bind_address: string; published_address: string };
  nodehost: string;
  nodeport: string;
  pubhost: string;
  public_key?: string;
  pubport: string;
  quote_info: QuoteInfo;
  retired_committed?: boolean;
  rpc_interfaces: Record<string, RpcInterface>;
  rpchost: string;
  rpcport: string;
  status: "Pending" | "Trusted" | "Retired";
}

export const nodes = (tx: Transaction) => jsonTable<NodeInfo>(tx, "public:ccf.gov.nodes.info");

/** PEM, issued by the service. */
export const nodeCertificates = (tx: Transaction) =>
  textTable(tx, "public:ccf.gov.nodes.endorsed_certificates");

// --- which code may join, by measurement or host data ---

/** `AllowedToJoin`, the only status there is. */
type CodeStatus = string;

export const sgxMeasurements = (tx: Transaction) =>
  jsonTable<CodeStatus>(tx, "public:ccf.gov.nodes.code_ids");
export const virtualMeasurements = (tx: Transaction) =>
  jsonTable<CodeStatus>(tx, "public:ccf.gov.nodes.virtual.measurements");
export const snpMeasurements = (tx: Transaction) =>
  jsonTable<CodeStatus>(tx, "public:ccf.gov.nodes.snp.measurements");

/** A set: its values say nothing. */
export const virtualHostData = (tx: Transaction) => tx.table("public:ccf.gov.nodes.virtual.host_data");

/** By host data, the security policy it is the digest of. */
export const snpHostData = (tx: Transaction) => jsonTable<string>(tx, "public:ccf.gov.nodes.snp.host_data");

/** By issuer (did:x509) and feed. */
export const snpUvmEndorsements = (tx: Transaction) =>
  jsonTable<Record<string, { svn: string }>>(tx, "public:ccf.gov.nodes.snp.uvm_endorsements");

/** By CPUID of the processor model. */
export const snpTcbVersions = (tx: Transaction) =>
  jsonTable<Record<string, unknown>>(tx, "public:ccf.gov.nodes.snp.tcb_versions");

// --- what only the node writes ---

export interface Signature {
  /** Merkle root, hex */
  root: string;
  /** sequence number of the signature itself */
  seqno: number;
}

/** The last signature; written by the ledger. */
export const signatures = (tx: Transaction) => jsonValue<Signature>(tx, "public:ccf.internal.signatures");

export interface RecoveryShares {
  /** by member, base64 */
  encrypted_shares: Record<string, string>;
  /** sequence number at which the secret before was recorded */
  previous_secret_stored_version?: number;
  /** base64 */
  wrapped_latest_ledger_secret: string;
}

export const recoveryShares = (tx: Transaction) =>
  jsonValue<RecoveryShares>(tx, "public:ccf.internal.recovery_shares");

export interface PastLedgerSecret {
  /** from where on the secret is used that comes with this record */
  next_version?: number;
  previous_ledger_secret?: {
    /** base64 */
    encrypted_data: string;
    previous_secret_stored_version?: number;
    /** from where on the encrypted secret was used */
    version: number;
  };
}

export const pastLedgerSecret = (tx: Transaction) =>
  jsonValue<PastLedgerSecret>(tx, "public:ccf.internal.historical_encrypted_ledger_secret");

export interface SealedLedgerSecret {
  /** base64 */
  encrypted_secret: string;
  /** stated on recovery only */
  version: null;
}

/** By node, the new ledger secret for each of them. */
export const ledgerSecretsForNodes = (tx: Transaction) =>
  jsonValue<Record<string, SealedLedgerSecret[]>>(tx, "public:ccf.internal.encrypted_ledger_secrets");

export interface IdentityEndorsement {
  /** base64 of a COSE_Sign1 */
  endorsement: string;
  /** transaction in which the endorsed service was created */
  endorsement_epoch_begin: string;
  /** base64 of a SubjectPublicKeyInfo, DER */
  endorsing_key: string;
}

export const identityEndorsement = (tx: Transaction) =>
  jsonValue<IdentityEndorsement>(tx, "public:ccf.internal.previous_service_identity_endorsement");
