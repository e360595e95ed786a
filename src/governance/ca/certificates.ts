import { hex } from "../../kit/encodings.js";
import { fromPem, readCertificate, toPem } from "../../kit/x509.js";
import type { AlternativeName } from "./alternative-names.js";
import { type Asn1, encode, encoded } from "./der.js";
import { Part } from "./der-reader.js";
import type { PublicKey } from "./public-key.js";
import { isPrintable, type Name, OIDS } from "./subject.js";

/** Who signs certificates. PEM. */
export interface Issuer {
  readonly caCert: string;
  readonly privateKey: string;
}

interface Validity {
  /** Milliseconds since 1970, and both moments are part of it (RFC 5280 §4.1.2.5). */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface Certificate {
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
}

/** The certificate of an authority, signed with its own key. It certifies servers and clients, but no other authority. */
export function makeAuthority(
  subject: Name,
  { publicKey, privateKey, ...validity }: Validity & { publicKey: PublicKey; privateKey: string },
): Certificate {
  const name = nameOf(subject);
  return makeCertificate(name, { name, keyId: keyIdOf(publicKey.spki), privateKey }, publicKey, validity, [
    critical("basicConstraints", { seq: [{ bool: true }, { int: 0 }] }),
    keyUsage("keyCertSign", "cRLSign"),
  ]);
}

/** A certificate for a server or client, as its authority issues it. */
export function makeEndorsed(
  subject: Name,
  names: readonly AlternativeName[],
  publicKey: PublicKey,
  { caCert, privateKey }: Issuer,
  validity: Validity,
): Certificate {
  const authority = readCertificate(fromPem(caCert) ?? new ArrayBuffer(0));
  if (authority === undefined) throw new TypeError("an authority's certificate cannot be read");
  const issuer = {
    name: encoded(authority.subject.slice().buffer),
    keyId: keyIdOf(authority.publicKey.slice().buffer),
    privateKey,
  };
  return makeCertificate(nameOf(subject), issuer, publicKey, validity, [
    critical("basicConstraints", { seq: [] }),
    keyUsage("digitalSignature", ...KEY_EXCHANGE[publicKey.kind]),
    extension("extKeyUsage", { seq: [{ oid: SERVER_AUTH }, { oid: CLIENT_AUTH }] }),
    ...(names.length > 0 ? [extension("subjectAltName", { seq: names.map(generalName) })] : []),
  ]);
}

/** How keys of a kind agree on secrets, besides signing. */
const KEY_EXCHANGE = {
  RSA: ["keyEncipherment"],
  "P-256": ["keyAgreement"],
  "P-384": ["keyAgreement"],
  Ed25519: [],
} as const satisfies Record<PublicKey["kind"], readonly (keyof typeof USAGES)[]>;

/** ECDSA with SHA-384, which goes with the authority's curve. */
const ALGORITHM: Asn1 = { seq: [{ oid: "1.2.840.10045.4.3.3" }] };

/** RFC 5280 §4.1 */
function makeCertificate(
  subject: Asn1,
  issuer: { readonly name: Asn1; readonly keyId: string; readonly privateKey: string },
  publicKey: PublicKey,
  { notBefore, notAfter }: Validity,
  extensions: readonly Asn1[],
): Certificate {
  const VERSION_3 = 2;
  const all = [
    ...extensions,
    extension("subjectKeyIdentifier", { octstr: { hex: keyIdOf(publicKey.spki) } }),
    extension("authorityKeyIdentifier", { seq: [{ tag: ["80", false, { octstr: { hex: issuer.keyId } }] }] }),
  ];
  const tbs = encode({
    seq: [
      { tag: ["a0", true, { int: VERSION_3 }] },
      { int: { hex: serialNumber() } },
      ALGORITHM,
      issuer.name,
      { seq: [timeOf(notBefore), timeOf(notAfter)] },
      subject,
      encoded(publicKey.spki),
      { tag: ["a3", true, { seq: all }] },
    ],
  });
  const der = encode({ seq: [encoded(tbs), ALGORITHM, sign(tbs, issuer.privateKey)] });
  return { pem: toPem("CERTIFICATE", der), fingerprint: hex(ccf.crypto.digest("SHA-256", der)) };
}

/** Signs as certificates have it: two integers in DER. */
function sign(tbs: ArrayBuffer, privateKey: string): Asn1 {
  const numbers = hex(ccf.crypto.sign({ name: "ECDSA", hash: "SHA-384" }, privateKey, tbs));
  const half = numbers.length / 2;
  const signature = encode({ seq: [positive(numbers.slice(0, half)), positive(numbers.slice(half))] });
  return { bitstr: { hex: `00${hex(signature)}` } };
}

/** A number that is not negative, without the zeros that DER does not allow. */
function positive(digits: string): Asn1 {
  const bytes = digits.replace(/^(?:00)+(?=..)/, "");
  return { int: { hex: bytes >= "80" ? `00${bytes}` : bytes } };
}

/** 16 random bytes, of which the first makes them a positive number that fills them (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = new Uint8Array(ccf.crypto.generateAesKey(128));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return hex(bytes.buffer);
}

/** `UTCTime` until 2049, `GeneralizedTime` after it (RFC 5280 §4.1.2.5). */
function timeOf(moment: number): Asn1 {
  const digits = new Date(moment).toISOString().replace(/\.\d+|[-:T]/g, "");
  return digits < "2050" ? { utctime: { str: digits.slice(2) } } : { gentime: { str: digits } };
}

const nameOf = (name: Name): Asn1 => ({
  seq: name.map(({ type, value }) => ({
    set: [
      {
        seq: [
          { oid: OIDS[type] },
          isPrintable(type) ? { prnstr: { str: value } } : { utf8str: { str: value } },
        ],
      },
    ],
  })),
});

const generalName = ({ kind, value }: AlternativeName): Asn1 =>
  kind === "dNSName"
    ? { tag: ["82", false, { utf8str: { str: value } }] } // the tag replaces that of the string, which is ASCII
    : { tag: ["87", false, { octstr: { hex: value } }] };

/** RFC 5280 §4.2.1 */
const EXTENSIONS = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
} as const;

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

const extension = (name: keyof typeof EXTENSIONS, value: Asn1): Asn1 => ({
  seq: [{ oid: EXTENSIONS[name] }, { octstr: { obj: value } }],
});

/** Whoever does not understand it must not accept the certificate. */
const critical = (name: keyof typeof EXTENSIONS, value: Asn1): Asn1 => ({
  seq: [{ oid: EXTENSIONS[name] }, { bool: true }, { octstr: { obj: value } }],
});

/** Places in the bit string of key usages (RFC 5280 §4.2.1.3). */
const USAGES = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

function keyUsage(...usages: readonly (keyof typeof USAGES)[]): Asn1 {
  const bits = [0, 0, 0, 0, 0, 0, 0];
  for (const usage of usages) bits[USAGES[usage]] = 1;
  return critical("keyUsage", { bitstr: { bin: bits.join("") } });
}

/**
 * The first 20 bytes of the SHA-256 of the public key's bits (RFC 7093 §2, first method), in hex.
 *
 * @param spki DER of the SubjectPublicKeyInfo
 */
const keyIdOf = (spki: ArrayBuffer): string =>
  hex(ccf.crypto.digest("SHA-256", Part.of(spki).part(1).bits)).slice(0, 40);
