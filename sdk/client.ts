import { Agent, request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Answer } from "./answer.js";
import { transactionStatus } from "./answers.js";
import { ServiceError, UsageError } from "./errors.js";
import type { Identity } from "./identity.js";
import { NoAnswer } from "./no-answer.js";
import { query } from "./path.js";

export interface TimeLimits {
  /** Milliseconds until an answer must be complete; 30 000 by default. */
  timeoutMs?: number;
  /** Milliseconds until a connection must be there; 5 000 by default. */
  connectTimeoutMs?: number;
}

export interface ClientOptions extends TimeLimits {
  /** Where a node of the service listens, for example `https://127.0.0.1:8000`; or where several do. */
  url: string | readonly string[];
  /** The service's certificate, the only root that is trusted. */
  serviceCertificatePem: string;
  /** Client certificate of a member or user. */
  identity?: Identity | undefined;
  /** Bearer token of a user. */
  token?: string | undefined;
}

export interface RequestOptions {
  /** An object is sent as JSON; bytes and text as they are. */
  body?: object | Uint8Array | string | undefined;
  contentType?: string;
}

/** Larger answers are not read to their end: they are no answers of this service. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Pauses between rounds in which every node was asked, milliseconds. */
const RETRY_PAUSES = [100, 400, 1600];
/** Nodes send requests that only the primary serves on to it, if they do not forward them. */
const MOST_REDIRECTS = 3;

/**
 * Talks to a service over HTTPS. Connections are kept alive; {@link Client.close} ends them.
 *
 * Of several nodes one is asked, and the next one as soon as it fails. A request is repeated only where it cannot have been
 * carried out, or may be carried out twice:
 *
 * - any request that was not sent, because there was no connection or what answered is not the service;
 * - any request that a node refused because the primary has changed since the connection began (`SessionConsistencyLost`);
 * - a GET that was not answered, or with status 503 or 504.
 *
 * There are four rounds through all nodes at most, with pauses of 2.1 s together; only one if a node lets time run out or is
 * not the service. Everything else is the caller's to decide: `Unanswered` and `Timeout` of another method than GET mean that
 * the request may have been carried out. What CCF itself refuses with 503, for example while there is no primary, was not.
 *
 * Redirections (307 and 308) are followed to the same path at whatever presents a certificate of the same service.
 */
export class Client {
  readonly #urls: readonly string[];
  /** Index of the node that answered last, or is asked next. */
  #current = 0;
  readonly #options: ClientOptions;
  readonly #agent: Agent;

  constructor(options: ClientOptions) {
    this.#urls = [options.url].flat().map(addressOf);
    if (this.#urls.length === 0) throw new UsageError("InvalidUrl", "Give the address of at least one node");
    this.#options = options;
    const { identity } = options;
    this.#agent = new Agent({
      keepAlive: true,
      ca: options.serviceCertificatePem,
      ...(identity && { cert: identity.certificatePem, key: identity.privateKeyPem }),
    });
  }

  /** The node that is asked next. */
  get url(): string {
    return this.#urls[this.#current] ?? "";
  }

  /** The service that is trusted to answer. */
  get serviceCertificatePem(): string {
    return this.#options.serviceCertificatePem;
  }

  /** The same service, as another caller. */
  as(caller: { identity?: Identity; token?: string }): Client {
    return new Client({ ...this.#options, identity: undefined, token: undefined, ...caller });
  }

  /** The same service and caller, at these nodes. */
  at(url: string | readonly string[], limits: TimeLimits = {}): Client {
    return new Client({ ...this.#options, url, ...limits });
  }

  get(path: string): Promise<Answer> {
    return this.request("GET", path);
  }

  post(path: string, body?: object | Uint8Array, contentType?: string): Promise<Answer> {
    return this.request("POST", path, { body, ...(contentType && { contentType }) });
  }

  put(path: string, body?: object): Promise<Answer> {
    return this.request("PUT", path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.request("DELETE", path);
  }

  /**
   * @returns the answer, if its status is 2xx
   * @throws {ServiceError} with the status and code of a refusal; status 504 and `Unanswered` if the node passed it on and got
   * no answer; or status 0 and a code: `Unreachable` (no connection; it was not sent), `Untrusted` (what answers is not the
   * service; it was not sent), `Unanswered` (the connection ended before the answer) or `Timeout`
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.exchange(method, path, options);
    if (answer.status < 200 || answer.status > 299) throw answer.refusal(`${method} ${path}`);
    return answer;
  }

  /** Like {@link request}, but returns refusals as answers too. */
  async exchange(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const nodes = this.#urls.length;
    const attempts = nodes * (RETRY_PAUSES.length + 1);
    for (let attempt = 1; ; attempt += 1) {
      const { url } = this;
      const isLast = attempt === attempts;
      try {
        const answer = await this.#redirected(url, method, path, options);
        if (isLast || !mayAnswerOtherwise(method, answer)) return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (attempt >= (error.final ? nodes : attempts) || (error.sent && method !== "GET"))
          throw error.told();
      }
      this.#endIdleConnections();
      // another request may have turned to the next node meanwhile
      if (this.url === url) this.#current = (this.#current + 1) % nodes;
      if (attempt % nodes === 0) await sleep(RETRY_PAUSES[attempt / nodes - 1]);
    }
  }

  /**
   * Waits until a transaction is committed: from then on, receipts exist and no node of the service can forget it.
   *
   * @throws {ServiceError} `TransactionInvalid` when it was lost in a change of primary, so that the request must be made
   * anew, and `CommitTimeout`
   */
  async committed(txId: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
      const answer = await this.get(`/node/tx${query({ transaction_id: txId })}`);
      const { status } = answer.as(transactionStatus);
      if (status === "Committed") return;
      if (status === "Invalid")
        throw new ServiceError(
          0,
          "TransactionInvalid",
          `Transaction ${txId} was lost; make the request again`,
        );
      if (Date.now() + pause > deadline)
        throw new ServiceError(
          0,
          "CommitTimeout",
          `Transaction ${txId} is still ${status} after ${timeoutMs} ms`,
        );
      await sleep(pause);
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** What has befallen one connection has befallen those of before: their node is gone, or they began under another primary. */
  #endIdleConnections(): void {
    for (const socket of Object.values(this.#agent.freeSockets).flat()) socket?.destroy();
  }

  async #redirected(url: string, method: string, path: string, options: RequestOptions): Promise<Answer> {
    let origin = url;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#once(origin, method, path, options);
      const { location } = answer.headers;
      if (![307, 308].includes(answer.status) || location === undefined || redirects === MOST_REDIRECTS)
        return answer;
      const next = URL.canParse(location) ? new URL(location) : undefined;
      if (next?.protocol !== "https:" || next.pathname + next.search !== path) return answer;
      origin = next.origin;
    }
  }

  #once(url: string, method: string, path: string, { body, contentType }: RequestOptions): Promise<Answer> {
    const isText = typeof body === "string";
    const bytes = body === undefined || isText || body instanceof Uint8Array ? body : JSON.stringify(body);
    const headers: Record<string, string> = {};
    if (bytes !== undefined) {
      headers["content-length"] = String(Buffer.byteLength(bytes));
      headers["content-type"] = contentType ?? "application/json";
    }
    if (this.#options.token !== undefined) headers.authorization = `Bearer ${this.#options.token}`;
    const { timeoutMs = 30_000, connectTimeoutMs = 5000 } = this.#options;
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = httpsRequest(url + path, { method, headers, agent: this.#agent, signal });
      let sent = false;
      const failed = (cause: unknown) => {
        reject(new NoAnswer(url, sent, cause));
      };
      const connecting = setTimeout(() => {
        request.destroy(new DOMException(`no connection after ${connectTimeoutMs} ms`, "TimeoutError"));
      }, connectTimeoutMs);
      const connected = () => {
        clearTimeout(connecting);
        sent = true;
      };
      // Nothing leaves this machine before the node has proved whose it is.
      request.on("socket", (socket) => {
        if (request.reusedSocket) connected();
        else socket.once("secureConnect", connected);
      });
      request.on("close", () => {
        clearTimeout(connecting);
      });
      request.on("error", failed);
      request.on("response", (response) => {
        // Whoever answers before all was sent reads no further and ends the connection, which must not be used again; so does
        // a node that says 500 because the primary has changed.
        const ends = !request.writableFinished || [413, 500].includes(response.statusCode ?? 0);
        if (ends) request.shouldKeepAlive = false;
        read(response).then(resolve, failed);
      });
      request.end(bytes);
    });
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks));
}

/** @throws {UsageError} `InvalidUrl` */
function addressOf(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === "https:") return url.replace(/\/+$/, "");
  throw new UsageError("InvalidUrl", `Not the address of a service: "${url}"; give https://HOST:PORT`);
}

/** Whether another node, or the same one a little later, may give another answer, and the request did nothing yet. */
function mayAnswerOtherwise(method: string, answer: Answer): boolean {
  if (method === "GET" && [503, 504].includes(answer.status)) return true;
  return answer.status === 500 && answer.refusal("").code === "SessionConsistencyLost";
}
