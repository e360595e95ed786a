import type { FoundingMember } from "./genesis.js";
import type { ServiceConfiguration } from "./rpc/gov/tables.js";

/** How an embedded node runs, and what a new service is founded with. */
export interface NodeConfig {
  /** The node's folder; a service begins if there is no ledger in it, and goes on if there is. */
  readonly directory: string;
  /** name or address to listen on; 127.0.0.1 */
  readonly host?: string | undefined;
  /** 0, the default: any that is free */
  readonly port?: number | undefined;

  // What a new service is founded with; without effect on one that goes on.

  readonly members: readonly FoundingMember[];
  /** JavaScript text */
  readonly constitution: string;
  readonly serviceConfiguration?: Partial<ServiceConfiguration> | undefined;
  readonly serviceData?: unknown;
  readonly nodeData?: unknown;
  /** 90 */
  readonly serviceCertificateValidityDays?: number | undefined;
  /** 365 */
  readonly nodeCertificateValidityDays?: number | undefined;
  /** names and addresses under which the node is reached; {@link host}, `localhost` and 127.0.0.1 */
  readonly alternativeNames?: readonly string[] | undefined;

  readonly signatures?:
    | {
        /** milliseconds from a transaction to the signature that commits it; 200 */
        readonly delayMs?: number;
        /** transactions after which a signature does not wait; 5000 */
        readonly txCount?: number;
        /** who signs what, as COSE signatures say it */
        readonly claims?: { readonly issuer: string; readonly subject: string };
      }
    | undefined;
  /** bytes after which a ledger file ends with the next signature; 5,000,000 */
  readonly ledgerChunkBytes?: number | undefined;
  /** Told what the application logs, and what goes wrong. */
  readonly log?: ((line: string) => void) | undefined;
}

/** What a service is configured as, unless its founders state otherwise. */
export const defaultServiceConfiguration: ServiceConfiguration = {
  recovery_threshold: 1,
  maximum_node_certificate_validity_days: 365,
  maximum_service_certificate_validity_days: 365,
};
