import { fromBase64, hex } from "../../kit/encodings.js";
import { Refusal } from "../../kit/refusal.js";
import type { RsaPublicKey } from "../../kit/rsa.js";
import { toPem } from "../../kit/x509.js";
import { attempt, onlyBlock } from "./der.js";

/** A key that can be certified, in the one form in which CCF writes it. */
export type PublicKey = KeyText & (RsaKey | { readonly kind: "P-256" | "P-384" | "Ed25519" });

interface KeyText {
  readonly pem: string;
  /** DER of its SubjectPublicKeyInfo. */
  readonly spki: ArrayBuffer;
}

interface RsaKey extends RsaPublicKey {
  readonly kind: "RSA";
}

const LABEL = "PUBLIC KEY";

/** Bits of an RSA modulus. */
const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 4096;
/** 65537 in a JWK. */
const RSA_EXPONENT = "AQAB";

/**
 * Reads a public key (PEM, SubjectPublicKeyInfo).
 *
 * @throws {Refusal} `InvalidPublicKey`
 */
export function readPublicKey(content: string): PublicKey {
  const der = onlyBlock(LABEL, content);
  const pem = der === undefined ? "" : toPem(LABEL, der);
  return readEllipticKey(pem) ?? readRsaKey(pem) ?? readEdwardsKey(pem) ?? refuse();
}

function readEllipticKey(pem: string): PublicKey | undefined {
  const jwk = attempt(() => ccf.crypto.pubPemToJwk(pem));
  if (jwk?.kty !== "EC" || (jwk.crv !== "P-256" && jwk.crv !== "P-384")) return undefined;
  return { kind: jwk.crv, ...canonical(ccf.crypto.pubJwkToPem(jwk)) };
}

function readRsaKey(pem: string): PublicKey | undefined {
  const jwk = attempt(() => ccf.crypto.pubRsaPemToJwk(pem));
  if (jwk?.kty !== "RSA") return undefined;
  const [modulus, exponent] = [fromBase64(jwk.n), fromBase64(jwk.e)];
  if (modulus === undefined || exponent === undefined) return undefined;
  const digits = hex(modulus).replace(/^0+/, "");
  const bits = digits.length * 4 - Math.clz32(parseInt(digits.charAt(0), 16)) + 28;
  if (!(bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS) || jwk.e !== RSA_EXPONENT) return undefined;
  return { kind: "RSA", modulus, exponent, ...canonical(ccf.crypto.pubRsaJwkToPem(jwk)) };
}

function readEdwardsKey(pem: string): PublicKey | undefined {
  const jwk = attempt(() => ccf.crypto.pubEddsaPemToJwk(pem));
  if (jwk?.kty !== "OKP" || jwk.crv !== "Ed25519") return undefined;
  return { kind: "Ed25519", ...canonical(ccf.crypto.pubEddsaJwkToPem(jwk)) };
}

function canonical(pem: string): KeyText {
  const spki = onlyBlock(LABEL, pem);
  if (spki === undefined) throw new TypeError("the node writes keys that are not PEM");
  return { pem, spki };
}

function refuse(): never {
  throw new Refusal(
    "InvalidPublicKey",
    `The key must be one public key in PEM ("BEGIN PUBLIC KEY"): on P-256 or P-384, Ed25519, ` +
      `or RSA of ${LEAST_RSA_BITS} to ${MOST_RSA_BITS} bits with the exponent 65537.`,
  );
}
