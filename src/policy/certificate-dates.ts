import { fromBase64 } from "../kit/encodings.js";

/**
 * Whether a certificate of a PEM bundle is outside its validity. Only to tell a reader why a chain does not hold: the
 * verdict is the node's, which does not say whether it was about dates.
 *
 * @param at milliseconds since 1970
 */
export function anyExpired(bundle: string, at: number): boolean {
  return certificatesOf(bundle).some((certificate) => {
    const [from, to] = validityOf(certificate);
    return at < from || at > to;
  });
}

function certificatesOf(bundle: string): ArrayBuffer[] {
  const blocks = bundle.split("-----BEGIN CERTIFICATE-----").slice(1);
  return blocks.flatMap((block) => fromBase64(block.split("-----END")[0] ?? "") ?? []);
}

/** notBefore and notAfter in milliseconds since 1970 (RFC 5280 §4.1.2.5); NaN for what is no certificate. */
function validityOf(certificate: ArrayBuffer): [number, number] {
  const bytes = new Uint8Array(certificate);
  const tbs = element(bytes, element(bytes, 0).content);
  let field = element(bytes, tbs.content);
  const VERSION = 0xa0; // [0], absent in version 1
  // serial number, signature algorithm and issuer come before the validity
  for (let before = field.tag === VERSION ? 4 : 3; before > 0; before--) field = element(bytes, field.end);
  const notBefore = element(bytes, field.content);
  const notAfter = element(bytes, notBefore.end);
  return [timeOf(bytes, notBefore), timeOf(bytes, notAfter)];
}

/** One element of DER: its tag, and where its content starts and ends. */
interface Element {
  readonly tag: number;
  readonly content: number;
  readonly end: number;
}

function element(bytes: Uint8Array, at: number): Element {
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1] ?? 0;
  let content = at + 2;
  let length = first;
  if (first > 127) {
    length = 0;
    for (const end = content + (first & 3); content < end; content++)
      length = length * 256 + (bytes[content] ?? 0);
  }
  return { tag, content, end: content + length };
}

function timeOf(bytes: Uint8Array, { tag, content, end }: Element): number {
  let digits = String.fromCharCode(...bytes.subarray(content, Math.min(end, content + 15)));
  const UTC_TIME = 0x17; // two digits of the year, 50 to 99 are 19xx
  if (tag === UTC_TIME) digits = (digits >= "50" ? "19" : "20") + digits;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z/.exec(digits) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
