import type { Transaction } from "../kv/store.js";
import { BYTECODE_TABLE, setBytecodeVersion } from "./bytecode-table.js";
import { allCompile, compileProblem } from "./compile-check.js";
import { internalError } from "./guest-error.js";
import type { Interpreter } from "./interpreter.js";
import { installedModule, installedModuleNames } from "./modules.js";

/**
 * Does what a node does when it compiles the application: every module must compile, and has an entry afterwards. The
 * entries are empty: this engine has another form of bytecode, and compiles modules when it needs them.
 *
 * @throws {GuestError} if a module does not compile
 */
export function refreshBytecode(interpreter: Interpreter, tx: Transaction): void {
  setBytecodeVersion(tx);
  const bytecode = tx.table(BYTECODE_TABLE);
  bytecode.clear();
  const modules = installedModuleNames(tx).map((name) => installedModule(tx, name));
  const failing = allCompile(interpreter, modules)
    ? undefined
    : modules.find((module) => compileProblem(interpreter, module) !== undefined);
  if (failing)
    throw internalError(
      `Failed to refresh bytecode: Unable to serialize bytecode for JS module '${failing.label}'`,
    );
  for (const { label } of modules) bytecode.set(Buffer.from(label), new Uint8Array());
}
