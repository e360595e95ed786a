import { randomBytes } from "node:crypto";
import type { Interpreter } from "../interpreter.js";

/** `Math.random` from a good source, instead of the engine's own that starts from the clock. */
export function random(interpreter: Interpreter): void {
  interpreter.define(["Math"], {
    // 48 random bits: as many as an integer can be read from
    random: [0, () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48],
  });
}
