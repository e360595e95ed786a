import { anyText, integer, optional } from "./readers.js";

/** The most entries that one page of a list holds. */
const MOST_ENTRIES = 1000;

/** Query parameters of a list that can be read page by page. Without a limit the whole list is one page. */
export const paging = {
  /** How many entries a page holds. */
  limit: optional(integer(1, MOST_ENTRIES)),
  /** The last id of the page before. */
  after: anyText,
};

export interface Page<T> {
  readonly value: readonly T[];
  /** Path and query of the next page; absent on the last one. */
  readonly nextLink?: string;
}

/**
 * One page of a list of ids, in order, whatever order the table had.
 *
 * @param path of the list, with the parameters that the next page needs as well: `/app/contracts?state=Draft`
 */
export function pageOfIds<T>(
  ids: readonly string[],
  { limit, after }: { readonly limit: number | undefined; readonly after: string | undefined },
  path: string,
  entry: (id: string) => T,
): Page<T> {
  const rest = ids.filter((id) => after === undefined || id > after).sort();
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const value = page.map(entry);
  if (limit === undefined || last === undefined || page.length === rest.length) return { value };
  const link = `${path}${path.includes("?") ? "&" : "?"}limit=${limit}&after=${encodeURIComponent(last)}`;
  return { value, nextLink: link };
}
