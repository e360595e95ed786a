import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../../../sandbox/embedded/js/engine.js";
import type { RuntimeOptions } from "../../../../sandbox/embedded/js/types.js";
import { jsonTable, jsonValue, textTable } from "../../../../sandbox/embedded/kv/typed.js";
import { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import { LedgerSecrets } from "../../../../sandbox/embedded/ledger/secrets.js";
import { appFrontend } from "../../../../sandbox/embedded/rpc/app/frontend.js";
import { Dispatcher } from "../../../../sandbox/embedded/rpc/dispatcher.js";
import { govFrontend } from "../../../../sandbox/embedded/rpc/gov/frontend.js";
import { NodeEffects } from "../../../../sandbox/embedded/rpc/gov/index.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";
import { HistoricalQueries } from "../../../../sandbox/embedded/rpc/historical-queries.js";
import type { NodeContext, RpcRequest, RpcResponse } from "../../../../sandbox/embedded/rpc/http.js";
import { Metrics } from "../../../../sandbox/embedded/rpc/metrics.js";
import { nodeFrontend } from "../../../../sandbox/embedded/rpc/node/frontend.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";

/** By method and path, such as `GET /records/{id}`: the exported function of the module, and what differs from the usual. */
export type Endpoints = Readonly<Record<string, { readonly f: string } & Readonly<Record<string, unknown>>>>;

/** A service that is open and runs an application of one module, without members or network. */
export class Application {
  readonly node: NodeContext;
  readonly logged: string[];
  readonly #dispatcher: Dispatcher;
  readonly #directory: string;

  private constructor(node: NodeContext, directory: string, logged: string[]) {
    this.node = node;
    this.logged = logged;
    this.#directory = directory;
    const frontends = { app: appFrontend(), gov: govFrontend(), node: nodeFrontend() };
    this.#dispatcher = new Dispatcher(node, frontends, () => undefined);
  }

  static async start(endpoints: Endpoints, source: string): Promise<Application> {
    const directory = mkdtempSync(join(tmpdir(), "app-"));
    const identity = Identity.create(join(directory, "node"), {
      validFrom: new Date(),
      serviceValidityDays: 1,
      nodeValidityDays: 1,
      alternativeNames: [],
    });
    const ledger = Ledger.create({
      directory: join(directory, "ledger"),
      identity,
      secrets: LedgerSecrets.create(),
      signatures: { delayMs: 5 },
    });
    const logged: string[] = [];
    const node: NodeContext = {
      config: { directory, members: [], constitution: "" },
      ledger,
      engine: await Engine.load((_level, _access, line) => logged.push(line)),
      identity,
      effects: new NodeEffects(ledger, identity),
      historicalQueries: new HistoricalQueries(ledger),
      metrics: new Metrics(),
      address: "127.0.0.1:8000",
      log: (line) => logged.push(line),
    };
    const application = new Application(node, directory, logged);
    application.change((tx) => {
      tables.serviceInfo(tx).set({ cert: "", status: "Open" });
      textTable(tx, "public:ccf.gov.modules").set("/app.js", source);
      for (const [key, { f, ...more }] of Object.entries(endpoints))
        jsonTable(tx, "public:ccf.gov.endpoints").set(key, {
          js_module: "/app.js",
          js_function: f,
          mode: "readwrite",
          forwarding_required: "always",
          authn_policies: ["no_auth"],
          ...more,
        });
    });
    return application;
  }

  /** Writes tables as governance would. */
  change(write: (tx: ReturnType<Ledger["store"]["begin"]>) => void): void {
    const tx = this.node.ledger.store.begin();
    write(tx);
    this.node.ledger.commit(tx);
  }

  setOptions(options: Partial<RuntimeOptions>): void {
    this.change((tx) => jsonValue(tx, "public:ccf.gov.js_runtime_options").set(options));
  }

  /** @param call such as `GET /app/records/1?all` */
  request(
    call: string,
    more: Partial<RpcRequest> = {},
  ): RpcResponse & { text: string; txId: string | undefined } {
    const [method = "", target = ""] = call.split(" ");
    const [path = "", query = ""] = target.split("?");
    const request = { method, path, query, headers: {}, body: new Uint8Array(), ...more };
    const response = this.#dispatcher.handle(request);
    const { body = "" } = response;
    const text = body instanceof Uint8Array ? Buffer.from(body).toString() : JSON.stringify(body);
    return { ...response, text, txId: response.headers?.["x-ms-ccf-transaction-id"] };
  }

  async stop(): Promise<void> {
    await this.node.ledger.close();
    rmSync(this.#directory, { recursive: true });
  }
}
