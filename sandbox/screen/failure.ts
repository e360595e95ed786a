import { codeOf, ServiceError } from "../../sdk/errors.js";

/** What people are told of a failure. Of a defect of ours, with CONSORTIUM_DEBUG set, also where it is. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (code === undefined)
    return process.env.CONSORTIUM_DEBUG ? (error.stack ?? error.message) : error.message;
  const status = error instanceof ServiceError && error.status !== 0 ? `${error.status} ` : "";
  return `${status}${code}: ${error.message}`;
}
