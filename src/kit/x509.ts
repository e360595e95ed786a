import { type Element, elementAt, sequence } from "./der.js";
import { fromBase64, toBase64 } from "./encodings.js";

/** Parts of a certificate (RFC 5280 §4.1), each as the DER element that it is. Nothing says that they are true. */
export interface Certificate {
  /** How many of the bytes given are the certificate's; what follows is not part of it. */
  readonly size: number;
  readonly issuer: Uint8Array;
  readonly validity: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

/** [0], before the fields of a certificate that is not of version 1. */
const VERSION = 0xa0;

/** @returns `undefined` for what is no certificate */
export function readCertificate(der: ArrayBuffer): Certificate | undefined {
  const bytes = new Uint8Array(der);
  const part = (element: Element | undefined): Uint8Array => {
    sequence(bytes, element);
    return bytes.subarray(element?.start, element?.end);
  };
  try {
    const whole = elementAt(bytes, 0);
    const [tbs, algorithm, signature] = sequence(bytes, whole);
    if (!algorithm || !signature) return undefined;
    const fields = sequence(bytes, tbs);
    const [, , issuer, validity, subject, publicKey] = fields[0]?.tag === VERSION ? fields.slice(1) : fields;
    return {
      size: whole.end,
      issuer: part(issuer),
      validity: part(validity),
      subject: part(subject),
      publicKey: part(publicKey),
    };
  } catch {
    return undefined; // something that does not belong where it stands
  }
}

/** The DER SubjectPublicKeyInfo of a DER certificate; `undefined` for what is no certificate. */
export function publicKeyOf(certificate: ArrayBuffer): ArrayBuffer | undefined {
  return readCertificate(certificate)?.publicKey.slice().buffer;
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** The certificates of a PEM bundle, each as the PEM text that it is. */
export function certificatesIn(bundle: string): string[] {
  const blocks = bundle.split(BEGIN).slice(1);
  return blocks.map((block) => `${BEGIN}${block.split("-----END", 1)[0] ?? ""}${END}\n`);
}

/** The bytes in PEM text (RFC 7468), whatever it says they are; of several blocks, those of the first. */
export function fromPem(pem: string): ArrayBuffer | undefined {
  const [, , content] = pem.split("-----", 3);
  // base64 without line ends is decoded several times as fast
  return content === undefined ? undefined : fromBase64(content.replaceAll("\n", ""));
}

/** @param label what the bytes are, such as `PUBLIC KEY` or `CERTIFICATE` */
export function toPem(label: string, der: ArrayBuffer): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
