import { randomUUID } from "node:crypto";
import * as answers from "./answers.js";
import type { Approver, MemberDocument, UserDocument, UserProposal, UserProposalStatus } from "./answers.js";
import type { Client } from "./client.js";
import type { Action } from "./governance.js";
import { query, segment } from "./path.js";

const below = (contractId: string, kind: "memberdocuments" | "userdocuments"): string =>
  `/app/contracts/${segment(contractId)}/${kind}`;

/** Ids of a contract's documents of members. */
export async function listMemberDocuments(client: Client, contractId: string): Promise<readonly string[]> {
  const answer = await client.get(below(contractId, "memberdocuments"));
  return answer.as(answers.memberDocuments).map(({ id }) => id);
}

/** Ids of a contract's documents of users, or of those that have all of some labels. */
export async function listUserDocuments(
  client: Client,
  contractId: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const labelSelector = Object.entries(labels)
    .map((label) => label.join(":"))
    .join(",");
  const answer = await client.get(
    `${below(contractId, "userdocuments")}${query({ labelSelector: labelSelector || undefined })}`,
  );
  return answer.as(answers.userDocuments).value.map(({ id }) => id);
}

/** What a member does with one document of members. Writes return their transaction, `<view>.<seqno>`. */
export class MemberDocumentClient {
  readonly id: string;
  readonly contractId: string;
  readonly #client: Client;
  readonly #path: string;

  constructor(client: Client, contractId: string, documentId: string) {
    this.id = documentId;
    this.contractId = contractId;
    this.#client = client;
    this.#path = `${below(contractId, "memberdocuments")}/${segment(documentId)}`;
  }

  /** @throws {ServiceError} `DocumentNotFound` */
  async read(): Promise<MemberDocument> {
    return (await this.#client.post(this.#path)).as(answers.memberDocument);
  }

  /**
   * Writes the draft.
   *
   * @param version of the draft that it replaces, if there is one
   * @throws {ServiceError} `PreconditionFailed` if somebody else has changed the draft since, `DocumentAlreadyAccepted`
   */
  async draft(data: unknown, version?: string): Promise<string> {
    const body = { contractId: this.contractId, data, version };
    return (await this.#client.put(this.#path, body)).writtenTxId;
  }

  /** What a proposal does that accepts the document just as it was read. */
  acceptance(read: MemberDocument): Action {
    return { name: "set_member_document", args: { documentId: this.id, document: read } };
  }
}

/** What a draft of users says besides its data. */
export interface UserDraft {
  /** Of the draft that is replaced, if there is one. */
  readonly version?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Who has to approve; without, whoever proposes the document says who. */
  readonly approvers?: readonly Approver[];
}

/** What a member or user does with one document of users. Writes return their transaction, `<view>.<seqno>`. */
export class UserDocumentClient {
  readonly id: string;
  readonly contractId: string;
  readonly #client: Client;
  readonly #path: string;

  constructor(client: Client, contractId: string, documentId: string) {
    this.id = documentId;
    this.contractId = contractId;
    this.#client = client;
    this.#path = `${below(contractId, "userdocuments")}/${segment(documentId)}`;
  }

  /** @throws {ServiceError} `UserDocumentNotFound` */
  async read(): Promise<UserDocument> {
    return (await this.#client.post(this.#path)).as(answers.userDocument);
  }

  /** Writes the draft. @throws {ServiceError} `PreconditionFailed`, `UserDocumentAlreadyAccepted` */
  async draft(data: unknown, draft: UserDraft = {}): Promise<string> {
    const body = { contractId: this.contractId, data, ...draft };
    return (await this.#client.put(this.#path, body)).writtenTxId;
  }

  /**
   * Proposes the document just as it was read.
   *
   * @returns the id of the proposal, under which the approvers find it with {@link UserProposalClient}
   * @throws {ServiceError} `UserDocumentAlreadyProposed`, `InvalidApprovers`
   */
  async propose(read: UserDocument, approvers = read.approvers ?? []): Promise<string> {
    const args = { documentId: this.id, document: read };
    const proposalId = randomUUID().replaceAll("-", "");
    await this.#client.put(proposalPath(proposalId), { name: "set_user_document", approvers, args });
    return proposalId;
  }

  /** This approver's own consent to what is done with the accepted document. */
  async setOption(option: "execution" | "telemetry", consent: "enable" | "disable"): Promise<string> {
    return (await this.#client.post(`${this.#path}/runtimeoptions/${option}/${consent}`)).writtenTxId;
  }

  async optionStatus(option: "execution" | "telemetry"): Promise<answers.OptionStatus> {
    return (await this.#client.post(`${this.#path}/runtimeoptions/${option}/status`)).as(
      answers.optionStatus,
    );
  }
}

const proposalPath = (proposalId: string): string => `/app/users/proposals/${segment(proposalId)}`;

/** What approvers and the proposer do with one proposal. */
export class UserProposalClient {
  readonly id: string;
  readonly #client: Client;
  readonly #path: string;

  constructor(client: Client, proposalId: string) {
    this.id = proposalId;
    this.#client = client;
    this.#path = proposalPath(proposalId);
  }

  /** What is proposed. @throws {ServiceError} `ProposalNotFound` */
  async read(): Promise<UserProposal> {
    return (await this.#client.post(this.#path)).as(answers.userProposal);
  }

  async status(): Promise<UserProposalStatus> {
    return (await this.#client.post(`${this.#path}/status`)).as(answers.userProposalStatus);
  }

  /** @throws {ServiceError} `NotProposalApprover`, `BallotAlreadySubmitted`, `ProposalNotOpen` */
  async vote(ballot: "accepted" | "rejected"): Promise<UserProposalStatus> {
    return (await this.#client.post(`${this.#path}/ballots/submit`, { ballot })).as(
      answers.userProposalStatus,
    );
  }

  /** @throws {ServiceError} `NotProposalOwner`, `ProposalNotOpen` */
  async withdraw(): Promise<UserProposalStatus> {
    return (await this.#client.post(`${this.#path}/withdraw`)).as(answers.userProposalStatus);
  }
}

/**
 * What the receipt of the transaction proves that accepted a document of users: the document without its version, which is
 * that transaction.
 */
export function userDocumentClaim({ version: _version, ...document }: UserDocument): object {
  return document;
}
