/** Which tokens the service issues to attested code. */
import { isIssuerUrl, ISSUER_URL_RULE } from "../../src/governance/issuer-urls.js";
import { oidcSettings, tokenIssuers, tokenSubjects } from "../../src/governance/tables.js";
import { isTokenText, TOKEN_TEXT_RULE } from "../../src/governance/token-subjects.js";
import { issuerUrl, tokenSubject } from "../../src/schemas/actions/oidc.js";
import { action } from "../action.js";
import { requireAgreed } from "../agreements.js";
import { enabling, rotating } from "./keys.js";

/** The issuer of tenants that have none of their own. */
const set_oidc_issuer_url = action({
  arguments: issuerUrl,
  check: ({ issuer_url }) => requireIssuerUrl(issuer_url),
  apply: ({ issuer_url }) => oidcSettings().set("issuerUrl", issuer_url),
});

/** Another issuer that tokens may name if they are asked to. */
const add_token_issuer = action({
  arguments: issuerUrl,
  check: ({ issuer_url }) => requireIssuerUrl(issuer_url),
  apply: ({ issuer_url }) => tokenIssuers().set(issuer_url, ""),
});

const remove_token_issuer = action({
  arguments: issuerUrl,
  check({ issuer_url }) {
    if (!tokenIssuers().has(issuer_url)) throw new Error(`there is no token issuer "${issuer_url}"`);
  },
  apply: ({ issuer_url }) => tokenIssuers().delete(issuer_url),
});

function requireIssuerUrl(url: string): void {
  if (!isIssuerUrl(url)) throw new Error(`"issuer_url" must be ${ISSUER_URL_RULE}`);
}

/** Lets code of a contract claim a subject that its name does not give it. */
const grant_token_subject = action({
  arguments: tokenSubject,
  check({ contractId, subject }) {
    requireAgreed(contractId);
    if (!isTokenText(subject)) throw new Error(`"subject" must have ${TOKEN_TEXT_RULE}`);
  },
  apply({ contractId, subject }) {
    const subjects = tokenSubjects();
    subjects.set(subject, [...new Set([...(subjects.get(subject) ?? []), contractId])]);
  },
});

const revoke_token_subject = action({
  arguments: tokenSubject,
  check({ contractId, subject }) {
    if (!tokenSubjects().get(subject)?.includes(contractId))
      throw new Error(`the subject "${subject}" is not granted to the contract "${contractId}"`);
  },
  apply({ contractId, subject }) {
    const subjects = tokenSubjects();
    const left = (subjects.get(subject) ?? []).filter((id) => id !== contractId);
    if (left.length === 0) subjects.delete(subject);
    else subjects.set(subject, left);
  },
});

export const oidc = {
  enable_oidc_issuer: enabling(oidcSettings),
  oidc_issuer_enable_rotate_signing_key: rotating(oidcSettings),
  set_oidc_issuer_url,
  add_token_issuer,
  remove_token_issuer,
  grant_token_subject,
  revoke_token_subject,
};
