import { CborError, type CborKey, type CborMap, type CborValue } from "./cbor.js";

/**
 * A decoded value as JSON would give it, for code that takes both: maps as plain objects, `__proto__` an ordinary name.
 *
 * @param byteStrings JSON has none: whether they stay ArrayBuffers, or are refused
 * @throws {CborError} for keys that are not text, and for what canonical JSON cannot say: infinities and NaN
 */
export function plain(value: CborValue, byteStrings: "kept" | "refused"): unknown {
  if (value instanceof Map) {
    // defines own properties, whatever they are called
    return Object.fromEntries(
      Array.from(value as CborMap, ([key, member]) => [nameOf(key), plain(member, byteStrings)]),
    );
  }
  if (Array.isArray(value)) return value.map((item: CborValue) => plain(item, byteStrings));
  if (value instanceof ArrayBuffer && byteStrings === "refused")
    throw new CborError("hold a byte string where JSON data is expected");
  if (typeof value === "number" && !Number.isFinite(value))
    throw new CborError("hold a number that JSON cannot say");
  return value;
}

function nameOf(key: CborKey): string {
  if (typeof key === "string") return key;
  throw new CborError(`hold the key ${key} where keys must be text`);
}
