import type { QuickJSHandle } from "quickjs-emscripten-core";
import { Scope } from "quickjs-emscripten-core";
import type { TableHandle } from "../../kv/store.js";
import type { Plain } from "../binary-json.js";
import { internalError, typeError } from "../guest-error.js";
import type { HostCall, HostFunctions } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { ReservedTableName, type TablePermission } from "../permissions.js";

/** Tables that guest code gets to see as an object with an entry for every name. */
export interface TableSpace {
  table(name: string, call: HostCall): TableHandle;
  permission(name: string, call: HostCall): TablePermission;
  explain(permission: TablePermission, call: HostCall): string;
}

/** Rows that are handed to the guest in one piece: at most so many, and of so many bytes. */
const CHUNK = { rows: 256, bytes: 1 << 20 } as const;

/** The object whose entries are the tables of a space, `ccf.kv` for example. */
export function tablesObject(interpreter: Interpreter, space: TableSpace): QuickJSHandle {
  return Scope.withScope((scope) => {
    const functions = scope.manage(interpreter.functionsObject(tableFunctions(space)));
    const lookup = scope.manage(interpreter.hostFunction("lookup", (call) => checkName(call, space)));
    return interpreter.help("tables", lookup, functions);
  });
}

function checkName(call: HostCall, space: TableSpace): undefined {
  permitted(call.text(0), call, space);
}

function tableFunctions(space: TableSpace): HostFunctions {
  const reading = open(space, "read-only");
  const writing = open(space, "write-only");
  return {
    has: [1, (call) => reading(call, "has", 1, keyed).has(key(call))],
    get: [1, (call) => reading(call, "get", 1, keyed).get(key(call))],
    getVersionOfPreviousWrite: [
      1,
      (call) => reading(call, "getVersionOfPreviousWrite", 1, keyed).versionOfPreviousWrite(key(call)),
    ],
    forEach: [1, (call) => forEach(call, reading(call, "forEach", 1, withCallback))],
    size: [0, (call) => reading(call, "size", 0).size],
    set: [
      2,
      (call) => {
        writing(call, "set", 2, keyedWithValue).set(key(call), call.bytes(1));
        return call.self.dup();
      },
    ],
    delete: [
      1,
      (call) => {
        writing(call, "delete", 1, keyed).delete(key(call));
        return undefined;
      },
    ],
    clear: [
      0,
      (call) => {
        writing(call, "clear", 0).clear();
        return undefined;
      },
    ],
  };
}

type ArgumentCheck = (call: HostCall) => void;

/** Checks a call of a table's function in the order in which CCF does, and gives the table. */
function open(space: TableSpace, needed: "read-only" | "write-only") {
  return (call: HostCall, method: string, expected: number, check?: ArgumentCheck): TableHandle => {
    const name = nameOf(call);
    if (name !== undefined) {
      const permission = permitted(name, call, space);
      if (permission !== needed && permission !== "read-write") {
        // CCF finds the explanation on the function, and the getter `size` is none
        const why = method === "size" ? "" : space.explain(permission, call);
        throw typeError(`Cannot call "${method}" on table named ${name}. ${why}`);
      }
    }
    if (method !== "size") call.requireArguments(expected, `, but expected ${expected}`);
    check?.(call);
    if (name === undefined) throw internalError("Internal: Unable to access MapHandle");
    return space.table(name, call);
  };
}

function permitted(name: string, call: HostCall, space: TableSpace): TablePermission {
  try {
    return space.permission(name, call);
  } catch (error) {
    if (error instanceof ReservedTableName) call.invocation.fatal ??= error.message;
    throw error;
  }
}

/** Which table a function was called on: the handle carries its name. */
function nameOf({ self, interpreter }: HostCall): string | undefined {
  const property = interpreter.kept("_map_name", () => interpreter.write("_map_name"));
  const name = interpreter.context.getProp(self, property).consume((value) => plainOf(interpreter, value));
  return typeof name === "string" ? name : undefined;
}

/** Nothing for what has no form as data, such as the failure to read a property of `undefined`. */
function plainOf(interpreter: Interpreter, value: QuickJSHandle): Plain {
  try {
    return interpreter.read(value);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function key(call: HostCall): Uint8Array {
  return call.bytes(0);
}

function keyed(call: HostCall): void {
  call.bytes(0, "Argument must be an ArrayBuffer");
}

function keyedWithValue(call: HostCall): void {
  const message = "Arguments must be ArrayBuffers";
  call.bytes(0, message);
  call.bytes(1, message);
}

function withCallback(call: HostCall): void {
  if (call.interpreter.ask("isFunction", call.arg(0)) !== true) {
    throw typeError("Argument must be a function");
  }
}

function forEach(call: HostCall, table: TableHandle): undefined {
  const rows: Uint8Array[] = [];
  table.forEach((value, rowKey) => {
    rows.push(value, rowKey);
  });
  for (const chunk of chunks(rows)) {
    Scope.withScope((scope) => {
      const { interpreter } = call;
      scope.manage(interpreter.help("visit", chunk, call.arg(0), call.self));
    });
  }
}

function* chunks(rows: readonly Uint8Array[]): Generator<Plain> {
  let from = 0;
  while (from < rows.length) {
    let to = from;
    for (let bytes = 0; to < rows.length && to - from < CHUNK.rows * 2 && bytes < CHUNK.bytes; to += 2) {
      bytes += (rows[to]?.length ?? 0) + (rows[to + 1]?.length ?? 0);
    }
    yield rows.slice(from, to);
    from = to;
  }
}
