/** Which tokens (JWT) the service accepts. */
import { jwtAudience, jwtSigningKeys } from "../../src/governance/tables.js";
import { noArguments } from "../../src/schemas/actions/service.js";
import {
  caCertBundleByName,
  cleanupLegacyJwtRecords,
  jwtIssuerByName,
  setCaCertBundle,
  setJwtAudience,
  setJwtIssuer,
  setJwtPublicSigningKeys,
} from "../../src/schemas/actions/tokens.js";
import type { Of } from "../../src/schemas/shape.js";
import { action, byOperator } from "../action.js";
import { requireCertificates } from "../certificates.js";
import type { Circumstances } from "../circumstances.js";
import { requireKeySet } from "../jwks.js";
import { type JwtIssuer, caCertBundles, jwtIssuers, legacyJwtTables } from "../tables.js";

/** The certificates by which nodes know the server that publishes an issuer's keys. */
const set_ca_cert_bundle = action({
  arguments: setCaCertBundle,
  decision: { operator: ({ name }, given) => !isTrusted(name, given) },
  check: ({ cert_bundle }) => requireCertificates(cert_bundle, "cert_bundle"),
  apply: ({ name, cert_bundle }) => caCertBundles().set(name, cert_bundle),
});

const remove_ca_cert_bundle = action({
  arguments: caCertBundleByName,
  decision: { operator: ({ name }, given) => !isTrusted(name, given) },
  check({ name }) {
    if (!caCertBundles().has(name)) throw new Error(`there is no CA certificate bundle "${name}"`);
  },
  apply: ({ name }) => caCertBundles().delete(name),
});

/**
 * Whether the keys of an issuer are, or by an open proposal would be, fetched on the word of this bundle. Who could change
 * it could change the keys, and that takes a vote.
 */
function isTrusted(name: string, given: Circumstances): boolean {
  const issuers: readonly { readonly ca_cert_bundle_name?: string }[] = [
    ...jwtIssuers()
      .entries()
      .map(([, issuer]) => issuer),
    ...given.elsewhere("set_jwt_issuer", setJwtIssuer),
  ];
  return issuers.some(({ ca_cert_bundle_name }) => ca_cert_bundle_name === name);
}

/** Needs the vote: whose tokens are accepted decides who is a user. */
const set_jwt_issuer = action({
  arguments: setJwtIssuer,
  check(args, given) {
    if (args.jwks !== undefined) requireKeySet(args.jwks, args.issuer);
    if (args.auto_refresh) requireRefreshable(args, given);
  },
  apply({ jwks, key_filter: _, ...metadata }) {
    if (jwks !== undefined) ccf.setJwtPublicSigningKeys(metadata.issuer, metadata, jwks);
    jwtIssuers().set(metadata.issuer, metadata satisfies JwtIssuer);
  },
});

/** @throws unless nodes could fetch the issuer's keys from its OpenID configuration */
function requireRefreshable(args: Of<typeof setJwtIssuer>, given: Circumstances): void {
  const { issuer, ca_cert_bundle_name: bundle } = args;
  if (!/^https:\/\/[^/?#\s]+[^?#\s]*$/i.test(issuer))
    throw new Error(
      `with "auto_refresh" "issuer" must be a URL that starts with https://, without query or fragment`,
    );
  if (bundle === undefined) throw new Error(`"auto_refresh" takes "ca_cert_bundle_name"`);
  const comes = given.earlier("set_ca_cert_bundle", setCaCertBundle).some(({ name }) => name === bundle);
  if (!comes && !caCertBundles().has(bundle))
    throw new Error(`there is no CA certificate bundle "${bundle}"`);
}

const set_jwt_public_signing_keys = action({
  arguments: setJwtPublicSigningKeys,
  check({ issuer, jwks }, given) {
    const comes = given.earlier("set_jwt_issuer", setJwtIssuer).some((earlier) => earlier.issuer === issuer);
    if (!comes) find(issuer);
    requireKeySet(jwks, issuer);
  },
  apply: ({ issuer, jwks }) => ccf.setJwtPublicSigningKeys(issuer, find(issuer), jwks),
});

const remove_jwt_issuer = action({
  arguments: jwtIssuerByName,
  decision: byOperator,
  check: ({ issuer }) => void find(issuer),
  apply({ issuer }) {
    jwtIssuers().delete(issuer);
    ccf.removeJwtPublicSigningKeys(issuer);
  },
});

function find(issuer: string): JwtIssuer {
  const metadata = jwtIssuers().get(issuer);
  if (metadata === undefined) throw new Error(`there is no JWT issuer "${issuer}"`);
  return metadata;
}

/** Says for whom tokens must be meant: those that name another audience act no more, whoever issued them. */
const set_jwt_audience = action({
  arguments: setJwtAudience,
  apply: ({ audience }) => jwtAudience().set(undefined, audience),
});

const remove_jwt_audience = action({
  arguments: noArguments,
  check() {
    if (!jwtAudience().has(undefined)) throw new Error("there is no audience that tokens must name");
  },
  apply: () => jwtAudience().delete(undefined),
});

/** Removes what earlier versions of CCF kept about issuers. */
const cleanup_legacy_jwt_records = action({
  arguments: cleanupLegacyJwtRecords,
  check({ ensure_new_records_exist }) {
    if (ensure_new_records_exist && jwtSigningKeys().size === 0)
      throw new Error("there are no signing keys in the table that replaces the old ones");
  },
  apply() {
    for (const table of legacyJwtTables) table().clear();
  },
});

export const tokens = {
  set_ca_cert_bundle,
  remove_ca_cert_bundle,
  set_jwt_issuer,
  set_jwt_public_signing_keys,
  remove_jwt_issuer,
  set_jwt_audience,
  remove_jwt_audience,
  cleanup_legacy_jwt_records,
};
