import { openedSession } from "../src/schemas/answers/sessions.js";
import type { CleanRoomKey, Evidence } from "./attested.js";
import {
  BOUND_REQUEST_TYPE,
  boundRequest,
  type BoundRequestOptions,
  serviceIdentityOf,
} from "./bound-request.js";
import type { Answer } from "./answer.js";
import type { Client } from "./client.js";
import { ServiceError } from "./errors.js";

/** Where sessions are opened. */
const SESSIONS = "/app/attestation/sessions";
/** A session that ends within this time, milliseconds, is not used any more: requests take their time. */
const NEARLY_ENDED = 30_000;

/** What a caller says about how its evidence is presented. */
export interface AttestedOptions {
  /** Send the evidence with every request, instead of opening a session with it: for few requests, or large pauses between. */
  readonly evidenceEveryTime?: boolean;
}

/** Sends requests that are bound to what they ask and to one service, as code that proves by evidence what it is. */
export class AttestedSession {
  readonly #client: Client;
  readonly #key: CleanRoomKey;
  readonly #evidence: Evidence;
  readonly #everyTime: boolean;
  readonly #service: string;
  /** Id of the session that is open, or is being opened. */
  #session: Promise<string> | undefined;
  /** Milliseconds since 1970, by the clock of the service. */
  #expiresAt = Infinity;

  constructor(client: Client, key: CleanRoomKey, evidence: Evidence, options: AttestedOptions = {}) {
    this.#client = client;
    this.#key = key;
    this.#evidence = evidence;
    this.#everyTime = options.evidenceEveryTime ?? false;
    this.#service = serviceIdentityOf(client.serviceCertificatePem);
  }

  /**
   * Sends a request; opens a session first if there is none that lasts.
   *
   * @param target path and query
   * @throws {ServiceError} as refused
   */
  async send(
    method: "PUT" | "POST",
    target: string,
    content?: BoundRequestOptions["content"],
  ): Promise<Answer> {
    const request = { method, target, ...(content && { content }) };
    if (this.#everyTime) return this.#send(request, { evidence: this.#evidence });
    const session = this.#current();
    try {
      return await this.#send(request, { session: await session });
    } catch (error) {
      // members may end all sessions at any time, and clocks differ
      if (!(error instanceof ServiceError && error.code === "SessionNotFound")) throw error;
      this.#forget(session);
      return await this.#send(request, { session: await this.#current() });
    }
  }

  #send(
    request: Pick<BoundRequestOptions, "method" | "target" | "content">,
    as: BoundRequestOptions["as"],
  ): Promise<Answer> {
    const body = boundRequest({ ...request, service: this.#service, key: this.#key, as });
    return this.#client.request(request.method, request.target, { body, contentType: BOUND_REQUEST_TYPE });
  }

  /** The session that still lasts, or a new one. Requests at the same time share it. */
  #current(): Promise<string> {
    if (this.#session !== undefined && this.#expiresAt - Date.now() > NEARLY_ENDED) return this.#session;
    this.#expiresAt = Infinity;
    const opened = this.#open();
    this.#session = opened;
    opened.catch(() => this.#forget(opened));
    return opened;
  }

  async #open(): Promise<string> {
    const answer = await this.#send({ method: "POST", target: SESSIONS }, { evidence: this.#evidence });
    const { session, expiresAt } = answer.as(openedSession);
    this.#expiresAt = Date.parse(expiresAt);
    return session;
  }

  #forget(session: Promise<string>): void {
    if (this.#session === session) this.#session = undefined;
  }
}
