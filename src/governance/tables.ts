/**
 * Every table of the service: its name, key, value, and who writes it.
 *
 * CCF lets the application only read `public:ccf.gov.*`, which votes of the members write, and lets governance write but
 * never read the application's own public tables. Tables without `public:` are encrypted on the ledger.
 * Parts of a composite key are joined by `/`, which no id contains.
 */
export * from "./tables/attestation.js";
export * from "./tables/ca.js";
export * from "./tables/ccf.js";
export * from "./tables/contracts.js";
export * from "./tables/deployments.js";
export * from "./tables/documents.js";
export * from "./tables/events.js";
export * from "./tables/oidc.js";
export * from "./tables/options.js";
export * from "./tables/policies.js";
export * from "./tables/releases.js";
export * from "./tables/secrets.js";
export * from "./tables/signing.js";
export * from "./tables/users.js";
