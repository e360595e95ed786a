import { defaultServiceConfiguration, type NodeConfig } from "./config.js";
import { genesis } from "./genesis.js";
import type { Ledger } from "./ledger/ledger.js";
import { sessionLimits } from "./rpc/wire/server.js";
import type { Identity } from "./tls/identity.js";

/** What the first transaction of a service is made of, beside its configuration. */
export interface Founding {
  readonly ledger: Ledger;
  readonly identity: Identity;
  /** host and port under which clients reach the node */
  readonly address: string;
  /** PEM; see `makeNodeEncryptionKey` */
  readonly nodeEncryptionKey: string;
}

/** Commits the first transaction of a new service. */
export function found(config: NodeConfig, { ledger, identity, address, nodeEncryptionKey }: Founding): void {
  const transaction = ledger.store.begin();
  const primary = {
    bind_address: address,
    published_address: address,
    max_open_sessions_soft: sessionLimits.soft,
    max_open_sessions_hard: sessionLimits.hard,
  };
  const options = {
    members: config.members,
    constitution: config.constitution,
    configuration: { ...defaultServiceConfiguration, ...config.serviceConfiguration },
    serviceData: config.serviceData,
    nodeData: config.nodeData,
    nodeEncryptionKey,
    rpcInterfaces: { primary },
    // There are no other nodes.
    nodeToNodeAddress: address,
  };
  genesis(transaction, options, identity);
  ledger.commit(transaction);
}
