import type { QuickJSHandle } from "quickjs-emscripten-core";
import { GuestError } from "./guest-error.js";
import type { Interpreter } from "./interpreter.js";
import { bytesToText } from "./text.js";

/** Deeper than this, the parser of QuickJS would come near the end of this process's stack. */
const DEEPEST = 1000;

/** A value of the guest from JSON text, as `JS_ParseJSON` makes it. @throws {GuestError | Thrown} */
export function parseJson(interpreter: Interpreter, bytes: Uint8Array): QuickJSHandle {
  if (bytes.length > DEEPEST && nesting(bytes) > DEEPEST)
    throw new GuestError("SyntaxError", "stack overflow");
  return interpreter.help("parse", bytesToText(bytes));
}

const CODES = { quote: 0x22, backslash: 0x5c, "[": 0x5b, "]": 0x5d, "{": 0x7b, "}": 0x7d } as const;

/** How deep arrays and objects lie in each other in a JSON text. */
export function nesting(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === CODES.backslash) index++;
      else if (byte === CODES.quote) inString = false;
    } else if (byte === CODES.quote) inString = true;
    else if (byte === CODES["["] || byte === CODES["{"]) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === CODES["]"] || byte === CODES["}"]) depth--;
  }
  return deepest;
}
