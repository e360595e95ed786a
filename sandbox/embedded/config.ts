import type { FoundingMember } from "./genesis.js";
import type { ServiceConfiguration } from "./rpc/gov/tables.js";

/** How an embedded node runs, and what a new service is founded with. */
export interface NodeConfig {
  /** The node's folder; a service begins if there is no ledger in it, and goes on if there is. */
  readonly directory: string;
  /** 127.0.0.1 */
  readonly host?: string | undefined;
  /** 0: any free port */
  readonly port?: number | undefined;

  /** What a new service is founded with; without effect on an existing one. */
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
  /** host names and addresses in the node's certificate; `localhost` and the host */
  readonly alternativeNames?: readonly string[] | undefined;

  readonly signatures?: { readonly delayMs?: number; readonly txCount?: number } | undefined;
  /** bytes; 5,000,000 */
  readonly ledgerChunkBytes?: number | undefined;
  /** Told what the application writes to its console, and what went wrong. */
  readonly log?: ((line: string) => void) | undefined;
}
