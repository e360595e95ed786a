import { hex } from "../../kit/encodings.js";
import { Refusal } from "../../kit/refusal.js";
import { rsaPkcs1SignatureHolds } from "../../kit/rsa.js";
import { signatureHolds } from "../../kit/signatures.js";
import { toPem } from "../../kit/x509.js";
import { type AlternativeName, readAlternativeNames } from "./alternative-names.js";
import { attempt, onlyBlock } from "./der.js";
import { INTEGER, OCTET_STRING, Part, SET } from "./der-reader.js";
import { type PublicKey, readPublicKey } from "./public-key.js";
import { type Name, OIDS, toName } from "./subject.js";

/** What a request for a certificate says (PKCS #10, RFC 2986), proven by a signature with the key that it is about. */
export interface SigningRequest {
  readonly publicKey: PublicKey;
  /** Read only if they are wanted: the names may be given elsewhere. @throws {Refusal} `InvalidSubjectName` */
  subject(): Name;
  /** @throws {Refusal} `InvalidSubjectAlternateName` */
  names(): readonly AlternativeName[];
}

/** @throws {Refusal} `InvalidCsr`, `InvalidPublicKey` */
export function readSigningRequest(pem: string): SigningRequest {
  const der = onlyBlock("CERTIFICATE REQUEST", pem);
  const fields = der && attempt(() => fieldsOf(Part.of(der)));
  if (!fields) throw invalid("is no request in PEM (PKCS #10)");
  const publicKey = readPublicKey(toPem("PUBLIC KEY", fields.publicKey.der));
  if (!isSignedWith(publicKey, fields)) {
    throw invalid(
      "is not signed with the key that it is about: with ECDSA or RSA (PKCS #1 v1.5) over SHA-256, or Ed25519",
    );
  }
  const { subject, attributes } = fields;
  return { publicKey, subject: () => subjectOf(subject), names: () => namesOf(attributes) };
}

interface Fields {
  readonly signed: ArrayBuffer;
  readonly subject: Part;
  readonly publicKey: Part;
  readonly attributes: Part | undefined;
  /** Object identifier, dotted. */
  readonly algorithm: string;
  readonly signature: ArrayBuffer;
}

function fieldsOf(request: Part): Fields {
  const [info, algorithm, signature, ...more] = request.parts();
  if (!info || !algorithm || !signature || more.length > 0)
    throw new RangeError("three parts make a request");
  const [, subject, publicKey, attributes] = info.parts();
  if (!subject || !publicKey) throw new RangeError("a request is about a key");
  return {
    signed: info.der,
    subject,
    publicKey,
    attributes,
    algorithm: algorithm.part(0).oid,
    signature: signature.bits,
  };
}

/** By kind of key, the only algorithm of signatures that is taken. */
const ALGORITHMS = {
  "P-256": "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
  "P-384": "1.2.840.10045.4.3.2",
  RSA: "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
  Ed25519: "1.3.101.112",
} as const satisfies Record<PublicKey["kind"], string>;

function isSignedWith(key: PublicKey, { algorithm, signature, signed }: Fields): boolean {
  if (algorithm !== ALGORITHMS[key.kind]) return false;
  if (key.kind === "RSA") return rsaPkcs1SignatureHolds(key, signature, signed);
  if (key.kind === "Ed25519") return signatureHolds({ name: "EdDSA" }, key.pem, signature, signed);
  const numbers = attempt(() => plainSignature(Part.of(signature), key.kind === "P-256" ? 32 : 48));
  return (
    numbers !== undefined && signatureHolds({ name: "ECDSA", hash: "SHA-256" }, key.pem, numbers, signed)
  );
}

/** The two numbers of an ECDSA signature side by side, as CCF takes them; in requests they stand in DER. */
function plainSignature(der: Part, size: number): ArrayBuffer {
  const plain = new Uint8Array(2 * size);
  const numbers = der.parts().map((number) => new Uint8Array(number.content(INTEGER)));
  numbers.forEach((number, index) => {
    const digits = number.subarray(number[0] === 0 ? 1 : 0);
    plain.set(digits, (index + 1) * size - digits.length);
  });
  return plain.buffer;
}

function subjectOf(name: Part): Name {
  const attributes = attempt(() => name.parts().map(attributeOf));
  if (attributes === undefined) throw invalid("has a subject that cannot be read");
  return toName(attributes);
}

/** @throws for several attributes in one */
function attributeOf(set: Part): { type: string; value: string } {
  const [attribute, ...more] = set.parts(SET);
  if (!attribute || more.length > 0) throw new RangeError("several attributes");
  const { oid } = attribute.part(0);
  const [type = oid] = Object.entries(OIDS).find(([, known]) => known === oid) ?? [];
  return { type, value: attribute.part(1).text };
}

/** Tag of the attributes of a request. */
const ATTRIBUTES = 0xa0;
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALT_NAME = "2.5.29.17";

/** Other extensions than this are for the authority to decide, so they are not looked at. */
function namesOf(attributes: Part | undefined): AlternativeName[] {
  const written = attempt(() => requestedNames(attributes).map(writtenName));
  if (written === undefined) throw invalid("asks for extensions that cannot be read");
  return readAlternativeNames(written);
}

function requestedNames(attributes: Part | undefined): Part[] {
  const named = (oid: string) => (part: Part) => part.part(0).oid === oid;
  const [extensions] = attributes?.parts(ATTRIBUTES).find(named(EXTENSION_REQUEST))?.part(1).parts(SET) ?? [];
  const value = extensions?.parts().find(named(SUBJECT_ALT_NAME))?.parts().at(-1);
  return value === undefined ? [] : Part.of(value.content(OCTET_STRING)).parts();
}

/** Tags of two kinds of names (RFC 5280 §4.2.1.6). */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** A name as clients write it; one of a kind that is not certified becomes a text that is none. */
function writtenName(name: Part): string {
  if (name.tag === DNS_NAME) return `dNSName:${ccf.bufToStr(name.content(DNS_NAME))}`;
  if (name.tag !== IP_ADDRESS) return "another kind of name";
  const bytes = hex(name.content(IP_ADDRESS));
  return `iPAddress:${bytes.length === 8 ? dotted(bytes) : grouped(bytes)}`;
}

const dotted = (bytes: string): string => bytes.replace(/../g, (byte) => `.${parseInt(byte, 16)}`).slice(1);
const grouped = (bytes: string): string => bytes.replace(/.{4}/g, (group) => `:${group}`).slice(1);

function invalid(what: string): Refusal {
  return new Refusal("InvalidCsr", `The request in "csr" ${what}.`);
}
