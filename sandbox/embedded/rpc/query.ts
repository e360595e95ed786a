/** Decodes `+` and `%xx` in a piece of a URL, byte by byte, as CCF does: what is no escape stays as it is. */
export function decodeQueryText(text: string): string {
  if (!/[+%]/.test(text)) return text;
  // One character for each byte, so that escaped and plain bytes together can be a character.
  const decoded = Buffer.from(text)
    .toString("latin1")
    .replace(/\+|%([0-9a-fA-F]{2})/g, (_, hex: string | undefined) =>
      hex === undefined ? " " : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(decoded, "latin1").toString("utf8");
}

/**
 * The parameters of a query. CCF decodes the query as a whole before it takes it apart, so an escaped `&` separates like
 * a plain one; of a parameter given twice the first counts.
 *
 * @param query raw
 */
export function parseQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of decodeQueryText(query).split("&")) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? "" : part.slice(equals + 1));
  }
  return parameters;
}
