import { UsageError } from "./errors.js";

/** CCF does not decode paths, so ids have characters only that need no encoding; what they mean is up to the service. */
const SEGMENT = /^[A-Za-z0-9._~:@-]+$/;

/**
 * An id as part of a path.
 *
 * @throws {UsageError} `InvalidId`: with another character, the path would lead elsewhere
 */
export function segment(id: string): string {
  if (SEGMENT.test(id)) return id;
  throw new UsageError("InvalidId", `"${id}" is no id: ids are letters, digits and . _ ~ : @ -`);
}

/** A query string out of the values that are given; empty if none is. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

/**
 * Path and query as a service sees them: CCF decodes the query, and leaves the path alone.
 *
 * @throws {UsageError} `InvalidTarget`
 */
export function targetAsSeen(target: string): string {
  const [path = "", ...rest] = target.split("?");
  const query = rest.join("?");
  try {
    return query === "" ? path : `${path}?${decodeURIComponent(query.replaceAll("+", " "))}`;
  } catch (cause) {
    throw new UsageError("InvalidTarget", `The query of "${target}" is not properly encoded`, { cause });
  }
}
