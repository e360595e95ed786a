import { createECDH, randomBytes, type KeyObject } from "node:crypto";

/** The order of the base point of P-384 (SP 800-186 §3.2.1.4). */
const order =
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;
const coordinateBytes = 48;

/**
 * ECDSA on P-384 over a digest that was made elsewhere (FIPS 186-5 §6.4.1).
 *
 * A CCF node signs the 32 bytes of a Merkle root as they are; Node's crypto would hash them again. OpenSSL does the work
 * on the curve, and draws the secret number, as it makes a key pair; what is left is arithmetic, done on a randomly
 * blinded number because the time that BigInt takes depends on its operands.
 *
 * @returns the signature in DER (RFC 3279 §2.2.3)
 */
export function signDigest(digest: Uint8Array, key: KeyObject): Buffer {
  const secret = integer(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
  const pair = createECDH("secp384r1");
  const point = pair.generateKeys();
  const r = integer(point.subarray(1, 1 + coordinateBytes)) % order;
  const k = integer(pair.getPrivateKey());

  const blind = (integer(randomBytes(coordinateBytes + 8)) % (order - 1n)) + 1n;
  const blindedSum = (integer(digest) * blind + ((r * blind) % order) * secret) % order;
  const s = (inverse((k * blind) % order) * blindedSum) % order;
  if (r === 0n || s === 0n) return signDigest(digest, key);

  const body = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** By Fermat's little theorem; the order is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let square = value;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % order;
    square = (square * square) % order;
  }
  return result;
}

function integer(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** An INTEGER of at most 49 bytes, with a zero in front where the first bit would make it negative. */
function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const sign = (bytes[0] ?? 0) > 0x7f ? [0] : [];
  return Buffer.from([0x02, bytes.length + sign.length, ...sign, ...bytes]);
}
