import { typeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Extension } from "../interpreter.js";
import type { TxAccess } from "../types.js";

export type LogLevel = "info" | "fail" | "fatal";

/** Takes a line that guest code logged. */
export type Log = (level: LogLevel, access: TxAccess, line: string) => void;

/** `console.log` and the like: lines for the log of the node. */
export function consoleTo(log: Log): Extension {
  const line =
    (level: LogLevel) =>
    (call: HostCall): undefined => {
      const text = call.interpreter.ask("logged", ...call.args);
      if (typeof text !== "string") throw typeError("value is not a string");
      log(level, call.interpreter.access, text);
    };
  return (interpreter) => {
    interpreter.define(["console"], {
      log: [1, line("info")],
      info: [1, line("info")],
      warn: [1, line("fail")],
      error: [1, line("fatal")],
    });
  };
}
