import { KJUR } from "jsrsasign";
import { hex } from "../../kit/encodings.js";
import { fromPem } from "../../kit/x509.js";

/** A value of ASN.1, as jsrsasign takes it. Bytes are hex. */
export type Asn1 =
  | { readonly seq: readonly Asn1[] }
  | { readonly set: readonly Asn1[] }
  | { readonly bool: true }
  | { readonly int: number | Hex }
  | { readonly oid: string }
  | { readonly utf8str: { readonly str: string } }
  | { readonly prnstr: { readonly str: string } }
  | { readonly utctime: { readonly str: string } }
  | { readonly gentime: { readonly str: string } }
  /** `hex` starts with the number of unused bits; `bin` is bits, first to last. */
  | { readonly bitstr: Hex | { readonly bin: string } }
  | { readonly octstr: Hex | { readonly obj: Asn1 } }
  | { readonly tag: readonly [tag: string, explicit: boolean, content: Asn1] }
  /** What is encoded already. */
  | { readonly asn1: { readonly tlv: string } };

interface Hex {
  readonly hex: string;
}

/** The published types know another version of it. */
const { newObject } = KJUR.asn1.ASN1Util as unknown as {
  newObject: (value: Asn1) => { getEncodedHex(): string };
};

/** DER. */
export const encode = (value: Asn1): ArrayBuffer => toBytes(newObject(value).getEncodedHex());

/** What is DER already. */
export const encoded = (der: ArrayBuffer): Asn1 => ({ asn1: { tlv: hex(der) } });

/** @param digits hex */
function toBytes(digits: string): ArrayBuffer {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes.buffer;
}

/** The bytes of PEM text that is one block with this label and nothing else. */
export function onlyBlock(label: string, pem: string): ArrayBuffer | undefined {
  const block = `^\\s*-----BEGIN ${label}-----[A-Za-z0-9+/=\\s]+-----END ${label}-----\\s*$`;
  return new RegExp(block).test(pem) ? fromPem(pem) : undefined;
}

/** What code returns; undefined if it throws, as jsrsasign and CCF do for what they cannot read. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
