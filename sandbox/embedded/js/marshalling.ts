import { Lifetime, type QuickJSContext, type QuickJSHandle } from "quickjs-emscripten-core";
import { decode, encode, type Plain } from "./binary-json.js";

/** A value for the guest that needs no memory for itself; `undefined` for any other. */
export function writeSmallValue(context: QuickJSContext, value: unknown): QuickJSHandle | undefined {
  if (value === undefined) return context.undefined;
  if (value === null) return context.null;
  if (typeof value === "boolean") return value ? context.true : context.false;
  if (typeof value === "number") return context.newNumber(value);
  return undefined;
}

/** A value for the guest, in the form that `decodeBinaryJSON` takes. */
export function writeEncoded(context: QuickJSContext, value: unknown): QuickJSHandle {
  return context.newArrayBuffer(exactBuffer(encode(value)));
}

/** A value of the guest. @throws {TypeError} for a function, what holds one, and whatever else is not {@link Plain} */
export function readValue(context: QuickJSContext, value: QuickJSHandle): Plain {
  const bytes = context.encodeBinaryJSON(value).consume((encoded) => copyOf(context, encoded));
  return decode(bytes);
}

export function isHandle(value: unknown): value is QuickJSHandle {
  return value instanceof Lifetime;
}

/** @throws {TypeError} if there is no buffer but an exception, since the value could not be written */
function copyOf(context: QuickJSContext, encoded: QuickJSHandle): Buffer {
  let buffer: Lifetime<Uint8Array>;
  try {
    buffer = context.getArrayBuffer(encoded);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new TypeError("a value that cannot leave the interpreter", { cause: error });
  }
  return buffer.consume(({ value }) => Buffer.from(value));
}

/** A buffer that holds these bytes and nothing else. */
function exactBuffer({ buffer, byteOffset, length }: Uint8Array): ArrayBufferLike {
  return length === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + length);
}
