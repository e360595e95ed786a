import type { Plain } from "../js/binary-json.js";
import type { Arguments } from "./arguments.js";
import { isValidX509CertBundle, isValidX509CertChain } from "./certificates.js";
import { digest } from "./digests.js";
import { jwkFunctions } from "./jwk.js";
import {
  generateAesKey,
  generateEcdsaKeyPair,
  generateEddsaKeyPair,
  generateRsaKeyPair,
} from "./key-pairs.js";
import { sign, verifySignature } from "./signatures.js";
import { unwrapKey, wrapKey } from "./wrapping.js";

/** A function of `ccf.crypto`: takes and returns data, and throws a `GuestError` with a CCF node's words. */
export type CryptoFunction = (...args: Arguments) => Plain;

/** `ccf.crypto`, with the number of arguments that each function says to take, in the order a node defines them. */
export const cryptoFunctions: Readonly<Record<string, readonly [length: number, run: CryptoFunction]>> = {
  sign: [3, sign],
  verifySignature: [4, verifySignature],
  ...Object.fromEntries(Object.entries(jwkFunctions).map(([name, run]) => [name, [1, run] as const])),
  generateAesKey: [1, generateAesKey],
  generateRsaKeyPair: [1, generateRsaKeyPair],
  generateEcdsaKeyPair: [1, generateEcdsaKeyPair],
  generateEddsaKeyPair: [1, generateEddsaKeyPair],
  wrapKey: [3, wrapKey],
  unwrapKey: [3, unwrapKey],
  digest: [2, digest],
  isValidX509CertBundle: [1, isValidX509CertBundle],
  isValidX509CertChain: [2, isValidX509CertChain],
};
