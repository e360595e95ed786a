import { Refusal } from "../kit/refusal.js";
import { claimOf, type Token } from "./bearer-tokens.js";
import { serviceOptionStatus } from "./service-options.js";
import type { InvitationClaims } from "./tables.js";

/** Claims as proposals write them: a single value stands for a list of one. */
type WrittenClaims = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The claims of an invitation after a change: values are added to those that a claim accepts, or taken away from them; a
 * claim that accepts nothing any more is gone.
 *
 * @throws an error for a change that changes nothing, and for removing what is not there
 */
export function amendClaims(
  claims: InvitationClaims,
  type: "add" | "remove",
  change: WrittenClaims,
): InvitationClaims {
  const after: Record<string, readonly string[]> = { ...claims };
  const names = Object.keys(change);
  if (names.length === 0) throw new Error(`"claims" must name a claim`);
  for (const name of names) {
    const values = [change[name] ?? []].flat();
    const present = after[name] ?? [];
    if (type === "add") after[name] = [...new Set([...present, ...values])];
    else {
      const missing = values.find((value) => !present.includes(value));
      if (missing !== undefined)
        throw new Error(`the invitation does not accept ${JSON.stringify(missing)} for the claim "${name}"`);
      after[name] = present.filter((value) => !values.includes(value));
    }
  }
  return Object.fromEntries(Object.entries(after).filter(([, values]) => values.length > 0));
}

/** Claims that hold an e-mail address, or a name of its form. Directories change them, and give them to somebody else. */
const ADDRESSES: readonly string[] = ["email", "preferred_username", "upn"];

/**
 * Checks one claim of an invitation against the token of whoever accepts it.
 *
 * @throws {Refusal} `TokenClaimMissing`, `TokenClaimMismatch`
 */
export function requireClaim(token: Token, claim: string, values: readonly string[]): void {
  const name = claim === "preferred_username" && isEntraVersion1(token) ? "upn" : claim;
  const value = claimOf(token, name);
  if (value === undefined)
    throw new Refusal("TokenClaimMissing", `The invitation is for a token with the claim "${name}".`);
  if (typeof value !== "string" || !values.includes(value))
    throw new Refusal(
      "TokenClaimMismatch",
      `The invitation is for another "${name}" than the token's; call with the token of whom it is for.`,
    );
  if (!ADDRESSES.includes(name) || isVerifiedAddress(token, value)) return;
  if (serviceOptionStatus("unverified-email-invitations") === "enabled") return;
  throw new Refusal(
    "TokenClaimMissing",
    `The invitation is for the e-mail address in "${name}", and the token does not say that the address is verified ` +
      `("email" with "email_verified" or "xms_edov"). Ask the members to invite you by "oid" and "tid".`,
  );
}

/** Whether the issuer says that it has verified that this address is the user's. */
function isVerifiedAddress(token: Token, address: string): boolean {
  const saysYes = (name: string): boolean => YES.includes(claimOf(token, name));
  return claimOf(token, "email") === address && (saysYes("email_verified") || saysYes("xms_edov"));
}

/** The ways in which issuers write it. */
const YES: readonly unknown[] = [true, "true", 1, "1"];

/** Tokens of version 1.0 of an organisation's Entra ID have the user's name in `upn`, where others have another claim. */
function isEntraVersion1(token: Token): boolean {
  const [issuer, tenant] = [claimOf(token, "iss"), claimOf(token, "tid")];
  if (claimOf(token, "ver") !== "1.0" || typeof tenant !== "string" || tenant === PERSONAL) return false;
  return [`https://login.microsoftonline.com/${tenant}/v2.0`, `https://sts.windows.net/${tenant}/`].includes(
    String(issuer),
  );
}

/** The tenant of accounts that belong to no organisation. */
const PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad";
