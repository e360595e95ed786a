import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessing, LedgerError } from "./ledger/errors.js";
import { Ledger, type LedgerOptions } from "./ledger/ledger.js";
import { LedgerSecrets } from "./ledger/secrets.js";
import type { NodeConfig } from "./config.js";
import { Identity } from "./tls/identity.js";

/** What a node has to keep. */
export interface NodeState {
  readonly identity: Identity;
  readonly ledger: Ledger;
}

/**
 * The files of a node, in one folder:
 *
 * | path | |
 * | --- | --- |
 * | `service_cert.pem` | the certificate of the service: what clients have to trust |
 * | `node_cert.pem` | the certificate of the node, issued by the service |
 * | `ledger/` | the ledger, in CCF's format |
 * | `node/` | private keys and ledger secrets; for the user who runs the node, and nobody else |
 */
export class NodeFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whether a service has begun here. @throws {LedgerError} if one has, and its ledger is gone */
  get hasLedger(): boolean {
    const ledger = this.#ledger;
    const exists = existsSync(ledger) && accessing(`read ${ledger}`, () => readdirSync(ledger)).length > 0;
    if (!exists && existsSync(this.#committedMark))
      throw new LedgerError(
        `${this.#directory} has the keys of a service but no ledger: restore ${this.#ledger}, or start a new service in another folder`,
        { code: "LedgerIncomplete" },
      );
    return exists;
  }

  /** Keys and an empty ledger for a new service. @param host under which the node is reached */
  create(config: NodeConfig & { readonly host: string }): NodeState {
    const identity = accessing(`begin a service in ${this.#directory}`, () => {
      mkdirSync(this.#directory, { recursive: true });
      return Identity.create(this.#private, {
        validFrom: new Date(),
        serviceValidityDays: config.serviceCertificateValidityDays ?? 90,
        nodeValidityDays: config.nodeCertificateValidityDays ?? 365,
        alternativeNames: config.alternativeNames ?? [...new Set([config.host, "127.0.0.1", "localhost"])],
      });
    });
    const secrets = LedgerSecrets.create(this.#secrets);
    return { identity, ledger: Ledger.create(this.#ledgerOptions(identity, secrets, config)) };
  }

  /** Reads keys and ledger. @throws {LedgerError} if the ledger is not intact */
  open(config: NodeConfig): NodeState {
    const identity = Identity.open(this.#private);
    const secrets = LedgerSecrets.open(this.#secrets);
    return { identity, ledger: Ledger.open(this.#ledgerOptions(identity, secrets, config)) };
  }

  /** Writes the certificates out for clients. */
  publish({ service, node }: Identity): void {
    writeFileSync(join(this.#directory, "service_cert.pem"), service.certificate);
    writeFileSync(join(this.#directory, "node_cert.pem"), node.certificate);
  }

  #ledgerOptions(identity: Identity, secrets: LedgerSecrets, config: NodeConfig): LedgerOptions {
    const { signatures, ledgerChunkBytes, log = () => undefined } = config;
    return {
      directory: this.#ledger,
      identity,
      secrets,
      committedMark: this.#committedMark,
      ...(signatures ? { signatures } : {}),
      ...(ledgerChunkBytes === undefined ? {} : { chunkBytes: ledgerChunkBytes }),
      onFailure: (error) => log(error.message),
    };
  }

  get #private(): string {
    return join(this.#directory, "node");
  }
  get #ledger(): string {
    return join(this.#directory, "ledger");
  }
  get #secrets(): string {
    return join(this.#private, "ledger_secrets");
  }
  get #committedMark(): string {
    return join(this.#private, "last_committed");
  }
}
