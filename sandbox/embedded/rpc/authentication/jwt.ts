import { createPublicKey, verify } from "node:crypto";
import * as tables from "../gov/tables.js";
import { fitsIssuer } from "./jwt-issuer.js";
import { readBearerToken, TokenError, type BearerToken } from "./jwt-token.js";
import type { Accepted, AuthenticationPolicy, Refused } from "./policy.js";

/**
 * Callers with a token by an issuer whose keys the members have registered. Which algorithm is used follows from the key;
 * whether the token is meant for this service is for the application to say.
 */
export const jwt: AuthenticationPolicy = {
  name: "jwt",
  authenticate: ({ headers }, tx) => {
    let token: BearerToken;
    try {
      token = readBearerToken(headers.authorization);
    } catch (error) {
      if (error instanceof TokenError) return refused(error.message);
      throw error;
    }
    const keys = tables.jwtSigningKeys(tx).get(token.kid) ?? [];
    let verdict: Accepted | Refused = refused(`JWT signing key not found for kid ${token.kid}`);
    for (const key of keys) {
      verdict = judge(token, key);
      if ("caller" in verdict) return verdict;
    }
    return verdict;
  },
};

function judge(token: BearerToken, key: tables.JwtSigningKey): Accepted | Refused {
  const { kid, expires, notBefore, issuer, tenant } = token;
  if (!isSignedBy(token, key.public_key)) return refused("Signature verification failed");
  const now = BigInt(Math.floor(Date.now() / 1000));
  if (notBefore !== undefined && now < notBefore)
    return refused(`Current time ${now} is before token's Not Before (nbf) claim optional(${notBefore})`);
  if (now > expires)
    return refused(`Current time ${now} is after token's Expiration Time (exp) claim ${expires}`);
  if (key.constraint !== undefined && !fitsIssuer(issuer, tenant, key.constraint))
    return refused(`Kid ${kid} failed issuer constraint validation ${key.constraint}`);
  const { header, payload } = token;
  return { caller: { policy: "jwt", jwt: { keyIssuer: key.issuer, header, payload } } };
}

/** @param publicKey base64 of a SubjectPublicKeyInfo, DER */
function isSignedBy({ signedContent, signature }: BearerToken, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return verify("sha256", Buffer.from(signedContent), { key, dsaEncoding: "ieee-p1363" }, signature);
}

function refused(reason: string): Refused {
  return { reason, challenge: 'Bearer realm="JWT bearer token access", error="invalid_token"' };
}
