import type { RpcResponse } from "./http.js";

/** A refusal, or a failure that the caller is told about. `code` is one of CCF's error codes. */
export class RpcError extends Error {
  readonly status: number;
  readonly code: string;
  /** more about it, as JSON values */
  readonly details: readonly unknown[] | undefined;
  /** beside `content-type` */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      details?: readonly unknown[] | undefined;
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = "RpcError";
    this.status = status;
    this.code = code;
    this.details = more.details;
    this.headers = more.headers ?? {};
  }
}

/** The answer that tells the caller about an error. What is no {@link RpcError} is a failure of the service. */
export function errorResponse(error: unknown): RpcResponse {
  const { status, code, message, details, headers } =
    error instanceof RpcError ? error : new RpcError(500, "InternalError", messageOf(error));
  const body = { error: { code, message, ...(details?.length ? { details } : {}) } };
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
