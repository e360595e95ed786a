import type { JwtAuthnIdentity } from "@microsoft/ccf-app";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { jwtAudience, jwtSigningKeys } from "./tables.js";

/** The payload of a token that CCF has verified; its claims are whatever the issuer wrote. */
export type Token = Readonly<Record<string, unknown>>;

/** With which codes a token is refused wherever it acts, registered or not. */
export const tokenRefusals = [
  "CallerIssuerNotAuthorized",
  "TokenAudienceMismatch",
] as const satisfies readonly RefusalCode[];

/** What a claim of a token says; `undefined` if it says nothing. */
export function claimOf(token: Token, name: string): unknown {
  return Object.hasOwn(token, name) ? token[name] : undefined;
}

/**
 * A token as CCF has verified it, if it may act here at all: CCF examines neither for whom it is meant, nor who issued it
 * when the key that verified it is registered without the issuer that it is for. Such a key could speak for any issuer.
 *
 * @throws {Refusal} `CallerIssuerNotAuthorized`, `TokenAudienceMismatch`
 */
export function usableToken({ keyIssuer, header, payload }: JwtAuthnIdentity["jwt"]): Token {
  const { kid } = header as { readonly kid: string };
  const key = jwtSigningKeys()
    .get(kid)
    ?.find(({ issuer }) => issuer === keyIssuer);
  if (key?.constraint === undefined) {
    throw new Refusal(
      "CallerIssuerNotAuthorized",
      `The key that signed the token is registered without the issuer whose tokens it verifies. ` +
        `The members have to register it with its "issuer".`,
    );
  }
  const token = payload as Token;
  const audience = jwtAudience().get(undefined);
  if (audience !== undefined && ![claimOf(token, "aud")].flat().includes(audience)) {
    throw new Refusal(
      "TokenAudienceMismatch",
      `The token is meant for somebody else. Ask its issuer for one whose "aud" is "${audience}".`,
    );
  }
  return token;
}
