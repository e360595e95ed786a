import type { QuickJSHandle } from "quickjs-emscripten-core";
import type { Transaction } from "../kv/store.js";
import { BYTECODE_TABLE, bytecodeIsCurrent } from "./bytecode-table.js";
import { compileProblem, isLinkError } from "./compile-check.js";
import type { Interpreter } from "./interpreter.js";
import { Thrown } from "./thrown.js";
import {
  CompiledModuleNames,
  originalName,
  resolveImport,
  withSlash,
  type ImportResolver,
} from "./module-names.js";

/** A module or one of its functions cannot be had; the message is CCF's. */
export class LoadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LoadError";
  }
}

/** The text of a module, or `undefined` where there is none of that name. */
export type ModuleLoader = (name: string) => string | undefined;

/** A module that functions are taken from. Most is only needed the first time that an interpreter sees it. */
export interface Module {
  /** what CCF calls it in messages */
  readonly label: string;
  /** what it is called inside the engine: relative imports start from here, and traces show it */
  readonly name: () => string;
  readonly source: () => string;
  /** whether its functions have a text: those of modules that CCF has compiled beforehand have none */
  readonly keepsText: () => boolean;
  readonly load: ModuleLoader;
  readonly resolve: ImportResolver;
  /** What CCF says if the module does not compile. */
  readonly compileFailure: (reason: string) => string;
}

/** A module on its own, such as a constitution or a ballot; CCF does not say why it does not compile. */
export function soleModule(path: string, source: string): Module {
  return {
    label: path,
    name: () => path,
    source: () => source,
    keepsText: () => true,
    load: () => undefined,
    resolve: resolveImport,
    compileFailure: () => `Failed to compile ${path}`,
  };
}

const MODULES_TABLE = "public:ccf.gov.modules";

/** A module of the application. */
export function installedModule(tx: Transaction, label: string): Module {
  const load: ModuleLoader = (name) => sourceOf(tx, name) ?? sourceOf(tx, originalName(name));
  const name = withSlash(label);
  const compiled = (): boolean => bytecodeIsCurrent(tx) && tx.table(BYTECODE_TABLE).has(Buffer.from(name));
  return {
    label,
    name: () => (compiled() ? name : name.slice(1)),
    source: () => {
      const source = sourceOf(tx, label);
      if (source === undefined) throw new LoadError(`Module '${label}' could not be loaded`);
      return source;
    },
    keepsText: () => !compiled(),
    load,
    resolve: compiled() ? new CompiledModuleNames(name).resolve : resolveImport,
    compileFailure: (reason) => `Failed to compile module '${label}': ${reason}`,
  };
}

function sourceOf(tx: Transaction, name: string): string | undefined {
  const bytes = tx.table(MODULES_TABLE).get(Buffer.from(withSlash(name)));
  return bytes && Buffer.from(bytes).toString("utf8");
}

/** The names of all modules of the application, with the slash. */
export function installedModuleNames(tx: Transaction): string[] {
  const names: string[] = [];
  tx.table(MODULES_TABLE).forEach((_, key) => {
    names.push(Buffer.from(key).toString("utf8"));
  });
  return names;
}

/**
 * A function that a module exports. The module is evaluated unless the interpreter has done so before.
 * @throws {LoadError}
 */
export function exportedFunction(interpreter: Interpreter, module: Module, name: string): QuickJSHandle {
  const { label } = module;
  const namespace = interpreter.module(label) ?? evaluate(interpreter, module, name);
  const exported = namespace && interpreter.help("exported", namespace, name);
  if (exported && interpreter.context.typeof(exported) === "function") return exported;
  const isThere = exported?.consume((answer) => interpreter.read(answer)) ?? true;
  if (isThere !== true) throw notExported(name, label);
  throw new LoadError(`Export '${name}' of module '${label}' is not a function`);
}

function notExported(name: string, label: string): LoadError {
  return new LoadError(`Failed to find export '${name}' in module '${label}'`);
}

/** CCF does not find what a module exports by `export *` only, without so much as mentioning it. */
function isPassedOn(name: string, source: string): boolean {
  return /\bexport\s*\*/.test(source) && !source.split(/[^\w$]+/).includes(name);
}

/** Nothing for a module whose imports throw: its exports have no values then, and CCF says no more. */
function evaluate(interpreter: Interpreter, module: Module, wanted: string): QuickJSHandle | undefined {
  const source = module.source();
  if (isPassedOn(wanted, source)) throw notExported(wanted, module.label);
  interpreter.setModuleLoader(module.load, module.resolve);
  if (!module.keepsText()) interpreter.help("forgetText").dispose();
  try {
    return interpreter.evaluateModule(module.label, module.name(), source);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    const { reason } = error.value.consume((thrown) => interpreter.explain(thrown));
    const problem = compileProblem(interpreter, module);
    if (problem !== undefined) throw new LoadError(module.compileFailure(problem));
    if (isLinkError(reason)) throw new LoadError(`Failed to execute ${module.label}: ${reason}`);
    return undefined;
  }
}
