import { createHash, createPublicKey, randomBytes, sign, verify, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { isIP } from "node:net";
import type * as Jsrsasign from "jsrsasign";

/** The certificate that issues another one, with its key. */
export interface Issuer {
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  /** common name, the only part of the subject */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** An issuer, or the subject's own private key for a self-signed certificate; keys are elliptic. */
  readonly issuer: Issuer | KeyObject;
  readonly validFrom: Date;
  /** The last second is not part of it: `notAfter` is inclusive (RFC 5280 §4.1.2.5). */
  readonly validityDays: number;
  /** May issue certificates, also through one more authority, as CCF has it for services and self-signed nodes. */
  readonly authority?: boolean;
  /** host names and IP addresses */
  readonly alternativeNames?: readonly string[];
}

/** Makes an X.509 certificate with the extensions that CCF gives its own. @returns PEM */
export function makeCertificate(options: CertificateOptions): string {
  const { subject, publicKey, issuer, validFrom, validityDays, authority = false } = options;
  const own = !("certificate" in issuer);
  const signingKey = own ? issuer : issuer.privateKey;
  const { KJUR } = jsrsasign();
  const tbs = new KJUR.asn1.x509.TBSCertificate({
    version: 3,
    serial: { hex: serialNumber() },
    sigalg: signatureAlgorithm(signingKey).name,
    issuer: own ? commonName(subject) : { array: subjectOf(issuer.certificate) },
    notbefore: asn1Time(validFrom),
    notafter: asn1Time(new Date(validFrom.getTime() + validityDays * 86_400_000 - 1000)),
    subject: commonName(subject),
    sbjpubkey: pem(publicKey),
    ext: [
      { extname: "basicConstraints", critical: true, ...(authority && { cA: true, pathLen: 1 }) },
      ...(authority
        ? [{ extname: "keyUsage", critical: true, names: ["digitalSignature", "keyCertSign"] }]
        : []),
      { extname: "subjectKeyIdentifier", kid: { hex: keyIdentifier(publicKey) } },
      { extname: "authorityKeyIdentifier", kid: { hex: keyIdentifier(createPublicKey(signingKey)) } },
      ...alternativeNames(options.alternativeNames ?? []),
    ],
  });
  const signature = signHex(tbs.getEncodedHex(), signingKey);
  const certificate = new KJUR.asn1.x509.Certificate({
    tbsobj: tbs,
    sighex: signature,
    sigalg: signatureAlgorithm(signingKey).name,
  });
  return certificate.getPEM().replaceAll("\r", "");
}

/** A request for a certificate, signed with the key it is for (PKCS #10). @returns PEM */
export function makeSigningRequest(options: {
  readonly subject: string;
  readonly privateKey: KeyObject;
  readonly alternativeNames?: readonly string[];
}): string {
  const { KJUR } = jsrsasign();
  const parameters = {
    subject: commonName(options.subject),
    sbjpubkey: pem(createPublicKey(options.privateKey)),
    extreq: alternativeNames(options.alternativeNames ?? []),
    sigalg: signatureAlgorithm(options.privateKey).name,
  };
  const info = new KJUR.asn1.csr.CertificationRequestInfo(parameters);
  const sighex = signHex(info.getEncodedHex(), options.privateKey);
  const request = new KJUR.asn1.csr.CertificationRequest({ ...parameters, sighex });
  return request.getPEM().replaceAll("\r", "");
}

/**
 * Certifies the key of a signing request, for its subject and alternative names; everything else it asks for is ignored.
 * @throws {Error} if the request is malformed or not signed with its key
 */
export function endorseSigningRequest(
  request: string,
  {
    issuer,
    validFrom,
    validityDays,
  }: { readonly issuer: Issuer; readonly validFrom: Date; readonly validityDays: number },
): string {
  const { KJUR, ASN1HEX, pemtohex } = jsrsasign();
  const { subject, sbjpubkey, extreq = [], sigalg, sighex } = KJUR.asn1.csr.CSRUtil.getParam(request);
  const publicKey = createPublicKey(sbjpubkey);
  const signed = Buffer.from(ASN1HEX.getTLVbyList(pemtohex(request), 0, [0]) ?? "", "hex");
  const { name, hash } = signatureAlgorithm(publicKey);
  if (sigalg !== name || !verify(hash, signed, publicKey, Buffer.from(sighex, "hex"))) {
    throw new Error("The certificate signing request is not signed with the key it is for");
  }
  const names: unknown = extreq.find(({ extname }) => extname === "subjectAltName")?.array;
  return makeCertificate({
    subject: subject.str.replace(/^\/CN=/, ""),
    publicKey,
    issuer,
    validFrom,
    validityDays,
    alternativeNames: Array.isArray(names) ? names.flatMap(namesOf) : [],
  });
}

/** The identifier of whoever holds a key, as CCF forms it for nodes: SHA-256 of the public key (SPKI, DER), in hex. */
export function keyId(key: KeyObject): string {
  return createHash("sha256").update(spki(key)).digest("hex");
}

/** jsrsasign takes a while to load and is needed only when certificates are made, so not whenever a node starts. */
function jsrsasign(): typeof Jsrsasign {
  return createRequire(import.meta.url)("jsrsasign") as typeof Jsrsasign;
}

/** ECDSA with the hash that goes with the curve, as CCF chooses it. */
function signatureAlgorithm(key: KeyObject): { name: string; hash: string } {
  const hashes: Record<string, string> = { prime256v1: "sha256", secp384r1: "sha384", secp521r1: "sha512" };
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "none";
  const hash = hashes[curve];
  if (hash === undefined)
    throw new Error(`Certificates are signed with keys on P-256, P-384 or P-521, not on ${curve}`);
  return { name: `${hash.toUpperCase()}withECDSA`, hash };
}

function signHex(hex: string, key: KeyObject): string {
  return sign(signatureAlgorithm(key).hash, Buffer.from(hex, "hex"), key).toString("hex");
}

/** 16 random bytes, of which the first is neither negative nor zero (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString("hex");
}

/** `UTCTime` until 2049, `GeneralizedTime` after it (RFC 5280 §4.1.2.5). */
function asn1Time(date: Date): string {
  const digits = date.toISOString().replace(/\.\d+/, "").replaceAll(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050 ? digits.slice(2) : digits;
}

function commonName(value: string): { array: [{ type: string; value: string; ds: string }][]; str: string } {
  return { array: [[{ type: "CN", value, ds: "utf8" }]], str: `/CN=${value}` };
}

function subjectOf(certificate: string) {
  const { X509 } = jsrsasign();
  return new X509(certificate).getSubject().array;
}

function alternativeNames(names: readonly string[]) {
  if (names.length === 0) return [];
  return [
    { extname: "subjectAltName", array: names.map((name) => (isIP(name) ? { ip: name } : { dns: name })) },
  ];
}

function namesOf(name: unknown): string[] {
  if (typeof name !== "object" || name === null) return [];
  return Object.entries(name).flatMap(([kind, value]) =>
    kind === "dns" || kind === "ip" ? [String(value)] : [],
  );
}

/** SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, first method), in hexadecimal. */
function keyIdentifier(key: KeyObject): string {
  const { ASN1HEX } = jsrsasign();
  const bits = ASN1HEX.getVbyList(spki(key).toString("hex"), 0, [1]) ?? "";
  // The first byte of a bit string counts its unused bits.
  return createHash("sha1")
    .update(Buffer.from(bits.slice(2), "hex"))
    .digest("hex");
}

function spki(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });
}

function pem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
