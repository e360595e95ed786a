import { singletonKey, type Transaction } from "../kv/store.js";
import { internalError } from "./guest-error.js";
import type { Interpreter } from "./interpreter.js";
import { compileProblem, installedModule, installedSources } from "./modules.js";

export const BYTECODE_TABLE = "public:ccf.gov.modules_quickjs_bytecode";
const VERSION_TABLE = "public:ccf.gov.modules_quickjs_version";

/** The version of QuickJS inside CCF, which a node writes beside the modules that it has compiled. */
const QUICKJS_VERSION = "2024-01-13";

/** Whether the table of compiled modules is one that a node would use. */
export function bytecodeIsCurrent(tx: Transaction): boolean {
  const version = tx.table(VERSION_TABLE).get(singletonKey);
  return version !== undefined && Buffer.from(version).toString() === QUICKJS_VERSION;
}

/**
 * Does what a node does when it compiles the application: every module must compile, and has an entry afterwards. The
 * entries are empty: this engine has another form of bytecode, and compiles modules when it needs them.
 *
 * @throws {GuestError} if a module does not compile
 */
export function refreshBytecode(interpreter: Interpreter, tx: Transaction): void {
  tx.table(VERSION_TABLE).set(singletonKey, Buffer.from(QUICKJS_VERSION));
  const bytecode = tx.table(BYTECODE_TABLE);
  bytecode.clear();
  for (const [name] of installedSources(tx)) {
    if (compileProblem(interpreter, installedModule(tx, name)) !== undefined)
      throw internalError(`Failed to refresh bytecode: Unable to serialize bytecode for JS module '${name}'`);
    bytecode.set(Buffer.from(name), new Uint8Array());
  }
}
