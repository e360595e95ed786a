const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
/** The first label may be `*`, if two more follow: clients take no wildcard that is wider. */
const DNS_NAME = new RegExp(`^(?:\\*\\.(?=${LABEL}\\.))?${LABEL}(?:\\.${LABEL})*$`);

/** Whether this is a host name as certificates carry it (RFC 5280 §4.2.1.6), and cannot be taken for an address. */
export function isDnsName(content: string): boolean {
  return content.length <= 253 && DNS_NAME.test(content) && !/(?:^|\.)\d+$/.test(content);
}

/** Whether a pattern allows a name: `*` stands for exactly one label, be it a `*` too, as it does in a certificate. */
export function isAllowedBy(pattern: string, name: string): boolean {
  const [allowed, asked] = [pattern.toLowerCase(), name.toLowerCase()];
  if (allowed === asked) return true;
  return allowed.startsWith("*.") && allowed.slice(1) === asked.slice(asked.indexOf("."));
}
