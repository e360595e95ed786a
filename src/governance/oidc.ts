import { keyRequest } from "./key-requests.js";
import { previousKeys, requireKey, type SigningPurpose } from "./signing-keys.js";
import { lastTokenExpiries, oidcKeys, oidcSettings, previousOidcKeys } from "./tables.js";

/** The keys with which tokens are signed. A previous one is published until the last token that it signed has expired. */
export const tokenKeys: SigningPurpose = {
  settings: oidcSettings,
  keys: oidcKeys,
  previous: previousOidcKeys,
  notEnabled: "OidcIssuerNotEnabled",
  retire({ kid }) {
    const expiries = lastTokenExpiries();
    const until = expiries.get(kid) ?? 0;
    expiries.delete(kid);
    return { until };
  },
};

/** Name in JOSE of what the keys do (RFC 7518 §3.5). */
export const TOKEN_ALGORITHM = "PS256";

/** Seconds. What is remembered is rounded up to this, so that it is not written for every token. */
const EXPIRY_STEP = 3600;

/** Remembers that a token by this key is in use until then. @param exp seconds since 1970 */
export function rememberExpiry(kid: string, exp: number): void {
  const expiries = lastTokenExpiries();
  const until = Math.ceil(exp / EXPIRY_STEP) * EXPIRY_STEP;
  if ((expiries.get(kid) ?? 0) < until) expiries.set(kid, until);
}

export const isOidcEnabled = (): boolean => keyRequest(oidcSettings()) !== undefined;

/** The issuer of tenants that have none of their own. */
export const globalIssuerUrl = (): string | undefined => oidcSettings().get("issuerUrl");

/** What OpenID Connect Discovery 1.0 §3 says about an issuer; tenants publish a copy under their own URL. */
export function discoveryDocument(): object {
  const issuer = globalIssuerUrl() ?? "{placeholder}";
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [TOKEN_ALGORITHM],
  };
}

/**
 * The keys that verify tokens (RFC 7517): the one in use, and previous ones of which tokens have not expired.
 *
 * @throws {Refusal} `SigningKeyNotAvailable`
 */
export function tokenKeySet(): { keys: object[] } {
  const { kid, publicKey } = requireKey(tokenKeys);
  const previous = previousKeys(tokenKeys).map(([id, key]) => toJwk(id, key.publicKey));
  return { keys: [toJwk(kid, publicKey), ...previous] };
}

function toJwk(kid: string, publicKey: string): object {
  const { kty, e, n } = ccf.crypto.pubRsaPemToJwk(publicKey);
  return { alg: TOKEN_ALGORITHM, use: "sig", kty, kid, e, n };
}
