import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import jsrsasign from "jsrsasign";
import { REPORT_SIZE, SIGNED_SIZE } from "../../sandbox/embedded/snp/report.js";

const { asn1 } = jsrsasign.KJUR;

/**
 * A made-up AMD platform: a root, a signing key and a chip of our own, so that reports can be genuine and still say
 * what no real machine would let us say.
 */
export class SnpPlatform {
  readonly rootKey: KeyObject;
  /** VCEK, ASK and ARK. */
  readonly certificates: Buffer;
  readonly #chipKey: KeyObject;

  /** @param endorsedTcb boot loader, TEE, SNP and microcode versions that the chip's certificate is for */
  constructor({ endorsedTcb = [4, 0, 24, 219], chipId = Buffer.alloc(64, 7) } = {}) {
    const [ark, ask, vcek] = [newKey(), newKey(), newKey()];
    this.rootKey = createPublicKey(ark);
    this.#chipKey = vcek;
    const [bootLoader = 0, tee = 0, snp = 0, microcode = 0] = endorsedTcb;
    const integers = { 1: bootLoader, 2: tee, 3: snp, 8: microcode };
    this.certificates = Buffer.from(
      [
        certificate("SEV-VCEK", vcek, "SEV-ASK", ask, [
          ...Object.entries(integers).map(([part, version]) => ({
            extname: `1.3.6.1.4.1.3704.1.3.${part}`,
            extn: new asn1.DERInteger({ int: version }).getEncodedHex(),
          })),
          { extname: "1.3.6.1.4.1.3704.1.4", extn: chipId.toString("hex") },
        ]),
        certificate("SEV-ASK", ask, "ARK", ark, [{ extname: "basicConstraints", critical: true, cA: true }]),
        certificate("ARK", ark, "ARK", ark, [{ extname: "basicConstraints", critical: true, cA: true }]),
      ].join(""),
    );
  }

  /** A report that this chip has signed. @param change writes into the report before it is signed */
  report(change: (report: Buffer) => void = () => undefined): Buffer {
    const report = Buffer.alloc(REPORT_SIZE);
    report.writeUInt32LE(3, 0x00); // version
    report.writeUInt8(1, 0x0a); // guest policy: SMT
    report.writeUInt32LE(1, 0x34); // ECDSA P-384 with SHA-384
    report.set([0x19, 0x01], 0x188); // Milan
    report.set([4, 0, 0, 0, 0, 0, 24, 219], 0x180); // reported TCB
    report.fill(7, 0x1a0, 0x1e0); // chip
    change(report);
    const signature = sign("sha384", report.subarray(0, SIGNED_SIZE), {
      key: this.#chipKey,
      dsaEncoding: "ieee-p1363",
    });
    report.set(signature.subarray(0, 48).reverse(), SIGNED_SIZE);
    report.set(signature.subarray(48).reverse(), SIGNED_SIZE + 72);
    return report;
  }
}

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;

/** PEM of a certificate that is valid from 2020 to 2049. */
export function certificate(
  subject: string,
  key: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  ext: object[],
): string {
  const tbs = new asn1.x509.TBSCertificate({
    version: 3,
    serial: { int: 1 },
    sigalg: "SHA384withECDSA",
    issuer: { str: `/CN=${issuer}` },
    notbefore: "200101000000Z",
    notafter: "491231235959Z",
    subject: { str: `/CN=${subject}` },
    sbjpubkey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
    ext: ext as never,
  });
  const sighex = sign("sha384", Buffer.from(tbs.getEncodedHex(), "hex"), issuerKey).toString("hex");
  return new asn1.x509.Certificate({ tbsobj: tbs, sigalg: "SHA384withECDSA", sighex }).getPEM();
}
