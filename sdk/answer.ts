import type { IncomingHttpHeaders } from "node:http";
import type { Of, Shape } from "../src/schemas/shape.js";
import { errorBody } from "./answers.js";
import { ServiceError } from "./errors.js";

/** An answer of the service, as it came. */
export class Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;

  constructor(status: number, headers: IncomingHttpHeaders, body: Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  get text(): string {
    return Buffer.from(this.body).toString("utf8");
  }

  /** The transaction of the request, `<view>.<seqno>`; absent when the request used no table. */
  get txId(): string | undefined {
    const value = this.headers["x-ms-ccf-transaction-id"];
    return typeof value === "string" ? value : undefined;
  }

  /**
   * The transaction of a request that wrote.
   *
   * @throws {ServiceError} `UnexpectedAnswer` if the answer names none
   */
  get writtenTxId(): string {
    const { txId } = this;
    if (txId === undefined) throw this.#unexpected("it names no transaction");
    return txId;
  }

  /** @throws {ServiceError} `UnexpectedAnswer` if the body is no JSON */
  json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch (cause) {
      throw this.#unexpected("its body is not JSON", { cause });
    }
  }

  /**
   * The JSON body, checked.
   *
   * @throws {ServiceError} `UnexpectedAnswer` if it does not have the shape
   */
  as<S extends Shape>(shape: S): Of<S> {
    const value = this.json();
    if (shape.validate(value)) return value as Of<S>;
    const problem = shape.validate.errors?.[0];
    throw this.#unexpected(
      `it is no ${shape.name}: ${problem?.instancePath ?? ""} ${problem?.message ?? ""}`,
    );
  }

  /** What the service says about a request it refused. */
  refusal(request: string): ServiceError {
    let body: unknown;
    try {
      body = JSON.parse(this.text);
    } catch {
      body = undefined; // a refusal by something that is not the service, such as a proxy: the status has to do
    }
    if (!errorBody.validate(body)) {
      if (this.status !== 504)
        return new ServiceError(this.status, "Unknown", `${request}: HTTP ${this.status}`);
      const message = `${request}: the node passed it on to the primary, got no answer, and it may have been carried out`;
      return new ServiceError(504, "Unanswered", message);
    }
    const { code, message, details } = (body as Of<typeof errorBody>).error;
    return new ServiceError(this.status, code, message, details);
  }

  #unexpected(what: string, options?: ErrorOptions): ServiceError {
    return new ServiceError(this.status, "UnexpectedAnswer", `Cannot use the answer: ${what}`, [], options);
  }
}
