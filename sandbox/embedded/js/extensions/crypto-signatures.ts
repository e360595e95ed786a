import { hmac, signEdwards, signWith, verifyEdwards, verifyWith, type Hash } from "../crypto/signatures.js";
import { causeOf, internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import { textToBytes } from "../text.js";

const HASHES: ReadonlyMap<string, Hash> = new Map([
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/** `ccf.crypto.sign(algorithm, privateKey, data)` */
export function sign(call: HostCall): Uint8Array {
  call.requireArguments(3, ", but expected 3");
  const name = textProperty(call, "name");
  const pem = call.text(1);
  const data = call.bytes(2);
  if (name === "EdDSA")
    return attempt(internalError, "Failed to sign with EdDSA pair", () => signEdwards(pem, data));
  const hash = HASHES.get(textProperty(call, "hash"));
  if (!hash) throw rangeError("Unsupported hash algorithm, supported: SHA-256, SHA-384, SHA-512");
  if (name === "HMAC")
    return attempt(internalError, "Failed to sign", () => hmac(hash, textToBytes(pem), data));
  if (name !== "ECDSA" && name !== "RSA-PSS")
    throw rangeError("Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA, HMAC");
  const saltLength = saltLengthOf(call);
  return attempt(internalError, "Failed to sign", () => signWith({ name, hash, saltLength }, pem, data));
}

/** `ccf.crypto.verifySignature(algorithm, publicKeyOrCertificate, signature, data)` */
export function verifySignature(call: HostCall): boolean {
  call.requireArguments(4, ", but expected 4");
  const [signature, data] = [call.bytes(2), call.bytes(3)];
  const name = textProperty(call, "name");
  const pem = call.text(1);
  if (name === "EdDSA")
    return attempt(rangeError, "Failed to verify EdDSA signature", () => verifyEdwards(pem, signature, data));
  if (textProperty(call, "hash") !== "SHA-256")
    throw rangeError("Unsupported hash algorithm, supported: SHA-256");
  if (name !== "ECDSA" && name !== "RSA-PSS")
    throw rangeError("Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA");
  const algorithm = { name, hash: "sha256", saltLength: saltLengthOf(call) } as const;
  return attempt(internalError, "Failed to verify signature", () =>
    verifyWith(algorithm, pem, signature, data),
  );
}

function textProperty(call: HostCall, name: string): string {
  return call.property(0, name).consume((value) => call.textOf(value));
}

/** bytes; nothing said is none */
function saltLengthOf(call: HostCall): number {
  const number = call.property(0, "saltLength").consume((value) => call.numberOf(value));
  return Number.isNaN(number) ? 0 : Math.trunc(number);
}

function attempt<Result>(failure: typeof internalError, introduction: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw failure(`${introduction}: ${causeOf(error)}`);
  }
}
