import { hex } from "../kit/encodings.js";

/** The key of attested code: evidence binds it, answers are wrapped to it, and it signs what the code says. */
export interface AttestedKey {
  /** The very characters that the evidence binds. */
  readonly pem: string;
  /** SHA-256 of the PEM text, lower-case hex. */
  readonly digest: string;
}

/** @param pem UTF-8 of the PEM text */
export function attestedKey(pem: ArrayBuffer): AttestedKey {
  return { pem: ccf.bufToStr(pem), digest: hex(ccf.crypto.digest("SHA-256", pem)) };
}
