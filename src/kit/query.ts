/**
 * The parameters of a query string, by name; of several with one name the last counts.
 *
 * CCF has percent-decoded the whole string already, so a value may contain `=` but never `&`.
 */
export function parseQuery(query: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of query.split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    // `name` without `=` counts as absent; defining keeps `__proto__` an ordinary name
    if (name === "" || at < 0) continue;
    Object.defineProperty(found, name, {
      value: part.slice(at + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return found;
}
