import { Scope, type QuickJSHandle } from "quickjs-emscripten-core";
import { singletonKey } from "../kv/store.js";
import { consensus } from "./extensions/consensus.js";
import { consoleTo, type Log } from "./extensions/console.js";
import { converters } from "./extensions/converters.js";
import { crypto } from "./extensions/crypto.js";
import { govEffects } from "./extensions/gov-effects.js";
import { gov } from "./extensions/gov.js";
import { HistoricalRanges } from "./extensions/historical-ranges.js";
import { historical, stateObject } from "./extensions/historical.js";
import { kv } from "./extensions/kv.js";
import { network } from "./extensions/network.js";
import { node } from "./extensions/node.js";
import { random } from "./extensions/random.js";
import { requestObject } from "./extensions/request.js";
import { rpc } from "./extensions/rpc.js";
import { snpAttestation } from "./extensions/snp-attestation.js";
import { GuestError } from "./guest-error.js";
import { InterpreterCache } from "./interpreter-cache.js";
import { Interpreter, type Extension } from "./interpreter.js";
import { Thrown } from "./thrown.js";
import type { Invocation } from "./invocation.js";
import { Machines } from "./machines.js";
import { exportedFunction, installedModule, LoadError, soleModule } from "./modules.js";
import { governanceOptions } from "./options.js";
import { InvalidResponse, responseOf } from "./response.js";
import type {
  EndpointCall,
  EndpointOutcome,
  GovernanceAnswers,
  GovernanceCall,
  GovernanceOutcome,
  GuestException,
  TxAccess,
} from "./types.js";

const FLUSH_TABLE = "public:ccf.gov.interpreter.flush";

const EXCEPTION = "Exception thrown while executing.";
const TOO_LONG = "Operation took too long to complete.";

/** Runs the application and the constitution, each in interpreters that see nothing of this process. */
export class Engine {
  readonly #machines: Machines;
  readonly #cache = new InterpreterCache();
  readonly #governance: readonly Extension[];
  readonly #application: readonly Extension[];

  private constructor(machines: Machines, log: Log) {
    this.#machines = machines;
    const common = [random, consoleTo(log), converters, crypto, snpAttestation, gov, kv];
    this.#governance = common;
    this.#application = [...common, consensus, historical(new HistoricalRanges()), rpc];
  }

  /** Loads QuickJS; once per process is enough. @param log takes what guest code logs */
  static async load(log: Log = () => undefined): Promise<Engine> {
    return new Engine(await Machines.load(), log);
  }

  /** Serves a request by a function of the application. */
  runEndpoint(call: EndpointCall): EndpointOutcome {
    const { tx, request, node: nodeInterface, options } = call;
    const { mode, interpreter_reuse: reuse } = call.endpoint;
    this.#cache.refresh(tx.table(FLUSH_TABLE).versionOfPreviousWrite(singletonKey));
    const access = mode === "readwrite" ? "APP_RW" : "APP_RO";
    const key = reuse && `${reuse.key} ${access}`;
    const kept = key === undefined ? undefined : this.#cache.take(key);
    const interpreter = kept ?? this.#interpreter(access, this.#application);

    const invocation: Invocation = { tx, request, node: nodeInterface };
    const outcome = this.#during(interpreter, invocation, () => serve(interpreter, call));
    const { applyWrites, claimsDigest, fatal } = invocation;
    if (key !== undefined && isReusable(interpreter, outcome))
      this.#cache.keep(key, interpreter, options.max_cached_interpreters);
    else interpreter.dispose();
    if (fatal !== undefined) return { ok: false, message: fatal, timedOut: false };
    return { ...outcome, applyWrites, claimsDigest };
  }

  /** Calls a function of the constitution, or `vote` of a ballot, in an interpreter of its own. */
  runGovernance<Name extends keyof GovernanceAnswers>(
    call: GovernanceCall<Name>,
  ): GovernanceOutcome<GovernanceAnswers[Name]> {
    const isApply = call.run === "apply";
    const interpreter = this.#interpreter(
      isApply ? "GOV_RW" : "GOV_RO",
      isApply ? [...this.#governance, node, network, govEffects] : this.#governance,
    );
    const invocation: Invocation = { tx: call.tx, effects: call.effects };
    try {
      const outcome = this.#during(interpreter, invocation, () => decide(interpreter, call));
      const { fatal } = invocation;
      return fatal === undefined ? outcome : { ok: false, stage: "load", reason: fatal, timedOut: false };
    } finally {
      interpreter.dispose();
    }
  }

  #interpreter(access: TxAccess, extensions: readonly Extension[]): Interpreter {
    return new Interpreter(this.#machines.current, access, extensions);
  }

  #during<Result>(interpreter: Interpreter, invocation: Invocation, run: () => Result): Result {
    interpreter.invocation = invocation;
    try {
      return run();
    } finally {
      interpreter.invocation = undefined;
    }
  }
}

/** Interpreters go on after ordinary errors. */
function isReusable(interpreter: Interpreter, outcome: EndpointOutcome): boolean {
  if (interpreter.broken || interpreter.timedOut) return false;
  return outcome.ok || outcome.exception?.reason !== "InternalError: out of memory";
}

function serve(interpreter: Interpreter, call: EndpointCall): EndpointOutcome {
  const { options } = call;
  try {
    return Scope.withScope((scope) => {
      const { handler, request } = interpreter.within(options, () => prepare(interpreter, call, scope));
      return interpreter.within(options, () => {
        const result = scope.manage(interpreter.call(handler, interpreter.context.undefined, [request]));
        return { ok: true, response: responseOf(interpreter, result, options), timedOut: false };
      });
    });
  } catch (error) {
    return { ok: false, timedOut: interpreter.timedOut, ...failureOf(interpreter, error) };
  }
}

/** Whatever may run code of the guest before the handler itself does. */
function prepare(
  interpreter: Interpreter,
  { tx, endpoint, historicalState, request }: EndpointCall,
  scope: Scope,
) {
  if (historicalState) {
    const state = scope.manage(stateObject(interpreter, historicalState));
    interpreter.set(["ccf"], "historicalState", state);
  }
  const module = installedModule(tx, endpoint.js_module);
  const handler = scope.manage(exportedFunction(interpreter, module, endpoint.js_function));
  return { handler, request: scope.manage(requestObject(interpreter, request)) };
}

function failureOf(
  interpreter: Interpreter,
  error: unknown,
): { message: string; exception?: GuestException } {
  if (error instanceof LoadError) return { message: interpreter.timedOut ? TOO_LONG : error.message };
  if (error instanceof InvalidResponse)
    return error.exception
      ? { message: error.message, exception: error.exception }
      : { message: error.message };
  return { message: interpreter.timedOut ? TOO_LONG : EXCEPTION, exception: exceptionOf(interpreter, error) };
}

/** What was thrown, whether by guest code or because QuickJS itself could not go on. */
function exceptionOf(interpreter: Interpreter, error: unknown): GuestException {
  if (error instanceof Thrown) return error.value.consume((thrown) => interpreter.explain(thrown));
  if (error instanceof GuestError) return { reason: `${error.kind}: ${error.message}` };
  if (interpreter.broken) return { reason: "InternalError: stack overflow" };
  throw error;
}

function decide<Name extends keyof GovernanceAnswers>(
  interpreter: Interpreter,
  call: GovernanceCall<Name>,
): GovernanceOutcome<GovernanceAnswers[Name]> {
  const options = governanceOptions(call.options);
  try {
    return Scope.withScope((scope) => {
      const module = soleModule(call.path, call.source);
      const exported = scope.manage(
        interpreter.within(options, () => exportedFunction(interpreter, module, call.run)),
      );
      const args = call.arguments.map((arg) => scope.manage(interpreter.write(arg)));
      return interpreter.within(options, () => {
        const result = scope.manage(interpreter.call(exported, interpreter.context.undefined, args));
        return { ok: true, value: ANSWERS[call.run](interpreter, result) };
      });
    });
  } catch (error) {
    if (error instanceof LoadError)
      return { ok: false, stage: "load", reason: error.message, timedOut: interpreter.timedOut };
    const { reason, trace } = exceptionOf(interpreter, error);
    const { timedOut } = interpreter;
    return { ok: false, stage: "call", reason: timedOut ? TOO_LONG : reason, trace, timedOut };
  }
}

/** How the result of each function is read. */
const ANSWERS: {
  [Name in keyof GovernanceAnswers]: (
    interpreter: Interpreter,
    result: QuickJSHandle,
  ) => GovernanceAnswers[Name];
} = {
  validate: (interpreter, result) =>
    interpreter.ask("verdict", result) as unknown as GovernanceAnswers["validate"],
  resolve: (interpreter, result) => {
    try {
      const text = interpreter.ask("text", result);
      return typeof text === "string" ? text : "";
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
      error.value.dispose();
      return "";
    }
  },
  apply: () => undefined,
  vote: (interpreter, result) => interpreter.ask("boolean", result) === true,
};
