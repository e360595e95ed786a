import type { QuickJSHandle } from "quickjs-emscripten-core";
import { Scope } from "quickjs-emscripten-core";
import type { TableHandle } from "../../kv/store.js";
import type { Plain } from "../binary-json.js";
import { internalError, typeError } from "../guest-error.js";
import type { HostCall, HostFunction, HostFunctions } from "../host-call.js";
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
  const reads = method(space, "read-only");
  const writes = method(space, "write-only");
  return {
    has: reads("has", 1, key, (table, wanted) => table.has(wanted)),
    get: reads("get", 1, key, (table, wanted) => table.get(wanted)),
    getVersionOfPreviousWrite: reads("getVersionOfPreviousWrite", 1, key, (table, wanted) =>
      table.versionOfPreviousWrite(wanted),
    ),
    forEach: reads("forEach", 1, callback, forEach),
    size: reads("size", 0, nothing, (table) => table.size),
    set: writes("set", 2, keyAndValue, (table, [written, value], call) => {
      table.set(written, value);
      return call.self.dup();
    }),
    delete: writes("delete", 1, key, (table, deleted) => {
      table.delete(deleted);
      return undefined;
    }),
    clear: writes("clear", 0, nothing, (table) => {
      table.clear();
      return undefined;
    }),
  };
}

/** Makes functions of tables that check how they are called, in the order in which CCF does. */
function method(space: TableSpace, needed: "read-only" | "write-only") {
  return <Args>(
    name: string,
    expected: number,
    readArguments: (call: HostCall) => Args,
    act: (table: TableHandle, args: Args, call: HostCall) => ReturnType<HostFunction>,
  ): readonly [number, HostFunction] => {
    const run: HostFunction = (call) => {
      const tableName = nameOf(call);
      if (tableName !== undefined) requirePermission(tableName, name, call);
      if (name !== "size") call.requireArguments(expected, `, but expected ${expected}`);
      const args = readArguments(call);
      if (tableName === undefined) throw internalError("Internal: Unable to access MapHandle");
      return act(space.table(tableName, call), args, call);
    };
    return [expected, run];
  };

  function requirePermission(tableName: string, name: string, call: HostCall): void {
    const permission = permitted(tableName, call, space);
    if (permission === needed || permission === "read-write") return;
    // CCF finds the explanation on the function, and the getter `size` is none
    const why = name === "size" ? "" : space.explain(permission, call);
    throw typeError(`Cannot call "${name}" on table named ${tableName}. ${why}`);
  }
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
  const { context } = interpreter;
  return interpreter
    .help("tableOf", self)
    .consume((name) => (context.typeof(name) === "undefined" ? undefined : context.getString(name)));
}

function nothing(): undefined {
  return undefined;
}

function key(call: HostCall): Uint8Array {
  return call.bytes(0, "Argument must be an ArrayBuffer");
}

function keyAndValue(call: HostCall): [key: Uint8Array, value: Uint8Array] {
  const message = "Arguments must be ArrayBuffers";
  return [call.bytes(0, message), call.bytes(1, message)];
}

function callback(call: HostCall): QuickJSHandle {
  const visit = call.arg(0);
  if (call.interpreter.ask("isFunction", visit) === true) return visit;
  throw typeError("Argument must be a function");
}

function forEach(table: TableHandle, visit: QuickJSHandle, call: HostCall): undefined {
  const rows: Uint8Array[] = [];
  table.forEach((value, rowKey) => {
    rows.push(value, rowKey);
  });
  for (const chunk of chunks(rows)) {
    Scope.withScope((scope) => {
      const { interpreter } = call;
      scope.manage(interpreter.help("visit", chunk, visit, call.self));
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
