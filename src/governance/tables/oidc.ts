/** The service as an issuer of tokens to attested code: its keys, its names, and what tokens may say. */
import { json, table, text } from "../../kit/tables.js";
import type { PreviousKey, SigningKey } from "./signing.js";

/** What the members decided. Key: name of a setting, see `../key-requests.ts`; and `issuerUrl`, for tenants without their own. */
export const oidcSettings = table("public:ccf.gov.oidc_issuer", text, text);

/** Key: `signingKey`, the only one. */
export const oidcKeys = table("oidc_issuer.signing_keys", text, json<SigningKey>());
/** Key: kid. */
export const previousOidcKeys = table("public:oidc_issuer.previous_keys", text, json<PreviousKey>());
/** Key: kid of the key in use. When its last token has expired, in seconds since 1970, rounded up. */
export const lastTokenExpiries = table("public:oidc_issuer.last_token_expiries", text, json<number>());

// Under which URL a tenant publishes the service's keys. Key: tenant id.
export const memberIssuerUrls = table("public:oidc_issuer.tenantid_issuer_url", text, text);
export const userIssuerUrls = table("public:oidc_issuer.user_tenantid_issuer_url", text, text);
/** Other issuers that tokens may name: a set of URLs, without values. */
export const tokenIssuers = table("public:ccf.gov.token_issuers", text, text);

/** Key: subject. Ids of the contracts whose code the members let claim it. */
export const tokenSubjects = table("public:ccf.gov.token_subjects", text, json<readonly string[]>());
/** Key: subject. Id of the contract whose clean rooms were the first to register it. */
export const registeredSubjects = table("public:oidc_issuer.registered_subjects", text, text);
