import { unwrapKwp, unwrapOaep, unwrapOaepKwp, wrapKwp, wrapOaep, wrapOaepKwp } from "../crypto/wrapping.js";
import { causeOf, internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import { bytesToText } from "../text.js";

/** `ccf.crypto.wrapKey(key, wrappingKey, algorithm)` */
export function wrapKey(call: HostCall): Uint8Array {
  const { secret, key, name } = parameters(call);
  switch (name) {
    case "RSA-OAEP": {
      const label = labelOf(call);
      return attempt("wrap", () => wrapOaep(bytesToText(key), secret, label));
    }
    case "AES-KWP":
      return attempt("wrap", () => wrapKwp(key, secret));
    case "RSA-OAEP-AES-KWP": {
      const [bits, label] = [aesKeySizeOf(call), labelOf(call)];
      return attempt("wrap", () => wrapOaepKwp(bytesToText(key), secret, bits, label));
    }
    default:
      throw unsupported("wrapping");
  }
}

/** `ccf.crypto.unwrapKey(wrapped, unwrappingKey, algorithm)` */
export function unwrapKey(call: HostCall): Uint8Array {
  const { secret: wrapped, key, name } = parameters(call);
  switch (name) {
    case "RSA-OAEP": {
      const label = labelOf(call);
      return attempt("unwrap", () => unwrapOaep(bytesToText(key), wrapped, label));
    }
    case "AES-KWP":
      return attempt("unwrap", () => unwrapKwp(key, wrapped));
    case "RSA-OAEP-AES-KWP": {
      const label = labelOf(call);
      return attempt("unwrap", () => unwrapOaepKwp(bytesToText(key), wrapped, label));
    }
    default:
      throw unsupported("unwrapping");
  }
}

function parameters(call: HostCall): { secret: Uint8Array; key: Uint8Array; name: string } {
  call.requireArguments(3, ", but expected 3");
  const [secret, key] = [call.bytes(0), call.bytes(1)];
  const name = call.property(2, "name").consume((value) => call.textOf(value));
  return { secret, key, name };
}

/** Whatever is no buffer counts as no label. */
function labelOf(call: HostCall): Uint8Array | undefined {
  const label = call.property(2, "label").consume((value) => call.plainOf(value));
  return label instanceof Uint8Array ? label : undefined;
}

function aesKeySizeOf(call: HostCall): number {
  return call.property(2, "aesKeySize").consume((value) => call.numberOf(value)) | 0;
}

function unsupported(what: string) {
  return rangeError(`unsupported key ${what} algorithm, supported: RSA-OAEP, AES-KWP, RSA-OAEP-AES-KWP`);
}

function attempt(what: "wrap" | "unwrap", run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch (error) {
    throw internalError(`Failed to ${what} key: ${causeOf(error)}`);
  }
}
