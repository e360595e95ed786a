import { concatenate, sameBytes } from "../kit/bytes.js";
import { toBase64 } from "../kit/encodings.js";
import { PCRS, type PresentedClaims } from "./claims.js";
import { EvidenceError, evidenceBytes } from "./evidence.js";
import { SHA256, type TpmQuote } from "./tpm-quote.js";

/** A platform configuration register (PCR) of a TPM, and its value in the SHA-256 bank. */
export interface Pcr {
  readonly index: number;
  /** 32 bytes. */
  readonly value: ArrayBuffer;
}

/**
 * Reads PCRs by index, ascending. An index has one name: were "07" one too, there could be two values of PCR 7.
 *
 * @throws {EvidenceError} `PcrIndexInvalid`, `PcrValueInvalid`
 */
export function readPcrs(values: Readonly<Record<string, unknown>>): Pcr[] {
  const indices = Array.from({ length: PCRS }, (_, index) => index);
  const named = indices.filter((index) => Object.hasOwn(values, String(index)));
  if (named.length !== Object.keys(values).length) {
    throw new EvidenceError("PcrIndexInvalid", 'PCRs are named "0" to "23", without leading zeros or signs.');
  }
  return named.map((index) => {
    const value = evidenceBytes(values[String(index)]);
    if (value?.byteLength === 32) return { index, value };
    throw new EvidenceError("PcrValueInvalid", `The value of PCR ${index} does not have 32 bytes.`);
  });
}

/**
 * Refuses PCRs other than those that the quote states: exactly these, of the SHA-256 bank, with these values.
 *
 * @throws {EvidenceError} `PcrSelectionMismatch`, `PcrDigestMismatch`
 */
export function requireQuoted(pcrs: readonly Pcr[], { selections, pcrDigest }: TpmQuote): void {
  const [selection] = selections;
  const same =
    selections.length === 1 &&
    selection?.bank === SHA256 &&
    selection.indices.join() === pcrs.map(({ index }) => index).join();
  if (!same) {
    const message = "The quote is not about exactly the PCRs that are sent, in the SHA-256 bank.";
    throw new EvidenceError("PcrSelectionMismatch", message);
  }
  const digest = ccf.crypto.digest("SHA-256", concatenate(pcrs.map(({ value }) => value)));
  if (!sameBytes(digest, pcrDigest)) {
    throw new EvidenceError(
      "PcrDigestMismatch",
      "The quote is about other values of the PCRs than are sent.",
    );
  }
}

export function pcrClaims(pcrs: readonly Pcr[]): PresentedClaims {
  return Object.fromEntries(pcrs.map(({ index, value }) => [`pcr${index}`, toBase64(value)]));
}
