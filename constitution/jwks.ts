import type { setJwtPublicSigningKeys } from "../src/schemas/actions/tokens.js";
import type { Of } from "../src/schemas/shape.js";

type KeySet = Of<typeof setJwtPublicSigningKeys>["jwks"];
type Key = KeySet["keys"][number];

/** @throws unless CCF can read every key, so that none is refused after the vote */
export function requireKeySet({ keys }: KeySet, issuer: string): void {
  for (const key of keys) {
    if (!isReadable(key))
      throw new Error(
        `the key "${key.kid}" is no RSA or elliptic curve key that CCF reads (n and e; x, y and crv; or x5c)`,
      );
    if (key.issuer !== undefined && !isSameHost(issuer, key.issuer))
      throw new Error(
        `the key "${key.kid}" is for tokens of ${key.issuer}, which is not at the host of ${issuer}`,
      );
  }
}

/** CCF looks for n and e first, then for x and y, then for x5c. */
function isReadable(key: Key): boolean {
  const { kid, n, e, x, y, crv, x5c } = key;
  try {
    if (n !== undefined && e !== undefined)
      return ccf.crypto.pubRsaJwkToPem({ kty: "RSA", kid, n, e }) !== "";
    if (x !== undefined && y !== undefined && crv !== undefined)
      return ccf.crypto.pubJwkToPem({ kty: "EC", kid, crv, x, y }) !== "";
    return x5c?.[0] !== undefined && isCertificate(x5c[0]);
  } catch {
    return false;
  }
}

/** @param der base64 */
const isCertificate = (der: string): boolean =>
  ccf.crypto.isValidX509CertBundle(`-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`);

/** CCF demands that a key's issuer is at the host of the issuer whose key it is, or above it (example.com, id.example.com). */
function isSameHost(issuer: string, constraint: string): boolean {
  const host = hostOf(issuer);
  const wanted = hostOf(constraint);
  return wanted !== "" && (host === wanted || host.endsWith(`.${wanted}`));
}

const hostOf = (url: string): string => /^[a-z][a-z0-9+.-]*:\/\/([^/?#:]+)/i.exec(url)?.[1] ?? "";
