import type { QuickJSHandle } from "quickjs-emscripten-core";
import type { Transaction } from "../kv/store.js";
import { BYTECODE_TABLE, bytecodeIsCurrent } from "./bytecode.js";
import { Thrown, type Interpreter } from "./interpreter.js";

/** A module or one of its functions cannot be had; the message is CCF's. */
export class LoadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LoadError";
  }
}

/** The text of a module, or `undefined` where there is none of that name. */
export type ModuleLoader = (name: string) => string | undefined;

export interface Module {
  /** what it is called inside the engine: relative imports start from here, and traces show it */
  readonly name: string;
  readonly source: string;
  /** what CCF calls it in messages */
  readonly label: string;
  readonly load: ModuleLoader;
  /** What CCF says if the module does not compile. */
  compileFailure(reason: string): string;
}

/** A module on its own, such as a constitution or a ballot; CCF does not say why it does not compile. */
export function soleModule(path: string, source: string): Module {
  return {
    name: path,
    source,
    label: path,
    load: () => undefined,
    compileFailure: () => `Failed to compile ${path}`,
  };
}

const MODULES_TABLE = "public:ccf.gov.modules";

/** A module of the application. @throws {LoadError} */
export function installedModule(tx: Transaction, label: string): Module {
  const load: ModuleLoader = (name) => {
    const bytes = tx.table(MODULES_TABLE).get(Buffer.from(withSlash(name)));
    return bytes && Buffer.from(bytes).toString("utf8");
  };
  const source = load(label);
  if (source === undefined) throw new LoadError(`Module '${label}' could not be loaded`);
  return {
    name: nameInEngine(tx, label),
    source,
    label,
    load,
    compileFailure: (reason) => `Failed to compile module '${label}': ${reason}`,
  };
}

/** Every module of the application: its name with the slash, its text. */
export function installedSources(tx: Transaction): [name: string, source: string][] {
  const found: [string, string][] = [];
  tx.table(MODULES_TABLE).forEach((value, key) => {
    found.push([Buffer.from(key).toString("utf8"), Buffer.from(value).toString("utf8")]);
  });
  return found;
}

/** A function that a module exports. The module is evaluated unless the interpreter has done so before. @throws {LoadError} */
export function exportedFunction(interpreter: Interpreter, module: Module, name: string): QuickJSHandle {
  const { label } = module;
  const namespace = evaluated(interpreter, module);
  if (namespace && interpreter.ask("has", namespace, name) !== true)
    throw new LoadError(`Failed to find export '${name}' in module '${label}'`);
  const exported = namespace && valueOf(interpreter, namespace, name);
  if (exported && interpreter.ask("isFunction", exported) === true) return exported;
  exported?.dispose();
  throw new LoadError(`Export '${name}' of module '${label}' is not a function`);
}

/** Nothing for a module that threw while it was evaluated: its exports have no values then, and CCF does not say why. */
function evaluated(interpreter: Interpreter, module: Module): QuickJSHandle | undefined {
  interpreter.setModuleLoader(module.load);
  try {
    return interpreter.evaluateModule(module.name, module.source);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    const { reason } = error.value.consume((thrown) => interpreter.explain(thrown));
    const problem = compileProblem(interpreter, module);
    if (problem !== undefined) throw new LoadError(module.compileFailure(problem));
    if (isLinkError(reason)) throw new LoadError(`Failed to execute ${module.label}: ${reason}`);
    return undefined;
  }
}

/** Undefined while the module waits for something at its top level. */
function valueOf(
  interpreter: Interpreter,
  namespace: QuickJSHandle,
  name: string,
): QuickJSHandle | undefined {
  try {
    return interpreter.help("property", namespace, name);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    error.value.dispose();
    return undefined;
  }
}

function isLinkError(reason: string): boolean {
  return /^SyntaxError: (Could not find export|export '.*' in module|circular reference when looking for)/.test(
    reason,
  );
}

/** Why a module does not compile: `null` is all that CCF knows where the problem is in what it imports. */
export function compileProblem(interpreter: Interpreter, { name, source, load }: Module): string | undefined {
  const own = tryCompile(interpreter, name, source, () => "");
  if (own !== undefined) return own;
  return tryCompile(interpreter, name, source, load) === undefined ? undefined : "null";
}

function tryCompile(
  interpreter: Interpreter,
  name: string,
  source: string,
  load: ModuleLoader,
): string | undefined {
  const own = interpreter.sibling("APP_RO");
  own.setModuleLoader(load);
  try {
    own.compileModule(name, source);
    return undefined;
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    return error.value.consume((thrown) => own.explain(thrown)).reason;
  } finally {
    own.dispose();
  }
}

/** Modules that CCF keeps compiled have the slash in their names, those that it compiles when called do not. */
function nameInEngine(tx: Transaction, label: string): string {
  const name = withSlash(label);
  const compiled = bytecodeIsCurrent(tx) && tx.table(BYTECODE_TABLE).has(Buffer.from(name));
  return compiled ? name : name.slice(1);
}

function withSlash(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}
