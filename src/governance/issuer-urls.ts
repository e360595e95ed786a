import { Refusal } from "../kit/refusal.js";
import type { Caller } from "./callers.js";
import { globalIssuerUrl, isOidcEnabled } from "./oidc.js";
import { memberIssuerUrls, tokenIssuers, userIssuerUrls } from "./tables.js";
import { tenantIdOf } from "./tenants.js";

/** What an issuer may be called: an URL without query and fragment (OpenID Connect Core 1.0 §1.2), of visible ASCII. */
const ISSUER_URL = /^https?:\/\/[^/?#@\\]+(?:\/[^?#\\]*)?$/i;
const LONGEST_URL = 1000;

/** `http` is for issuers that nobody but the consortium's own machines reaches. */
export const isIssuerUrl = (value: string): boolean =>
  value.length <= LONGEST_URL && /^[!-~]+$/.test(value) && ISSUER_URL.test(value);

export const ISSUER_URL_RULE = `an http or https URL of at most ${LONGEST_URL} visible ASCII characters, without user, query and fragment`;

/** A caller says where its tenant publishes the service's keys. */
export function setIssuerUrl(caller: Caller, url: string): void {
  if (!isIssuerUrl(url)) throw new Refusal("InvalidUrl", `"url" must be ${ISSUER_URL_RULE}.`);
  const tenantId = tenantIdOf(caller);
  if (tenantId === undefined) {
    throw new Refusal(
      "NoTenantId",
      `The caller has no tenant. The members write "tenantId" into the data of a member or user.`,
    );
  }
  urlsOfTenants(caller).set(tenantId, url);
}

/** Whether tokens are issued, and by which issuers as far as a caller is concerned. */
export interface IssuerInfo {
  readonly enabled: boolean;
  readonly issuerUrl?: string;
  readonly tenantData?: { readonly tenantId: string; readonly issuerUrl: string };
}

export function issuerInfo(caller: Caller): IssuerInfo {
  const issuerUrl = globalIssuerUrl();
  const tenantId = tenantIdOf(caller);
  const ofTenant = tenantId === undefined ? undefined : urlsOfTenants(caller).get(tenantId);
  return {
    enabled: isOidcEnabled(),
    ...(issuerUrl !== undefined && { issuerUrl }),
    ...(tenantId !== undefined &&
      ofTenant !== undefined && { tenantData: { tenantId, issuerUrl: ofTenant } }),
  };
}

const urlsOfTenants = ({ kind }: Caller) => (kind === "member" ? memberIssuerUrls() : userIssuerUrls());

/**
 * The issuer that a token names: the one asked for, else the tenant's, as a member of it says before what a user says, else the
 * global one. Nobody but members and users says what an issuer is.
 *
 * @throws {Refusal} `IssuerUrlNotConfigured`, `IssuerUrlNotSet`
 */
export function issuerFor(tenantId: string, asked: string | undefined): string {
  const configured = [
    memberIssuerUrls().get(tenantId),
    userIssuerUrls().get(tenantId),
    globalIssuerUrl(),
  ].filter((url) => url !== undefined);
  if (asked !== undefined) {
    if (configured.includes(asked) || tokenIssuers().has(asked)) return asked;
    throw new Refusal(
      "IssuerUrlNotConfigured",
      `"${asked.slice(0, 200)}" is no issuer of the tenant "${tenantId.slice(0, 200)}", nor one that the members voted for.`,
    );
  }
  const [first] = configured;
  if (first !== undefined) return first;
  throw new Refusal(
    "IssuerUrlNotSet",
    `The tenant "${tenantId.slice(0, 200)}" has no issuer, and the members have set none. Set one by oidc/setIssuerUrl.`,
  );
}
