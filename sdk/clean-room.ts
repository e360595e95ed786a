import { type CleanRoomKey, type Evidence, unwrap } from "./attested.js";
import { type AttestedOptions, AttestedSession } from "./attested-session.js";
import { released, storedSecret } from "./answers.js";
import type { Client } from "./client.js";
import { query, segment } from "./path.js";

/** A secret as it reached the clean room. */
export interface ReleasedSecret {
  readonly value: Buffer;
  /** Number of the release; the contract's releases are counted without gaps. */
  readonly release: number;
  /** Transaction of the release record, `<view>.<seqno>`. */
  readonly txId: string;
}

/** Which event is meant: those of one id, in one scope, of a contract. */
export interface EventName {
  /** The contract's id by default. */
  readonly id?: string;
  readonly scope?: string;
}

/**
 * Attested code that acts under a contract. It needs no certificate: its evidence speaks for it, presented once for a session,
 * and every request is signed with the key that the evidence binds.
 */
export class CleanRoom {
  readonly #base: string;
  readonly #key: CleanRoomKey;
  readonly #session: AttestedSession;

  constructor(
    client: Client,
    contractId: string,
    key: CleanRoomKey,
    evidence: Evidence,
    options?: AttestedOptions,
  ) {
    this.#base = `/app/contracts/${segment(contractId)}`;
    this.#key = key;
    this.#session = new AttestedSession(client, key, evidence, options);
  }

  /**
   * Asks for a secret and unwraps it. Every release is a transaction on the ledger.
   *
   * @throws {ServiceError} `VerifySnpAttestationFailed` if the evidence does not hold or does not match the policy (why, claim by
   * claim, in `details`); `ContractNotAccepted`, `ExecutionDisabled`, `SecretNotFound`
   */
  async secret(secretId: string): Promise<ReleasedSecret> {
    const answer = await this.#session.send("POST", `${this.#base}/secrets/${segment(secretId)}`);
    const { value, release } = answer.as(released);
    return {
      value: unwrap(Buffer.from(value, "base64"), this.#key.privateKey),
      release,
      txId: answer.writtenTxId,
    };
  }

  /** Stores a secret that belongs to the contract's clean rooms. @returns its id */
  async putSecret(name: string, value: string): Promise<string> {
    const path = `${this.#base}/secrets/${segment(name)}`;
    const answer = await this.#session.send("PUT", path, { value });
    return answer.as(storedSecret).secretId;
  }

  /** Appends an event to the ledger. @returns its transaction, whose receipt proves the event */
  async logEvent(data: unknown, { id, scope }: EventName = {}): Promise<string> {
    const path = `${this.#base}/events${query({ id, scope })}`;
    const answer = await this.#session.send("PUT", path, { data, timestamp: String(Date.now()) });
    return answer.writtenTxId;
  }
}
