import type { NodeConfig } from "./config.js";
import { found } from "./founding.js";
import { makeNodeEncryptionKey } from "./genesis.js";
import { Engine } from "./js/engine.js";
import { NodeFiles } from "./node-files.js";
import { appFrontend } from "./rpc/app/frontend.js";
import { Dispatcher } from "./rpc/dispatcher.js";
import { govFrontend } from "./rpc/gov/frontend.js";
import { adoptCertificates, NodeEffects } from "./rpc/gov/index.js";
import { messageOf } from "./rpc/errors.js";
import { HistoricalQueries } from "./rpc/historical-queries.js";
import type { NodeContext, RpcRequest, RpcResponse } from "./rpc/http.js";
import { Metrics } from "./rpc/metrics.js";
import { nodeFrontend } from "./rpc/node/frontend.js";
import { TlsServer } from "./rpc/wire/server.js";
import type { Identity } from "./tls/identity.js";
import { requireValidCertificates } from "./tls/validity.js";

/** A CCF-compatible service of one node, in this process. It runs real applications, and protects nothing. */
export class EmbeddedNode {
  readonly #context: NodeContext;
  readonly #files: NodeFiles;
  readonly #server: TlsServer;
  readonly #dispatcher: Dispatcher;

  private constructor(context: NodeContext, files: NodeFiles, server: TlsServer) {
    this.#context = context;
    this.#files = files;
    this.#server = server;
    const frontends = { app: appFrontend(), gov: govFrontend(), node: nodeFrontend() };
    this.#dispatcher = new Dispatcher(context, frontends, () => this.#renewCertificates());
  }

  /**
   * Starts the node of a folder: founds a service, or goes on with the one that is there.
   *
   * @throws {LedgerError} if there is a ledger that is not intact, or the folder cannot be used
   * @throws {UsageError} `ClockBehind`, `CertificateExpired`: no client would talk to the node
   * @throws {Error} `EADDRINUSE`, if something else listens there
   */
  static async start(config: NodeConfig): Promise<EmbeddedNode> {
    const { host = "127.0.0.1", port = 0, log = () => undefined } = config;
    const files = new NodeFiles(config.directory);
    const isNew = !files.hasLedger;
    const [engine, nodeEncryptionKey] = await Promise.all([
      Engine.load((level, _access, line) => log(`[app ${level}] ${line}`)),
      isNew ? makeNodeEncryptionKey() : undefined,
    ]);
    const { identity, ledger } = isNew ? files.create({ ...config, host }) : files.open(config);
    const metrics = new Metrics();
    const server = new TlsServer(metrics);
    try {
      const address = `${host}:${await server.listen(host, port, serverIdentity(identity))}`;
      if (nodeEncryptionKey !== undefined) found(config, { ledger, identity, address, nodeEncryptionKey });
      adoptCertificates(ledger.store.begin(), identity);
      requireValidCertificates(identity);
      files.publish(identity);
      const effects = new NodeEffects(ledger, identity);
      const historicalQueries = new HistoricalQueries(ledger);
      const service = { config, ledger, engine, identity, effects, historicalQueries };
      const node = new EmbeddedNode({ ...service, metrics, address, log }, files, server);
      await ledger.flush();
      server.serve((request) => node.handle(request));
      return node;
    } catch (error) {
      await server.close();
      await ledger.close();
      throw error;
    }
  }

  /** such as `https://127.0.0.1:8000` */
  get url(): string {
    return `https://${this.#context.address}`;
  }

  /** PEM; what clients have to trust */
  get serviceCertificate(): string {
    return this.#context.identity.service.certificate;
  }

  /** Answers a request as if it had come over the network. */
  handle(request: RpcRequest): RpcResponse {
    return this.#dispatcher.handle(request);
  }

  /** Answers no more requests, and returns when all that was applied is stored. */
  async stop(): Promise<void> {
    await this.#server.close();
    await this.#context.ledger.close();
  }

  /** Governance renews certificates by writing them: the transaction stands, whether or not they can be stored. */
  #renewCertificates(): void {
    const { identity, ledger } = this.#context;
    const before = [identity.service.certificate, identity.node.certificate];
    try {
      adoptCertificates(ledger.store.begin(), identity);
      if (before.includes(identity.service.certificate) && before.includes(identity.node.certificate)) return;
      this.#server.renew(serverIdentity(identity));
      this.#files.publish(identity);
    } catch (error) {
      this.#context.log(`Renewed certificates could not be stored: ${messageOf(error)}`);
    }
  }
}

function serverIdentity({ node }: Identity) {
  return {
    key: node.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: node.certificate,
  };
}
