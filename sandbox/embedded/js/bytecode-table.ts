import { singletonKey, type Transaction } from "../kv/store.js";

export const BYTECODE_TABLE = "public:ccf.gov.modules_quickjs_bytecode";
const VERSION_TABLE = "public:ccf.gov.modules_quickjs_version";

/** The version of QuickJS inside CCF, which a node writes beside the modules that it has compiled. */
const QUICKJS_VERSION = "2024-01-13";

/** Whether the table of compiled modules is one that a node would use. */
export function bytecodeIsCurrent(tx: Transaction): boolean {
  const version = tx.table(VERSION_TABLE).get(singletonKey);
  return version !== undefined && Buffer.from(version).toString() === QUICKJS_VERSION;
}

export function setBytecodeVersion(tx: Transaction): void {
  tx.table(VERSION_TABLE).set(singletonKey, Buffer.from(QUICKJS_VERSION));
}
