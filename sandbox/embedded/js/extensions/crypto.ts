import { createHash, randomBytes } from "node:crypto";
import type { Plain } from "../binary-json.js";
import { isCertificateBundle, isCertificateChain } from "../crypto/certificates.js";
import { jwkToPem, pemToJwk, type JwkKind } from "../crypto/jwk.js";
import { generateEcPair, generateEdwardsPair, generateRsaPair } from "../crypto/keys.js";
import { causeOf, internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { sign, verifySignature } from "./crypto-signatures.js";
import { unwrapKey, wrapKey } from "./crypto-wrapping.js";

/** `ccf.crypto` */
export function crypto(interpreter: Interpreter): void {
  interpreter.define(["ccf", "crypto"], {
    sign: [3, sign],
    verifySignature: [4, verifySignature],
    pubPemToJwk: [1, toJwk({ kind: "EC", form: "public" })],
    pemToJwk: [1, toJwk({ kind: "EC", form: "private" })],
    pubRsaPemToJwk: [1, toJwk({ kind: "RSA", form: "public" })],
    rsaPemToJwk: [1, toJwk({ kind: "RSA", form: "private" })],
    pubEddsaPemToJwk: [1, toJwk({ kind: "EdDSA", form: "public" })],
    eddsaPemToJwk: [1, toJwk({ kind: "EdDSA", form: "private" })],
    pubJwkToPem: [1, fromJwk({ kind: "EC", form: "public" })],
    jwkToPem: [1, fromJwk({ kind: "EC", form: "private" })],
    pubRsaJwkToPem: [1, fromJwk({ kind: "RSA", form: "public" })],
    rsaJwkToPem: [1, fromJwk({ kind: "RSA", form: "private" })],
    pubEddsaJwkToPem: [1, fromJwk({ kind: "EdDSA", form: "public" })],
    eddsaJwkToPem: [1, fromJwk({ kind: "EdDSA", form: "private" })],
    generateAesKey: [1, generateAesKey],
    generateRsaKeyPair: [1, generateRsaKeyPair],
    generateEcdsaKeyPair: [1, generateEcdsaKeyPair],
    generateEddsaKeyPair: [1, generateEddsaKeyPair],
    wrapKey: [3, wrapKey],
    unwrapKey: [3, unwrapKey],
    digest: [2, digest],
    isValidX509CertBundle: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return isCertificateBundle(call.text(0));
      },
    ],
    isValidX509CertChain: [
      2,
      (call) => {
        call.requireArguments(2, ", but expected 2");
        return isCertificateChain(call.text(0), call.text(1));
      },
    ],
  });
}

function generateAesKey(call: HostCall): Uint8Array {
  call.requireArguments(1, ", but expected 1");
  const bits = call.number(0) | 0;
  if (![128, 192, 256].includes(bits)) throw rangeError("invalid key size (not one of 128, 192, 256)");
  return randomBytes(bits / 8);
}

function generateRsaKeyPair(call: HostCall): Plain {
  call.requireArguments(1, ", but expected 1 or 2", 2);
  const bits = call.number(0) >>> 0;
  const exponent = call.args.length === 2 ? call.number(1) >>> 0 : undefined;
  return generated("RSA", () => generateRsaPair(bits, exponent));
}

function generateEcdsaKeyPair(call: HostCall): Plain {
  call.requireArguments(1, ", but expected 1");
  const curve = call.text(0);
  if (curve !== "secp256r1" && curve !== "secp384r1")
    throw rangeError("Unsupported curve id, supported: secp256r1, secp384r1");
  return generated("ECDSA", () => generateEcPair(curve));
}

const EDWARDS = { curve25519: "ed25519", x25519: "x25519" } as const;

function generateEddsaKeyPair(call: HostCall): Plain {
  call.requireArguments(1, ", but expected 1");
  const curve = call.text(0);
  if (curve !== "curve25519" && curve !== "x25519")
    throw rangeError("Unsupported curve id, supported: curve25519, x25519");
  return generated("EdDSA", () => generateEdwardsPair(EDWARDS[curve]));
}

function generated(kind: string, generate: () => { privateKey: string; publicKey: string }): Plain {
  try {
    return { ...generate() };
  } catch (error) {
    throw internalError(`Failed to generate ${kind} key pair: ${causeOf(error)}`);
  }
}

function digest(call: HostCall): Uint8Array {
  call.requireArguments(2, ", but expected 2");
  if (call.text(0) !== "SHA-256") throw rangeError("unsupported digest algorithm, supported: SHA-256");
  return createHash("sha256").update(call.bytes(1)).digest();
}

function toJwk(kind: JwkKind) {
  return (call: HostCall): Plain => {
    call.requireArguments(1, ", but expected 1 or 2", 2);
    const pem = call.text(0);
    const kid = call.args.length === 2 ? call.text(1) : undefined;
    try {
      return { ...(pemToJwk(kind, pem, kid) as Record<string, string>) };
    } catch (error) {
      throw internalError(`Failed to convert pem to jwk: ${causeOf(error)}`);
    }
  };
}

function fromJwk(kind: JwkKind) {
  return (call: HostCall): string => {
    call.requireArguments(1, ", but expected 1");
    const json = call.json(0) ?? "undefined";
    try {
      return jwkToPem(kind, JSON.parse(json));
    } catch (error) {
      throw internalError(`Failed to convert jwk to pem ${causeOf(error)}`);
    }
  };
}
