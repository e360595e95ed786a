/** Certificate authorities: one per contract, and what the members allow it to certify. */
import { json, table, text } from "../../kit/tables.js";

/** Key: contract id. A contract without an entry has no authority. */
export interface Authority {
  readonly enabled: "true";
  /** Decimal digits. The members raise it to have a new key; the authority has one for the request of that number. */
  readonly requestId: string;
}
export const authorities = table("public:ccf.gov.ca", text, json<Authority>());

/** Key: contract id. Nothing but what it names is certified; a contract without a policy has no such limits. */
export interface CaPolicy {
  /** Host names, or `*.` and the rest of one, which stands for one label. */
  readonly allowedDnsNames: readonly string[];
  /** Addresses, or ranges of them (`10.0.0.0/8`). */
  readonly allowedIpAddresses: readonly string[];
  readonly maximumValidityDays?: number;
  /** Keys are certified only for requests that are signed with them. */
  readonly requireCsr?: boolean;
}
export const caPolicies = table("public:ccf.gov.ca_policies", text, json<CaPolicy>());

/** A certificate of an authority, PEM, and its last moment in milliseconds since 1970. */
export interface CaCertificate {
  readonly caCert: string;
  readonly expires: number;
}

/** Key: contract id. Keys are PEM. */
export interface CaSigningKey extends CaCertificate {
  /** The request of the members for which the key was made. */
  readonly requestId: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Newest first. What they certified is still in use; their keys are gone. */
  readonly previous: readonly CaCertificate[];
}
export const caSigningKeys = table("ca.signing_keys", text, json<CaSigningKey>());
