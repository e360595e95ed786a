/** The Microsoft identity platform, where one key signs for the issuers of all organisations. */
const MICROSOFT_DOMAIN = "login.microsoftonline.com";
const ANY_TENANT = "{tenantid}";

/**
 * Whether a token's issuer is one that its key is good for.
 *
 * @param tenant the token's claim `tid`
 * @param constraint the issuer stated with the key; at the Microsoft identity platform it may leave the tenant open
 */
export function fitsIssuer(issuer: string, tenant: string | undefined, constraint: string): boolean {
  if (parseUrl(constraint).host !== MICROSOFT_DOMAIN) return issuer === constraint && tenant === undefined;
  if (tenant === undefined) return false;
  // A function, since `$` in a tenant would have a meaning in text.
  if (issuer !== constraint.replace(ANY_TENANT, () => tenant)) return false;
  const inPath = parseUrl(issuer)
    .path.split("/")
    .find((segment) => segment !== "");
  return inPath === tenant;
}

/** As RFC 3986 appendix B takes URLs apart; they need not be well-formed. */
function parseUrl(url: string): { host: string; path: string } {
  const [, , , , authority = "", path = ""] =
    /^(([^:/?#]+):)?(\/\/([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?/.exec(url) ?? [];
  const portStart = authority.indexOf(":", Math.max(0, authority.lastIndexOf("]")));
  return { host: portStart < 0 ? authority : authority.slice(0, portStart), path };
}
