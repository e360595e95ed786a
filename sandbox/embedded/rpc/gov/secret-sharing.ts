import { hkdfSync, randomBytes } from "node:crypto";

/**
 * Shamir's scheme as CCF uses it for its ledger secrets: ten secrets at once, each an element of the field of integers
 * modulo 2^31 - 1, together the seed of a key. Not constant-time; it protects a sandbox.
 */

const PRIME = 2n ** 31n - 1n;
/** elements of a secret: ten of 31 bits carry the 256 bits of a key, and a margin */
const ELEMENTS = 10;

/** A point of each of the ten polynomials at `x`. At 0 they are the secret itself. */
export interface Share {
  x: number;
  y: number[];
}

/** Bytes of a share: x and the elements, four bytes each, little-endian. */
export const SHARE_BYTES = 4 + 4 * ELEMENTS;

/** A new secret, and `count` shares of which any `threshold` give it back. */
export function sampleSecret(count: number, threshold: number): { secret: Share; shares: Share[] } {
  if (threshold < 1 || threshold > count)
    throw new RangeError(`A threshold of ${threshold} needs at least as many shares, not ${count}`);
  const polynomials = Array.from({ length: ELEMENTS }, () =>
    Array.from({ length: threshold }, sampleElement),
  );
  const shareAt = (x: number): Share => ({ x, y: polynomials.map((polynomial) => evaluate(polynomial, x)) });
  return { secret: shareAt(0), shares: Array.from({ length: count }, (_, index) => shareAt(index + 1)) };
}

/** The secret that the first `threshold` shares belong to; nothing tells whether the shares are genuine. */
export function recoverSecret(shares: readonly Share[], threshold: number): Share {
  const used = shares.slice(0, threshold);
  if (used.length < threshold) throw new RangeError(`${threshold} shares are needed, not ${used.length}`);
  if (new Set(used.map(({ x }) => x)).size < threshold) throw new RangeError("A share was given twice");
  const weights = used.map(({ x }) => lagrangeWeight(x, used));
  const y = Array.from({ length: ELEMENTS }, (_, element) =>
    Number(
      used.reduce((sum, share, index) => sum + (weights[index] ?? 0n) * BigInt(share.y[element] ?? 0), 0n) %
        PRIME,
    ),
  );
  return { x: 0, y };
}

/** The 32 bytes of the key that a secret stands for. */
export function keyOfSecret(secret: Share): Uint8Array {
  if (secret.x !== 0) throw new RangeError("A share is not the secret itself");
  const seed = encodeShare(secret).subarray(4);
  return new Uint8Array(hkdfSync("sha256", seed, new Uint8Array(0), seed, 32));
}

/** @see SHARE_BYTES */
export function encodeShare({ x, y }: Share): Uint8Array {
  const bytes = Buffer.alloc(SHARE_BYTES);
  [x, ...y].forEach((number, index) => bytes.writeUInt32LE(number, 4 * index));
  return bytes;
}

/** @throws {RangeError} unless there are exactly {@link SHARE_BYTES} */
export function decodeShare(bytes: Uint8Array): Share {
  if (bytes.length !== SHARE_BYTES)
    throw new RangeError(`A share has ${SHARE_BYTES} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numberAt = (index: number) => view.getUint32(4 * index, true);
  return { x: numberAt(0), y: Array.from({ length: ELEMENTS }, (_, element) => numberAt(element + 1)) };
}

function sampleElement(): bigint {
  for (;;) {
    const candidate = BigInt(randomBytes(4).readUInt32LE() & 0x7fffffff);
    if (candidate !== PRIME) return candidate;
  }
}

function evaluate(coefficients: readonly bigint[], x: number): number {
  return Number(coefficients.reduceRight((sum, coefficient) => (sum * BigInt(x) + coefficient) % PRIME, 0n));
}

/** The factor of the share at `x` in the value at 0. */
function lagrangeWeight(x: number, shares: readonly Share[]): bigint {
  const others = shares.filter((share) => share.x !== x).map((share) => BigInt(share.x));
  const numerator = others.reduce((product, other) => (product * other) % PRIME, 1n);
  const denominator = others.reduce((product, other) => (product * modulo(other - BigInt(x))) % PRIME, 1n);
  return (numerator * power(denominator, PRIME - 2n)) % PRIME;
}

function modulo(number: bigint): bigint {
  return ((number % PRIME) + PRIME) % PRIME;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, bits = exponent; bits > 0n; bits >>= 1n, square = (square * square) % PRIME)
    if (bits & 1n) result = (result * square) % PRIME;
  return result;
}
