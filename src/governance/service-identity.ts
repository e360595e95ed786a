import { fromBase64, hex } from "../kit/encodings.js";
import { serviceInfo } from "./tables.js";

/**
 * Which service this is, so that what was said to one is not taken for said to another: SHA-256 of the DER
 * SubjectPublicKeyInfo of its certificate, lower-case hex. A service that was recovered after a disaster is another one.
 */
export function serviceIdentity(): string {
  const pem = serviceInfo().get(undefined)?.cert;
  const der = pem === undefined ? undefined : fromBase64(pem.replace(/-----[^-]+-----/g, ""));
  if (der === undefined) throw new TypeError("the service has no certificate");
  return hex(ccf.crypto.digest("SHA-256", publicKeyOf(der)));
}

/** The SubjectPublicKeyInfo of a DER certificate (RFC 5280 §4.1). */
function publicKeyOf(certificate: ArrayBuffer): ArrayBuffer {
  const bytes = new Uint8Array(certificate);
  const tbs = element(bytes, element(bytes, 0).content);
  let field = element(bytes, tbs.content);
  const VERSION = 0xa0; // [0], absent in version 1
  // serial number, signature algorithm, issuer, validity and subject come before the key
  for (let before = field.tag === VERSION ? 6 : 5; before > 0; before--) field = element(bytes, field.end);
  return certificate.slice(field.start, field.end);
}

/** One element of DER: its tag, and where it and its content start and end. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

function element(bytes: Uint8Array, start: number): Element {
  const tag = bytes[start] ?? 0;
  const first = bytes[start + 1] ?? 0;
  let content = start + 2;
  let length = first;
  if (first > 127) {
    length = 0;
    for (const end = content + (first & 3); content < end; content++)
      length = length * 256 + (bytes[content] ?? 0);
  }
  return { tag, start, content, end: content + length };
}
