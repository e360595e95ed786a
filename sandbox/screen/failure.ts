import { ServiceError, UsageError, VerificationError } from "../../sdk/errors.js";

/** What people are told of a failure. Of a defect of ours, with CONSORTIUM_DEBUG set, also where it is. */
export function describe(error: unknown): string {
  if (error instanceof ServiceError)
    return `${error.status === 0 ? "" : `${error.status} `}${error.code}: ${error.message}`;
  if (error instanceof UsageError || error instanceof VerificationError)
    return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  return process.env.CONSORTIUM_DEBUG ? (error.stack ?? error.message) : error.message;
}
