import { Answer } from "./answer.js";
import {
  endorsedCertificate,
  type MemberDocument,
  memberDocument,
  released,
  storedSecret,
  type UserDocument,
  userDocument,
} from "./answers.js";
import { type CleanRoomKey, type Evidence, unwrap } from "./attested.js";
import { type AttestedOptions, AttestedSession } from "./attested-session.js";
import type { Of, Shape } from "../src/schemas/shape.js";
import type { Client } from "./client.js";
import { query, segment } from "./path.js";
import { type TokenRequest, tokenQuery } from "./token.js";

/** Where secrets are released whose names stand in the request. Nodes find this path faster than that of the one secret. */
const SECRETS = "/app/attestation/secrets";

/** Something that was released, as it reached the clean room. */
export interface Released<T> {
  readonly value: T;
  /** Number of the release; the contract's releases are counted without gaps. */
  readonly release: number;
  /** Transaction of the release record, `<view>.<seqno>`. */
  readonly txId: string;
}
export type ReleasedSecret = Released<Buffer>;
/** A JWT. */
export type ReleasedToken = Released<string>;
/** RSASSA-PSS; `verifyPayload` checks it. */
export type ReleasedSignature = Released<Buffer>;

/** What a certificate is to say; docs/api.md has the details. */
export interface CertificateRequest {
  /** PEM: a public key, or a request that is signed with it (PKCS #10), which proves it. */
  readonly publicKey?: string;
  readonly csr?: string;
  /** `CN=name,O=organisation`; left out: as in the request. */
  readonly subjectName?: string;
  /** `dNSName:<host name>`, `iPAddress:<address>`; left out: as in the request. */
  readonly subjectAlternateNames?: readonly string[];
  readonly validityPeriodDays?: number;
}

/** A certificate of the contract's authority, PEM. */
export interface ReleasedCertificate extends Omit<ReleasedSecret, "value"> {
  readonly cert: string;
  /** Certificates of the authority, by which others know this one. */
  readonly caBundle: string;
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
  readonly #contractId: string;
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
    this.#contractId = contractId;
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
    return this.#release(SECRETS, { contractId: this.#contractId, secretId });
  }

  /**
   * Asks for a token about this code, by which it is let in elsewhere.
   *
   * @throws {ServiceError} as for a secret; `SubjectNotGranted`, `IssuerUrlNotConfigured`, `IssuerUrlNotSet`, `InvalidInput`,
   * `SigningKeyNotAvailable`
   */
  async token(request: TokenRequest): Promise<ReleasedToken> {
    const { value, ...rest } = await this.#release(`${this.#base}/oauth/token${tokenQuery(request)}`);
    return { value: value.toString("utf8"), ...rest };
  }

  /** Has the service sign a payload. @throws {ServiceError} as for a secret; `SigningKeyNotAvailable` */
  async sign(payload: Uint8Array): Promise<ReleasedSignature> {
    const content = { payload: Buffer.from(payload).toString("base64") };
    const { value, ...rest } = await this.#release(`${this.#base}/signing/sign`, content);
    return { value: Buffer.from(value.toString("utf8"), "base64"), ...rest };
  }

  /**
   * Has the contract's authority certify a key, for a server or client.
   *
   * @throws {ServiceError} as {@link secret}; `NoCASigningKey`, `CaPolicyViolation`, ...
   */
  async certificate(wanted: CertificateRequest): Promise<ReleasedCertificate> {
    const { value, ...release } = await this.#release(`${this.#base}/ca/generateEndorsedCert`, { ...wanted });
    return { ...new Answer(200, {}, value).as(endorsedCertificate), ...release };
  }

  /** An accepted document of the contract's members. @throws {ServiceError} as for a secret; `DocumentNotFound` */
  memberDocument(documentId: string): Promise<Released<MemberDocument>> {
    return this.#document("memberdocuments", documentId, memberDocument);
  }

  /** An accepted document of users. @throws {ServiceError} as for a secret; `UserDocumentNotFound` */
  userDocument(documentId: string): Promise<Released<UserDocument>> {
    return this.#document("userdocuments", documentId, userDocument);
  }

  async #document<S extends Shape>(kind: string, documentId: string, shape: S): Promise<Released<Of<S>>> {
    const path = `${this.#base}/${kind}/accepted/${segment(documentId)}`;
    const { value, ...rest } = await this.#release(path);
    return { value: new Answer(200, {}, value).as(shape), ...rest };
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

  async #release(path: string, content?: Readonly<Record<string, unknown>>): Promise<Released<Buffer>> {
    const answer = await this.#session.send("POST", path, content);
    const { value, release } = answer.as(released);
    return {
      value: unwrap(Buffer.from(value, "base64"), this.#key.privateKey),
      release,
      txId: answer.writtenTxId,
    };
  }
}
