import { createPublicKey } from "node:crypto";
import { read } from "./endpoint.js";
import * as tables from "./tables.js";

const keys = read("/service/jwk", ({ tx }) => {
  const issuers = tables
    .jwtIssuers(tx)
    .entries()
    .map(([issuer, { auto_refresh = false, ca_cert_bundle_name: bundle }]) => {
      const caCertBundle = bundle === undefined ? {} : { caCertBundleName: bundle };
      return [issuer, { autoRefresh: auto_refresh, ...caCertBundle }] as const;
    });
  const signingKeys = tables
    .jwtSigningKeys(tx)
    .entries()
    .map(([kid, sharing]) => [kid, sharing.map(describeKey)] as const);
  return {
    status: 200,
    body: {
      issuers: Object.fromEntries(issuers),
      keys: Object.fromEntries(signingKeys),
      caCertBundles: Object.fromEntries(tables.caCertificateBundles(tx).entries()),
    },
  };
});

/** CCF lists RSA keys only, and fails as a whole where it meets another. */
function describeKey({ public_key, issuer, constraint }: tables.JwtSigningKey) {
  const key = createPublicKey({ key: Buffer.from(public_key, "base64"), format: "der", type: "spki" });
  if (key.asymmetricKeyType !== "rsa") throw new Error("A signing key of a token issuer is not an RSA key");
  return {
    publicKey: key.export({ type: "spki", format: "pem" }).toString(),
    issuer,
    constraint: constraint ?? null,
  };
}

/** Who issues tokens that are trusted here, and by which keys. */
export const jwkEndpoints = [keys];
