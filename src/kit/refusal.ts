import type { RefusalCode } from "./refusals.js";
import { STATUS } from "./refusals.js";

/** One fact behind a refusal, for a reader or a program; never anything secret. */
export interface RefusalDetail {
  readonly code: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/**
 * A request that is refused: thrown anywhere, answered in one place (`endpoint.ts`). CCF drops the writes of a refused
 * request, so throwing is always safe.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly details: readonly RefusalDetail[] | undefined;

  /**
   * @param code stable, what clients branch on; its HTTP status stands in `refusals.ts`
   * @param message what was wrong and what to do about it
   * @param details the facts, where there are several
   * @param status only where the wire contract gives one code two statuses
   */
  constructor(
    code: RefusalCode,
    message: string,
    details?: readonly RefusalDetail[],
    status: number = STATUS[code],
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
