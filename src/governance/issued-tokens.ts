import { nowInSeconds } from "../kit/clock.js";
import { toBase64Url, utf8 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import { issuerFor } from "./issuer-urls.js";
import { rememberExpiry, TOKEN_ALGORITHM, tokenKeys } from "./oidc.js";
import { requireKey, signWith } from "./signing-keys.js";
import { isTokenText, TOKEN_TEXT_RULE } from "./token-subjects.js";

/** What attested code wants to have in a token, as it stands in a query. */
export type TokenQuery = Readonly<
  Record<"exp" | "iat" | "jti" | "sub" | "tid" | "aud" | "nbf" | "iss", string | undefined>
>;

/** The same, checked. Times are in seconds since 1970. */
export interface TokenRequest {
  readonly exp: number;
  readonly iat: number;
  readonly nbf?: number;
  readonly jti: string;
  readonly sub: string;
  /** Tenant that chooses the issuer; stands nowhere in the token. */
  readonly tid: string;
  readonly aud: string;
  readonly iss?: string;
}

const REQUIRED = ["exp", "iat", "jti", "sub", "tid", "aud"] as const;

// Seconds.
const LONGEST_LIFETIME = 3600;
/** How far the clocks of clients may be from the node's. */
const CLOCK_SKEW = 300;

/** @throws {Refusal} `InvalidInput`, for the first parameter that is missing, else for the first that is wrong */
export function readTokenRequest(query: TokenQuery): TokenRequest {
  for (const name of REQUIRED) if (!query[name]) throw invalid(`"${name}" is missing`);
  const optionalTime = query.nbf ? { nbf: readTime("nbf", query.nbf) } : {};
  const request = {
    exp: readTime("exp", query.exp),
    iat: readTime("iat", query.iat),
    ...optionalTime,
    jti: readText("jti", query.jti),
    sub: readText("sub", query.sub),
    tid: readText("tid", query.tid),
    aud: readText("aud", query.aud),
    ...(query.iss ? { iss: query.iss } : {}),
  };
  requireShortLived(request);
  return request;
}

function readTime(name: string, value = ""): number {
  if (/^[0-9]{1,12}$/.test(value)) return Number(value);
  throw invalid(`"${name}" must be seconds since 1970 in decimal digits`);
}

function readText(name: string, value = ""): string {
  if (isTokenText(value)) return value;
  throw invalid(`"${name}" must have ${TOKEN_TEXT_RULE}`);
}

/** A token outlives the right to get one by an hour at most. */
function requireShortLived({ iat, exp, nbf = iat }: TokenRequest): void {
  const seconds = nowInSeconds();
  const begin = Math.min(iat, nbf);
  if (begin < seconds - CLOCK_SKEW || iat > seconds + CLOCK_SKEW) {
    throw invalid(
      `"iat" must be within, and "nbf" not before, ${CLOCK_SKEW} seconds of the node's clock, which says ${seconds}`,
    );
  }
  if (exp <= iat || exp <= nbf) throw invalid(`"exp" must be after "iat" and "nbf"`);
  if (exp - begin > LONGEST_LIFETIME) throw invalid(`a token may last ${LONGEST_LIFETIME} seconds at most`);
}

function invalid(what: string): Refusal {
  return new Refusal("InvalidInput", `Of the parameters of the token ${what}.`);
}

/**
 * Makes a token: a compact JWS (RFC 7515 §3.1) in UTF-8.
 *
 * @throws {Refusal} `SigningKeyNotAvailable`, `IssuerUrlNotConfigured`, `IssuerUrlNotSet`
 */
export function makeToken({ aud, exp, jti, nbf, sub, iat, tid, iss: asked }: TokenRequest): ArrayBuffer {
  const key = requireKey(tokenKeys);
  const iss = issuerFor(tid, asked);
  const header = { alg: TOKEN_ALGORITHM, typ: "JWT", kid: key.kid };
  const content = `${encoded(header)}.${encoded({ aud, exp, iss, jti, nbf, sub, iat })}`;
  rememberExpiry(key.kid, exp);
  return utf8(`${content}.${toBase64Url(signWith(key, utf8(content)))}`);
}

const encoded = (part: object): string => toBase64Url(utf8(JSON.stringify(part)));
