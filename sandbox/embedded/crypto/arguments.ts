import type { Plain } from "../js/binary-json.js";
import { GuestError } from "../js/guest-error.js";

/** The arguments of a call from the guest. */
export type Arguments = readonly Plain[];

/** @throws {GuestError} unless there are as many arguments as one of `expected` */
export function requireCount(args: Arguments, ...expected: readonly number[]): void {
  if (expected.includes(args.length)) return;
  throw new GuestError("TypeError", `Passed ${args.length} arguments, but expected ${expected.join(" or ")}`);
}

/** @throws {GuestError} for what is no `ArrayBuffer` */
export function bufferOf(value: Plain): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new GuestError("TypeError", "ArrayBuffer object expected");
}

/** The text that JavaScript makes of a value. */
export function textOf(value: Plain): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return "[object ArrayBuffer]";
  if (isList(value))
    return value.map((item) => (item === null || item === undefined ? "" : textOf(item))).join();
  return typeof value === "object" && value !== null ? "[object Object]" : String(value);
}

/** A number as C code reads it: a 32-bit integer (`ToInt32`). */
export const int32Of = (value: Plain): number => Number(numeric(value)) | 0;

/** As {@link int32Of}, without sign (`ToUint32`). */
export const uint32Of = (value: Plain): number => Number(numeric(value)) >>> 0;

/** The property of an argument that is meant to be an object. @throws {GuestError} for null and undefined */
export function propertyOf(value: Plain, name: string): Plain {
  if (value === null || value === undefined) {
    throw new GuestError("TypeError", `cannot read property '${name}' of ${String(value)}`);
  }
  if (typeof value !== "object" || value instanceof Uint8Array || isList(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

const numeric = (value: Plain): Plain =>
  typeof value === "object" && value !== null ? textOf(value) : value;

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);
