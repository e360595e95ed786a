/** What CCF itself keeps, as CCF writes it. */
import { json, single, table, text } from "../../kit/tables.js";

/** Key: member id. Value as CCF writes it. */
export interface MemberInfo {
  readonly status: "Accepted" | "Active";
  readonly member_data?: unknown;
  readonly recovery_role?: "NonParticipant" | "Participant" | "Owner";
}
export const members = table("public:ccf.gov.members.info", text, json<MemberInfo>());

/** Key: user id. Value: PEM. Every user by certificate has one. */
export const userCertificates = table("public:ccf.gov.users.certs", text, text);

/** Key: user id; only of users with data. */
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

/** Single value. */
export interface ServiceInfo {
  /** PEM. */
  readonly cert: string;
  readonly status: "Opening" | "Open" | "WaitingForRecoveryShares" | "Recovering";
}
export const serviceInfo = table("public:ccf.gov.service.info", single, json<ServiceInfo>());

/** Key: key id (`kid`). Value: the keys of that id, one per issuer that the members registered. */
export interface JwtSigningKey {
  readonly issuer: string;
  /** The only issuer whose tokens the key verifies; CCF compares it. */
  readonly constraint?: string;
}
export const jwtSigningKeys = table(
  "public:ccf.gov.jwt.public_signing_keys_metadata_v2",
  text,
  json<readonly JwtSigningKey[]>(),
);
