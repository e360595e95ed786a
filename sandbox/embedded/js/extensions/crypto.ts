import { cryptoFunctions } from "../../crypto/index.js";
import type { HostFunctions } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";

/** `ccf.crypto`: keys, signatures, digests, wrapping, conversions and certificates. */
export function crypto(interpreter: Interpreter): void {
  const functions: HostFunctions = Object.fromEntries(
    Object.entries(cryptoFunctions).map(([name, [length, run]]) => [
      name,
      [length, (call) => run(...call.args.map((_, index) => call.plain(index)))],
    ]),
  );
  interpreter.define(["ccf", "crypto"], functions);
}
