import { createHash } from "node:crypto";
import { type Arguments, bufferOf, requireCount, textOf } from "./arguments.js";
import { GuestError } from "../js/guest-error.js";

/** `digest(algorithm, data)`: SHA-256 only. */
export function digest(...args: Arguments): Uint8Array {
  requireCount(args, 2);
  const [algorithm, data] = args;
  if (textOf(algorithm) !== "SHA-256") {
    throw new GuestError("RangeError", "unsupported digest algorithm, supported: SHA-256");
  }
  return createHash("sha256").update(bufferOf(data)).digest();
}
