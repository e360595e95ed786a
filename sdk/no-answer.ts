import { ServiceError } from "./errors.js";

/** Why a node gave no answer. */
export class NoAnswer extends Error {
  readonly code: "Unreachable" | "Untrusted" | "Unanswered" | "Timeout";
  /** Whether any of the request may have reached a node of the service. */
  readonly sent: boolean;
  /** Whether there is no use in asking the same node a second time. */
  readonly final: boolean;
  readonly #url: string;

  constructor(url: string, sent: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.#url = url;
    this.sent = sent;
    const late = isTimeout(cause);
    if (sent) this.code = late ? "Timeout" : "Unanswered";
    else this.code = isTrustFailure(cause) ? "Untrusted" : "Unreachable";
    this.final = late || this.code === "Untrusted";
  }

  /** As the caller of the client learns it. */
  told(): ServiceError {
    const { code, message: why, cause } = this;
    const messages = {
      Unreachable: `Nothing answers at ${this.#url}: ${why}`,
      Untrusted: `What answers at ${this.#url} is not the service of this certificate: ${why}`,
      Unanswered: `The connection to ${this.#url} ended before the answer, and the request may have been carried out: ${why}`,
      Timeout: `${this.#url} did not answer in time, and the request may have been carried out`,
    };
    return new ServiceError(0, code, messages[code], [], { cause });
  }
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "AbortError" || cause.name === "TimeoutError");
}

function isTrustFailure(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  return /CERT|SELF_SIGNED|UNABLE_TO|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code);
}
