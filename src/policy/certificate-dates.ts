import { type Element, elementAt, sequence } from "../kit/der.js";
import { certificatesIn, fromPem, readCertificate } from "../kit/x509.js";

/**
 * Whether a certificate of a PEM bundle is outside its validity. Only to tell a reader why a chain does not hold: the
 * verdict is the node's, which does not say whether it was about dates.
 *
 * @param at milliseconds since 1970
 */
export function anyExpired(bundle: string, at: number): boolean {
  return certificatesIn(bundle).some((pem) => {
    const der = fromPem(pem);
    const certificate = der && readCertificate(der);
    if (certificate === undefined) return false;
    const [from, to] = datesOf(certificate.validity);
    return at < from || at > to;
  });
}

/** notBefore and notAfter in milliseconds since 1970 (RFC 5280 §4.1.2.5); NaN for what is no time. */
function datesOf(validity: Uint8Array): [number, number] {
  try {
    const [notBefore, notAfter] = sequence(validity, elementAt(validity, 0));
    return [timeOf(validity, notBefore), timeOf(validity, notAfter)];
  } catch {
    return [NaN, NaN];
  }
}

function timeOf(bytes: Uint8Array, time: Element | undefined): number {
  if (time === undefined) return NaN;
  const { tag, content, end } = time;
  let digits = String.fromCharCode(...bytes.subarray(content, Math.min(end, content + 15)));
  const UTC_TIME = 0x17; // two digits of the year, 50 to 99 are 19xx
  if (tag === UTC_TIME) digits = (digits >= "50" ? "19" : "20") + digits;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z/.exec(digits) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
