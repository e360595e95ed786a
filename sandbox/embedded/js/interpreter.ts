import { Scope, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime } from "quickjs-emscripten-core";
import type { Plain } from "./binary-json.js";
import { Bounds } from "./bounds.js";
import { GuestError, internalError, type ErrorKind } from "./guest-error.js";
import { HostCall, type HostFunction, type HostFunctions } from "./host-call.js";
import type { Invocation } from "./invocation.js";
import { ADJUST_LANGUAGE } from "./language.js";
import { EXPLANATION_MS, NESTING, type Limits } from "./limits.js";
import type { Machine } from "./machines.js";
import { isHandle, readValue, writeEncoded, writeSmallValue } from "./marshalling.js";
import type { ImportResolver } from "./module-names.js";
import { givingNamespace, NAMESPACE_TAKER, neverLinked } from "./module-namespace.js";
import { PRELUDE } from "./prelude.js";
import { Thrown, withoutPrelude } from "./thrown.js";
import type { GuestException, TxAccess } from "./types.js";

/** Adds to an interpreter what CCF offers there. */
export type Extension = (interpreter: Interpreter) => void;

const ERROR_KINDS: readonly ErrorKind[] = [
  "Error",
  "InternalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
];

/**
 * A QuickJS runtime with one context: the only place where handles of guest values are juggled. It holds no function of
 * this process but those that extensions define.
 */
export class Interpreter {
  readonly access: TxAccess;
  readonly context: QuickJSContext;
  readonly #runtime: QuickJSRuntime;
  readonly #machine: Machine;
  readonly #helpers = new Map<string, QuickJSHandle>();
  readonly #errorConstructors = new Map<ErrorKind, QuickJSHandle>();
  readonly #kept = new Map<string, QuickJSHandle>();
  /** the namespaces of evaluated modules, by label */
  readonly #modules = new Map<string, QuickJSHandle>();
  readonly #bounds: Bounds;
  #nesting = 0;
  /** What is being executed; extensions find the transaction here. */
  invocation: Invocation | undefined;

  constructor(machine: Machine, access: TxAccess, extensions: readonly Extension[]) {
    this.access = access;
    this.#machine = machine;
    this.#runtime = machine.quickjs.newRuntime();
    this.#bounds = new Bounds(machine, this.#runtime);
    this.context = this.#runtime.newContext();
    this.#prepare();
    for (const extension of extensions) extension(this);
  }

  /** Whether the last execution was stopped because it took too long. */
  get timedOut(): boolean {
    return this.#bounds.timedOut;
  }

  /** The limits of the present execution, or of the last one. */
  get limits(): Limits {
    return this.#bounds.limits;
  }

  /** Whether QuickJS itself failed: neither this interpreter nor its WebAssembly instance can be relied on. */
  get broken(): boolean {
    return this.#machine.broken;
  }

  /** Does something in a bare interpreter beside this one, on the same WebAssembly instance. */
  beside<Result>(access: TxAccess, run: (sibling: Interpreter) => Result): Result {
    const sibling = new Interpreter(this.#machine, access, []);
    try {
      return run(sibling);
    } finally {
      sibling.dispose();
    }
  }

  /** Runs guest code within limits; what it throws arrives as {@link Thrown}. */
  within<Result>(limits: Limits, run: () => Result): Result {
    return this.#bounds.within(limits, run);
  }

  /** Calls a guest function. @throws {Thrown} */
  call(callee: QuickJSHandle, self: QuickJSHandle, args: QuickJSHandle[]): QuickJSHandle {
    // guest code that was stopped in here may have caught that: it gets no second chance further out
    if (this.#bounds.isOver) throw internalError("interrupted");
    if (this.#nesting >= NESTING) throw internalError("stack overflow");
    this.#nesting++;
    try {
      return this.#unwrap(this.#bounds.enter(() => this.context.callFunction(callee, self, ...args)));
    } finally {
      this.#nesting--;
    }
  }

  /** Calls a function of the prelude, with handles or values. @throws {Thrown} */
  help(name: string, ...args: unknown[]): QuickJSHandle {
    const helper = this.#helpers.get(name);
    if (!helper) throw new Error(`the prelude has no function ${name}`);
    return Scope.withScope((scope) =>
      this.call(
        helper,
        this.context.undefined,
        args.map((arg) => (isHandle(arg) ? arg : scope.manage(this.write(arg)))),
      ),
    );
  }

  /** What a function of the prelude answers, as data. @throws {Thrown} */
  ask(name: string, ...args: unknown[]): Plain {
    return this.help(name, ...args).consume((answer) => this.read(answer));
  }

  /** The namespace of a module that was evaluated before, by its label. */
  module(label: string): QuickJSHandle | undefined {
    return this.#modules.get(label);
  }

  /**
   * Evaluates a module. One that throws has been evaluated too: what it exports by then is there, as in CCF.
   * @returns its namespace
   * @throws {Thrown} if it does not get as far as being evaluated itself
   */
  evaluateModule(label: string, name: string, source: string): QuickJSHandle {
    const found: { namespace?: QuickJSHandle } = {};
    this.hostFunction("found", (call) => {
      found.namespace = call.arg(0).dup();
      return undefined;
    }).consume((take) => {
      this.set([], NAMESPACE_TAKER, take);
    });
    const result = this.#evaluate(name, givingNamespace(name, source));
    const { namespace } = found;
    if (!namespace) throw new Thrown(result.error ?? this.context.undefined);
    (result.error ?? result.value).dispose();
    this.#modules.set(label, namespace);
    return namespace;
  }

  /** Compiles a module and what it imports, without evaluating anything. @returns what was thrown at that, or in linking */
  compileModule(name: string, source: string): QuickJSHandle | undefined {
    return this.#evaluate(name, neverLinked(name, source)).error;
  }

  /**
   * Says where imports find their modules.
   * @param load gives the source; `undefined` where there is no such module
   */
  setModuleLoader(load: (name: string) => string | undefined, resolve: ImportResolver): void {
    this.#runtime.setModuleLoader(
      (name) => load(name) ?? { error: new Error(`could not load module '${name}'`) },
      resolve,
    );
  }

  /** A value for the guest: what {@link encode} takes. */
  write(value: unknown): QuickJSHandle {
    const small = writeSmallValue(this.context, value);
    if (small) return small;
    // the library does not expect that there is no memory for what is ours
    const encoded = this.#machine.upTo(Infinity, () => writeEncoded(this.context, value));
    return encoded.consume(() => this.#bounds.enter(() => this.context.decodeBinaryJSON(encoded)));
  }

  /** A value of the guest. @throws {TypeError} if it is not {@link Plain} */
  read(value: QuickJSHandle): Plain {
    return this.#machine.guard(() => readValue(this.context, value));
  }

  /** What was thrown, in words, as CCF reports it. */
  explain(thrown: QuickJSHandle): GuestException {
    return this.#bounds.aside(EXPLANATION_MS, () => {
      try {
        const [reason, trace] = this.ask("explain", thrown) as [string, string | undefined];
        return { reason, trace: withoutPrelude(trace) };
      } catch (error) {
        if (error instanceof Thrown) error.value.dispose();
        return { reason: "" };
      }
    });
  }

  /** Sets functions as properties of the object at `path`, which is made if it is not there yet. */
  define(path: readonly string[], functions: HostFunctions): void {
    Scope.withScope((scope) => {
      scope.manage(this.#install(scope, this.#objectAt(scope, path), functions));
    });
  }

  /** A new object with these functions. */
  functionsObject(functions: HostFunctions): QuickJSHandle {
    return Scope.withScope((scope) =>
      this.#install(scope, scope.manage(this.context.newObject()), functions),
    );
  }

  /** Sets a property of the object at `path`, which is made if it is not there yet. */
  set(path: readonly string[], name: string, value: QuickJSHandle): void {
    Scope.withScope((scope) => {
      this.context.setProp(this.#objectAt(scope, path), name, value);
    });
  }

  /** A function of ours, as native to the guest as its own built-in ones. */
  hostFunction(name: string, run: HostFunction): QuickJSHandle {
    const perform = (self: QuickJSHandle, args: QuickJSHandle[]): QuickJSHandle => {
      try {
        const result = this.#machine.upTo(Infinity, () => run(new HostCall(this, self, args)));
        return isHandle(result) ? result : this.write(result);
      } catch (error) {
        throw this.#throwable(error);
      }
    };
    return this.context.newFunction(name, function (this: QuickJSHandle, ...args: QuickJSHandle[]) {
      return perform(this, args);
    });
  }

  /** Never fails: one that cannot even be taken down is broken. */
  dispose(): void {
    if (this.broken) return;
    try {
      this.#machine.guard(() => {
        for (const handles of [this.#helpers, this.#errorConstructors, this.#modules, this.#kept])
          for (const handle of handles.values()) handle.dispose();
        this.context.dispose();
        this.#runtime.dispose();
      });
    } catch (error) {
      if (!this.#machine.broken) throw error;
    }
  }

  /** A handle that lives as long as the interpreter; made when it is first needed. */
  kept(name: string, make: () => QuickJSHandle): QuickJSHandle {
    let handle = this.#kept.get(name);
    if (!handle) {
      handle = make();
      this.#kept.set(name, handle);
    }
    return handle;
  }

  #prepare(): void {
    const { context } = this;
    Scope.withScope((scope) => {
      const helpers = scope.manage(this.#unwrap(context.evalCode(PRELUDE, "prelude")));
      const names = scope.manage(context.getProp(helpers, "names"));
      for (const name of context.getString(names).split(" "))
        this.#helpers.set(name, context.getProp(helpers, name));
      for (const kind of ERROR_KINDS)
        this.#errorConstructors.set(kind, context.getProp(context.global, kind));
      scope.manage(this.#unwrap(context.evalCode(ADJUST_LANGUAGE, "prelude")));
    });
  }

  #install(scope: Scope, object: QuickJSHandle, functions: HostFunctions): QuickJSHandle {
    const entries = Object.entries(functions);
    const lengths = entries.map(([, [length]]) => length);
    const made = entries.map(([name, [, run]]) => scope.manage(this.hostFunction(name, run)));
    return this.help("install", object, lengths, ...made);
  }

  #objectAt(scope: Scope, path: readonly string[]): QuickJSHandle {
    let object = this.context.global;
    for (const name of path) {
      let next = scope.manage(this.context.getProp(object, name));
      if (this.context.typeof(next) === "undefined") {
        next = scope.manage(this.context.newObject());
        this.context.setProp(object, name, next);
      }
      object = next;
    }
    return object;
  }

  /** An error of ours as something to throw in the guest. */
  #throwable(error: unknown): unknown {
    if (error instanceof Thrown) return error.value;
    if (!(error instanceof GuestError)) return error;
    const constructor = this.#errorConstructors.get(error.kind);
    if (!constructor) return error;
    try {
      return Scope.withScope((scope) =>
        this.call(constructor, this.context.undefined, [scope.manage(this.write(error.message))]),
      );
    } catch (failed) {
      return failed instanceof Thrown ? failed.value : error;
    }
  }

  #evaluate(name: string, source: string) {
    return this.#bounds.enter(() => this.context.evalCode(source, name, { type: "module" }));
  }

  #unwrap(result: ReturnType<QuickJSContext["callFunction"]>): QuickJSHandle {
    if (result.error) throw new Thrown(result.error);
    return result.value;
  }
}
