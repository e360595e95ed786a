import { hex } from "./encodings.js";

/** Whether both are the same bytes; compared by their digests, which native code makes. */
export function sameBytes(one: ArrayBuffer, other: ArrayBuffer): boolean {
  const digest = (bytes: ArrayBuffer): string => hex(ccf.crypto.digest("SHA-256", bytes));
  return one.byteLength === other.byteLength && digest(one) === digest(other);
}

export function areZero(bytes: ArrayBuffer): boolean {
  return sameBytes(bytes, new ArrayBuffer(bytes.byteLength));
}

/** The bytes of all, one after the other. */
export function concatenate(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}
