/**
 * ECDSA over a digest that was made elsewhere (FIPS 186-5 §6.4.2), on P-384.
 *
 * A CCF node signs the 32 bytes of a Merkle root as they are, without hashing them again. Node's crypto always hashes first
 * and offers no way around that, hence this. Only public values are handled, so time need not be constant.
 */
import type { KeyObject } from "node:crypto";

/** P-384 (SP 800-186 §3.2.1.4): y² = x³ - 3x + b over the integers modulo p, base point G of order n. */
const p = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n;
const n = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;
const G = affine(
  0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
  0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
);

/** Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. */
interface Point {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
}

/**
 * Whether `signature` (DER) is a signature over `digest` by `key`. False for keys that are not on P-384.
 *
 * @param digest at most 48 bytes
 */
export function verifyDigest(digest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  if (key.asymmetricKeyDetails?.namedCurve !== "secp384r1" || digest.length > 48) return false;
  const parts = parseSignature(signature);
  if (!parts) return false;
  const { r, s } = parts;
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const w = power(s, n - 2n, n);
  const sum = combine(mod(toInteger(digest) * w, n), G, mod(r * w, n), publicPoint(key));
  if (sum.Z === 0n) return false;
  // x mod n = r, compared without dividing by Z²; x < p, and p < 2n
  const zz = mod(sum.Z * sum.Z, p);
  return sum.X === mod(r * zz, p) || (r + n < p && sum.X === mod((r + n) * zz, p));
}

/** u·P + v·Q, bit by bit for both at once. */
function combine(u: bigint, P: Point, v: bigint, Q: Point): Point {
  const both = add(P, Q);
  let sum: Point = { X: 1n, Y: 1n, Z: 0n };
  for (let bit = 383n; bit >= 0n; bit--) {
    sum = double(sum);
    const inU = (u >> bit) & 1n;
    const inV = (v >> bit) & 1n;
    if (inU && inV) sum = add(sum, both);
    else if (inU) sum = add(sum, P);
    else if (inV) sum = add(sum, Q);
  }
  return sum;
}

function double({ X, Y, Z }: Point): Point {
  const zz = mod(Z * Z, p);
  const yy = mod(Y * Y, p);
  const xyy = mod(X * yy, p);
  const slope = mod(3n * (X - zz) * (X + zz), p);
  const X3 = mod(slope * slope - 8n * xyy, p);
  return { X: X3, Y: mod(slope * (4n * xyy - X3) - 8n * yy * yy, p), Z: mod(2n * Y * Z, p) };
}

function add(P: Point, Q: Point): Point {
  if (P.Z === 0n) return Q;
  if (Q.Z === 0n) return P;
  const pzz = mod(P.Z * P.Z, p);
  const qzz = mod(Q.Z * Q.Z, p);
  const px = mod(P.X * qzz, p);
  const py = mod(P.Y * Q.Z * qzz, p);
  const dx = mod(Q.X * pzz - px, p);
  const dy = mod(Q.Y * P.Z * pzz - py, p);
  if (dx === 0n) return dy === 0n ? double(P) : { X: 1n, Y: 1n, Z: 0n };
  const dx2 = mod(dx * dx, p);
  const dx3 = mod(dx2 * dx, p);
  const X = mod(dy * dy - dx3 - 2n * px * dx2, p);
  return { X, Y: mod(dy * (px * dx2 - X) - py * dx3, p), Z: mod(P.Z * Q.Z * dx, p) };
}

function affine(X: bigint, Y: bigint): Point {
  return { X, Y, Z: 1n };
}

function publicPoint(key: KeyObject): Point {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return affine(toInteger(Buffer.from(x, "base64url")), toInteger(Buffer.from(y, "base64url")));
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3): two INTEGERs in a SEQUENCE; on P-384 all lengths fit in one byte. */
function parseSignature(der: Uint8Array): { r: bigint; s: bigint } | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const r = readInteger(der, 2);
  const s = r && readInteger(der, r.end);
  return s?.end === der.length && r ? { r: r.value, s: s.value } : undefined;
}

/** One DER INTEGER that is not negative and has no needless leading zeros. */
function readInteger(der: Uint8Array, start: number): { value: bigint; end: number } | undefined {
  const length = der[start + 1];
  if (der[start] !== 0x02 || length === undefined || length === 0 || length > 49) return undefined;
  const end = start + 2 + length;
  const bytes = der.subarray(start + 2, end);
  const [first = 0, second = 0] = bytes;
  if (bytes.length !== length || first > 0x7f || (first === 0 && length > 1 && second < 0x80))
    return undefined;
  return { value: toInteger(bytes), end };
}

/** Bytes as an unsigned big-endian integer. */
function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base; exponent > 0n; exponent >>= 1n, square = mod(square * square, modulus))
    if (exponent & 1n) result = mod(result * square, modulus);
  return result;
}
