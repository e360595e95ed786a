import type { Interpreter } from "../interpreter.js";
import { explainPermission, tablePermission } from "../permissions.js";
import { tablesObject } from "./tables.js";

/** `ccf.kv`: the tables of the transaction that is being executed. */
export function kv(interpreter: Interpreter): void {
  tablesObject(interpreter, {
    table: (name, call) => call.invocation.tx.table(name),
    permission: (name) => tablePermission(name, interpreter.access),
    explain: (permission) => explainPermission(permission, interpreter.access),
  }).consume((tables) => {
    interpreter.set(["ccf"], "kv", tables);
  });
}
