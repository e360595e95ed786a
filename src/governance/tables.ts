/**
 * Every table of the service: its name, key, value, and who writes it.
 *
 * CCF lets the application only read `public:ccf.gov.*`, which votes of the members write, and lets governance write but
 * never read the application's own public tables. Tables without `public:` are encrypted on the ledger.
 * Parts of a composite key are joined by `/`, which no id contains.
 */
import { bytes, json, table, tablesPer, text } from "../kit/tables.js";
import type { Policy } from "../policy/policy.js";

// What CCF itself keeps.

/** Key: member id. Value as CCF writes it. */
export interface MemberInfo {
  readonly status: "Accepted" | "Active";
  readonly member_data?: unknown;
  readonly recovery_role?: "NonParticipant" | "Participant" | "Owner";
}
export const members = table("public:ccf.gov.members.info", text, json<MemberInfo>());

/** Key: user id. */
export interface UserInfo {
  readonly user_data?: unknown;
}
export const users = table("public:ccf.gov.users.info", text, json<UserInfo>());

/** Key: proposal id. */
export interface ProposalInfo {
  readonly state: string;
  readonly proposer_id: string;
  readonly ballots?: Readonly<Record<string, string>>;
  readonly final_votes?: Readonly<Record<string, boolean>>;
}
export const proposalsInfo = table("public:ccf.gov.proposals_info", text, json<ProposalInfo>());

/** Key: proposal id. Value: the proposal as its proposer signed it; arguments were validated when it was submitted. */
export interface Proposal {
  readonly actions: readonly {
    readonly name: string;
    readonly args?: Readonly<Record<string, unknown>> | null;
  }[];
}
export const proposals = table("public:ccf.gov.proposals", text, json<Proposal>());

/** Parts of the firmware of an SNP processor that have versions (`fmc`: Turin only). */
export const TCB_PARTS = ["microcode", "snp", "tee", "boot_loader", "fmc"] as const;

/** Key: CPUID of a processor model, lower-case hex. Least versions of its firmware that the members accept. */
export interface MinimumTcb {
  readonly hexstring?: string;
  readonly boot_loader?: number;
  readonly tee?: number;
  readonly snp?: number;
  readonly microcode?: number;
  readonly fmc?: number;
}
export const minimumTcbVersions = table("public:ccf.gov.nodes.snp.tcb_versions", text, json<MinimumTcb>());

// What votes of the members write.

/** Key: contract id. */
export interface AcceptedContract {
  readonly data: unknown;
  readonly proposalId: string;
  readonly finalVotes: Readonly<Record<string, boolean>>;
}
export const acceptedContracts = table("public:ccf.gov.accepted_contracts", text, json<AcceptedContract>());

/** Key: contract id. */
export const cleanRoomPolicies = table("public:ccf.gov.clean_room_policies", text, json<Policy>());

/** Key: name of an option of the whole service. */
export type OptionStatus = "enabled" | "disabled";
export const serviceOptions = table(
  "public:ccf.gov.cgs_runtime_options",
  text,
  json<{ readonly status: OptionStatus }>(),
);

/** Key: SHA-256 of the key's DER SubjectPublicKeyInfo, lower-case hex. Whose statements count as `virtual` evidence. */
export const virtualAttestationKeys = table(
  "public:ccf.gov.virtual_attestation_keys",
  text,
  json<{ readonly publicKey: string }>(),
);

/** Key: object id (`oid`) of a person or service principal. */
export interface UserIdentity {
  readonly accountType: string;
  readonly data: { readonly tenantId: string; readonly identifier?: string };
}
export const userIdentities = table("public:ccf.gov.user_identities", text, json<UserIdentity>());

// What members, users and clean rooms write through the application.

/** Drafts. Key: contract id. */
export interface ContractDraft {
  readonly data: unknown;
}
export const contracts = table("public:contracts", text, json<ContractDraft>());

/** Key: contract id. Value: by member id; who says nothing has it enabled. */
export type ExecutionSwitches = Readonly<Record<string, OptionStatus>>;
export const executionSwitches = table("public:contracts_execution_status", text, json<ExecutionSwitches>());

/** Key: contract id. The acceptance that a member had stated on the ledger. */
export const acceptances = table("public:contract_acceptances", text, json<{ readonly version: string }>());

/** Rows of all events. Key: contract id, scope, event id, number. */
export interface StoredEvent {
  /** Milliseconds since 1970, 13 digits. */
  readonly timestamp: string;
  readonly data: unknown;
}
export const eventRows = table("public:events", text, json<StoredEvent>());
/** How many rows there are. Key: contract id, scope, event id. */
export const eventCounts = table("public:events.count", text, json<number>());

/** Rows of all release records. Key: contract id, number. */
export interface ReleaseRecord {
  readonly contractId: string;
  /** Counts the releases of the contract from 1, without gaps. */
  readonly release: number;
  readonly item: { readonly kind: "secret"; readonly id: string; readonly version: number };
  /** Version of the accepted contract, as the API gives it. */
  readonly contractVersion: string;
  /** SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of the contract's data, and of its policy. */
  readonly contractDigest: string;
  readonly policyDigest: string;
  readonly platform: string;
  /** SHA-256, lower-case hex, of the evidence as it was sent. */
  readonly evidenceDigest: string;
  /** Which alternative of the policy matched, from 0, and the claims that it names as they were presented. */
  readonly alternative: number;
  readonly claims: Readonly<Record<string, string | number | boolean>>;
  /** SHA-256, lower-case hex, of the PEM text of the key to which the answer was wrapped. */
  readonly recipientKeyDigest: string;
}
export const releaseRows = table("public:releases", text, json<ReleaseRecord>());
/** How many rows there are. Key: contract id. */
export const releaseCounts = table("public:releases.count", text, json<number>());

/** The secrets of one contract: who owns which. Key: secret id. */
export interface SecretEntry {
  /** Kind and id of the caller who stored it first; only the same may overwrite or delete it. */
  readonly owner: string;
}
export const secrets = tablesPer("secrets/", text, json<SecretEntry>());

/** Versions of all secrets. Key: contract id, secret id, number. UTF-8 of the value. */
export const secretRows = table("secret_versions", text, bytes);
/** How many versions there were; also counts those of deleted secrets, so that a number never means two values. */
export const secretCounts = table("secret_versions.count", text, json<number>());

/**
 * Signatures of requests that were carried out, by their SHA-256 in hex, so that none is carried out twice. It only grows:
 * what is signed carries no time after which it could be forgotten.
 */
export const usedSignatures = table("public:used_signatures", text, text);
