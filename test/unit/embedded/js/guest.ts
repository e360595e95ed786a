import { Engine } from "../../../../sandbox/embedded/js/engine.js";
import { defaultOptions } from "../../../../sandbox/embedded/js/options.js";
import type {
  CallerIdentity,
  EndpointOutcome,
  EndpointProperties,
  GovernanceAnswers,
  GovernanceCall,
  GovernanceOutcome,
  NodeInterface,
  RuntimeOptions,
} from "../../../../sandbox/embedded/js/types.js";
import { singletonKey, Store, type Transaction } from "../../../../sandbox/embedded/kv/store.js";
import type { HistoricalState } from "../../../../sandbox/embedded/ledger/ledger.js";

const idleNode: NodeInterface = {
  lastCommitted: { view: 2, seqno: 1 },
  status: () => "Unknown",
  viewOf: () => undefined,
  historical: () => undefined,
};

export interface CallOptions {
  mode?: EndpointProperties["mode"];
  reuse?: string;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  query?: string;
  params?: Record<string, string>;
  caller?: CallerIdentity | null;
  options?: Partial<RuntimeOptions>;
  node?: Partial<NodeInterface>;
  historicalState?: HistoricalState;
  /** keep what was written for later calls */
  commit?: boolean;
}

/** Evaluates the text of the request's body, and answers with what comes out of it, or what it throws. */
const EVALUATE = `export const evaluate = (request) => {
  const describe = (value) =>
    value === undefined ? "undefined"
    : value instanceof ArrayBuffer ? { bytes: Array.from(new Uint8Array(value)) }
    : value instanceof Error ? value.name + ": " + value.message
    : value;
  try {
    return { body: { value: describe((0, eval)(request.body.text())) } };
  } catch (error) {
    return { body: { threw: describe(error) } };
  }
};`;

/** An application in tables and an engine of its own, and calls to it. */
export class Guest {
  readonly store = new Store();
  readonly #engine: Engine;
  #version = 0;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param modules by name, without the first slash */
  static async with(modules: Record<string, string> = {}): Promise<Guest> {
    const guest = new Guest(await Engine.load());
    guest.install({ "evaluate.js": EVALUATE, ...modules });
    return guest;
  }

  install(modules: Record<string, string>): void {
    this.write((tx) => {
      for (const [name, source] of Object.entries(modules))
        tx.table("public:ccf.gov.modules").set(Buffer.from(`/${name}`), Buffer.from(source));
      tx.table("public:ccf.gov.interpreter.flush").set(singletonKey, Buffer.from("true"));
    });
  }

  write(change: (tx: Transaction) => void): void {
    const tx = this.store.begin();
    change(tx);
    this.#apply(tx);
  }

  /** @param endpoint such as `app.js#hello` */
  call(endpoint: string, call: CallOptions = {}): EndpointOutcome {
    const [module = "", name = ""] = endpoint.split("#");
    const {
      mode = "readwrite",
      reuse,
      body = "",
      headers = {},
      query = "",
      params = {},
      caller = null,
    } = call;
    const tx = this.store.begin();
    const outcome = this.#engine.runEndpoint({
      tx,
      endpoint: {
        js_module: module,
        js_function: name,
        mode,
        interpreter_reuse: reuse === undefined ? undefined : { key: reuse },
      },
      request: {
        method: "POST",
        path: "/app/called",
        query,
        route: "/app/called",
        params,
        headers,
        body: Buffer.from(body),
        caller,
      },
      options: { ...defaultOptions, ...call.options },
      node: { ...idleNode, ...call.node },
      historicalState: call.historicalState,
    });
    if (call.commit) this.#apply(tx);
    return outcome;
  }

  /** The value of an expression in a fresh interpreter; what it throws becomes `threw <name>: <message>`. */
  evaluate(expression: string, call: CallOptions = {}): unknown {
    const outcome = json(this.call("evaluate.js#evaluate", { ...call, body: expression }));
    const { value, threw } = outcome as { value?: unknown; threw?: unknown };
    return threw === undefined ? value : `threw ${typeof threw === "string" ? threw : JSON.stringify(threw)}`;
  }

  govern<Name extends keyof GovernanceAnswers>(
    call: Omit<GovernanceCall<Name>, "tx" | "path" | "arguments" | "options"> &
      Partial<Pick<GovernanceCall<Name>, "arguments" | "options" | "tx">>,
  ): GovernanceOutcome<GovernanceAnswers[Name]> {
    const tx = call.tx ?? this.store.begin();
    const path = "public:ccf.gov.constitution[0]";
    return this.#engine.runGovernance<Name>({ arguments: [], options: defaultOptions, path, ...call, tx });
  }

  #apply(tx: Transaction): void {
    const written = tx.writeSet();
    if (written) this.store.apply(written, ++this.#version);
  }
}

/** The body of a response, parsed. @throws {Error} for a failure */
export function json(outcome: EndpointOutcome): unknown {
  return JSON.parse(text(outcome));
}

/** The body of a response as text. @throws {Error} for a failure */
export function text(outcome: EndpointOutcome): string {
  if (!outcome.ok) throw new Error(`${outcome.message} ${outcome.exception?.reason ?? ""}`);
  return Buffer.from(outcome.response.body ?? []).toString();
}

/** What a failure is reported as. @throws {Error} for a response */
export function failure(outcome: EndpointOutcome): string {
  if (outcome.ok) throw new Error(`no failure but ${text(outcome)}`);
  return outcome.message;
}
