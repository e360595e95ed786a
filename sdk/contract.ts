import * as answers from "./answers.js";
import type { Contract, ContractVersion, Event, Release } from "./answers.js";
import type { Client } from "./client.js";
import type { EventName } from "./clean-room.js";
import type { Action } from "./governance.js";
import { query, segment } from "./path.js";

/** Ids of the contracts, or of those in one state. */
export async function listContracts(client: Client, state?: Contract["state"]): Promise<readonly string[]> {
  const answer = await client.get(`/app/contracts${query({ state })}`);
  return answer.as(answers.contracts).value.map(({ id }) => id);
}

/** What the members agree on. */
export interface ContractText {
  readonly data: unknown;
  /** ISO 8601, UTC: from when on the contract is no longer in force. */
  readonly expires?: string;
}

/** Claims as in clean room policies; `snp-caci` unless it says otherwise. */
export interface SecretPolicy {
  readonly policyType?: "snp-caci" | "snp-cvm" | "virtual";
  readonly alternatives: readonly Readonly<Record<string, unknown>>[];
}

/** What proposals allow or forbid under a contract. */
export type ContractOption = "logging" | "telemetry";
export type DeploymentPart = "spec" | "info";

/** What a member or user does with one contract. Writes return their transaction, `<view>.<seqno>`. */
export class ContractClient {
  readonly id: string;
  readonly #client: Client;
  readonly #base: string;

  constructor(client: Client, contractId: string) {
    this.id = contractId;
    this.#client = client;
    this.#base = `/app/contracts/${segment(contractId)}`;
  }

  /** @throws {ServiceError} `ContractNotFound` */
  async read(): Promise<Contract> {
    return (await this.#client.post(this.#base)).as(answers.contract);
  }

  /**
   * Writes the draft.
   *
   * @param version of the draft that it replaces, if there is one
   * @param expires ISO 8601, UTC: from when on the contract will no longer be in force
   * @throws {ServiceError} `PreconditionFailed` if somebody else has changed the draft since, `ContractAlreadyAccepted`
   */
  async draft(data: unknown, version?: string, expires?: string): Promise<string> {
    return (await this.#client.put(this.#base, { data, version, expires })).writtenTxId;
  }

  /** What a proposal does that accepts the contract just as it was read. */
  acceptance(read: Contract): Action {
    return { name: "set_contract", args: { contractId: this.id, contract: read } };
  }

  /**
   * What a proposal does that replaces the accepted contract, as a whole.
   *
   * @param version of the accepted contract that was read
   */
  amendment(contract: ContractText, version: string): Action {
    return { name: "set_contract", args: { contractId: this.id, contract, amend: true, version } };
  }

  /** What a proposal does that ends the accepted contract for good. */
  ending(): Action {
    return { name: "end_contract", args: { contractId: this.id } };
  }

  /** All that was ever accepted under this id, oldest first. */
  async *versions(): AsyncGenerator<ContractVersion> {
    let next: string | undefined = `${this.#base}/versions`;
    while (next !== undefined) {
      const page: answers.ContractVersions = (await this.#client.get(next)).as(answers.contractVersions);
      yield* page.value;
      next = page.nextLink;
    }
  }

  /** Ids of the open proposals that would accept, amend or end the contract. */
  async proposals(): Promise<readonly string[]> {
    const answer = await this.#client.get(`${this.#base}/versions${query({ limit: 1 })}`);
    return answer.as(answers.contractVersions).proposalIds;
  }

  /** States the accepted contract on the ledger, so that a receipt proves it. @returns the transaction to ask a receipt for */
  async stateAcceptance(): Promise<string> {
    const answer = await this.#client.post(`${this.#base}/acceptance`);
    return answer.as(answers.acceptance).transactionId ?? answer.writtenTxId;
  }

  async policy(): Promise<answers.PolicyAnswer> {
    return (await this.#client.post(`${this.#base}/cleanroompolicy`)).as(answers.policy);
  }

  /** Has the key of the certificate authority generated that the members have voted for. @returns the transaction, whose receipt proves the certificate */
  async generateCaKey(): Promise<string> {
    return (await this.#client.post(`${this.#base}/ca/generateSigningKey`)).writtenTxId;
  }

  /** The certificate authority; trust its `caBundle`. */
  async ca(): Promise<answers.CaStatus> {
    return (await this.#client.post(`${this.#base}/ca/status`)).as(answers.caStatus);
  }

  /**
   * Stores a secret under the caller's name.
   *
   * @param policy which code gets it, of that which the contract trusts; `null` for all of it, left out as before
   * @returns its id, `<caller id>_<name>`
   */
  async putSecret(name: string, value: string, policy?: SecretPolicy | null): Promise<string> {
    const path = `${this.#base}/secrets/${segment(name)}`;
    return (await this.#client.put(path, { value, policy })).as(answers.storedSecret).secretId;
  }

  async deleteSecret(name: string): Promise<string> {
    return (await this.#client.delete(`${this.#base}/secrets/${segment(name)}`)).writtenTxId;
  }

  /** Ids only; the values leave the service wrapped to attested keys and in no other way. */
  async listSecrets(): Promise<readonly string[]> {
    const answer = await this.#client.get(`${this.#base}/secrets`);
    return answer.as(answers.secrets).value.map(({ secretId }) => secretId);
  }

  /** The newest event of an id and scope, if there is any. */
  async latestEvent(name: EventName = {}): Promise<Event | undefined> {
    return (await this.#eventPage(`${this.#base}/events${query({ ...name })}`)).value[0];
  }

  /** All events of an id and scope, in the order of the ledger, page by page. */
  async *events(name: EventName = {}): AsyncGenerator<Event> {
    let next: string | undefined = `${this.#base}/events${query({ ...name, from_seqno: 1 })}`;
    while (next !== undefined) {
      const page: answers.EventPage = await this.#eventPage(next);
      yield* page.value;
      next = page.nextLink;
    }
  }

  /** The records of all releases under the contract, in order, page by page. */
  async *releases(): AsyncGenerator<Release> {
    let next: string | undefined = `${this.#base}/releases`;
    while (next !== undefined) {
      const page: answers.ReleasePage = (await this.#client.get(next)).as(answers.releases);
      yield* page.value;
      next = page.nextLink;
    }
  }

  /** This member's own consent to execution; nothing is released while any member has withdrawn its own. */
  async setExecution(consent: "enable" | "disable"): Promise<string> {
    return (await this.#client.post(`${this.#base}/runtimeoptions/execution/${consent}`)).writtenTxId;
  }

  async executionStatus(): Promise<answers.OptionStatus> {
    return (await this.#client.post(`${this.#base}/runtimeoptions/execution/status`)).as(
      answers.optionStatus,
    );
  }

  /** Whether code may let out logs or telemetry, and the open proposals that would allow it. */
  async optionStatus(option: ContractOption): Promise<answers.ContractOptionStatus> {
    const answer = await this.#client.post(`${this.#base}/runtimeoptions/${option}/status`);
    return answer.as(answers.contractOptionStatus);
  }

  /** What a proposal does that allows logs or telemetry, which takes the vote, or forbids it, which takes effect at once. */
  switching(option: ContractOption, what: "enable" | "disable"): Action {
    return { name: `set_contract_runtime_options_${what}_${option}`, args: { contractId: this.id } };
  }

  /** What is to be deployed (`spec`), or what was deployed (`info`). Anybody may ask. */
  async deployment(which: DeploymentPart): Promise<answers.Deployment> {
    return (await this.#client.post(`${this.#base}/deployment${which}`)).as(answers.deployment);
  }

  /** What a proposal does that decides it. */
  deploying(which: DeploymentPart, data: unknown): Action {
    return { name: `set_deployment_${which}`, args: { contractId: this.id, [which]: { data } } };
  }

  async #eventPage(path: string): Promise<answers.EventPage> {
    return (await this.#client.get(path)).as(answers.events);
  }
}

/** What the receipt of an event's transaction proves: the event without the fields that only reading it adds. */
export function eventClaim({ contractId, scope, id, timestamp, data }: Event): object {
  return { contractId, scope, id, timestamp, data };
}
