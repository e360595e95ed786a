import assert from "node:assert/strict";
import { type KeyObject, sign } from "node:crypto";
import { listReleases } from "../../../src/endpoints/releases.js";
import { type KeyPair, makeKeyPair, requestFor } from "../../support/certificates.js";
import { hasOpenssl, judge, openssl } from "../../support/openssl.js";
import { caller, codeOf, contractId, server as key, withKey } from "./authorities.js";
import { assertRefused } from "./service.js";
import { jwkOf } from "../../support/jwk.js";

describe("requests for certificates that are signed with the key (PKCS #10)", () => {
  it("say which key, subject and alternative names are certified", () => {
    const csr = requestFor(key, "room 7", ["a.example.com", "10.0.0.4", "fd00::1"]);
    const { certificate } = withKey().certified({ csr });
    assert.ok(certificate.checkPrivateKey(key.privateKey));
    assert.equal(certificate.subject, "CN=room 7");
    assert.equal(
      certificate.subjectAltName,
      "DNS:a.example.com, IP Address:10.0.0.4, IP Address:FD00:0:0:0:0:0:0:1",
    );
    assert.equal(withKey().certified({ csr: requestFor(key) }).certificate.subjectAltName, undefined);
  });

  it("are recorded so that no value reads like another attribute", () => {
    const service = withKey();
    service.certified({ csr: requestFor(key, 'a\\, O=Contoso+"b"', ["a.example.com"]) });
    const params = { contractId };
    const { value } = service.call(listReleases, { caller, params }).body;
    const { subject } = (value[0]?.record as unknown as { item: { subject: string } }).item;
    assert.equal(subject, 'CN=a\\\\\\, O=Contoso\\+\\"b\\"');
  });

  it("yield to what is named beside them", () => {
    const csr = requestFor(key, "room", ["a.example.com"]);
    const beside = { subjectName: "CN=other", subjectAlternateNames: ["dNSName:b.example.com"] };
    const { certificate } = withKey().certified({ csr, ...beside, publicKey: key.publicKeyPem });
    assert.equal(certificate.subject, "CN=other");
    assert.equal(certificate.subjectAltName, "DNS:b.example.com");
    const without = withKey().certified({ csr, subjectAlternateNames: [] }).certificate;
    assert.deepEqual([without.subject, without.subjectAltName], ["CN=room", undefined]);
  });

  it("are refused when they are not signed with their key, or are about another one than is named (improvement 19)", () => {
    const service = withKey();
    const csr = requestFor(key);
    const other = makeKeyPair("P-256");
    assertRefused(service.ask({ csr, publicKey: other.publicKeyPem }), 400, "InvalidCsr");
    assert.equal(codeOf(service.ask({ csr: withKeyOf(csr, other) })), "InvalidCsr");
    for (let at = 1; at < 95; at++)
      assert.equal(codeOf(service.ask({ csr: changed(csr, -at) })), "InvalidCsr", String(at));
    // over SHA-384, which the node does not verify
    assert.equal(codeOf(service.ask({ csr: requestFor(makeKeyPair("P-384")) })), "InvalidCsr");
  });

  it("are refused when they are no such requests", () => {
    const service = withKey();
    const csr = requestFor(key);
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ""), "base64");
    const wrong: unknown[] = [
      5,
      "csr",
      key.publicKeyPem,
      csr + csr,
      `Certificate Request:\n${csr}`,
      pemOf(Buffer.concat([der, Buffer.from([0])])),
      pemOf(withNull(der)),
      pemOf(Buffer.from("3000", "hex")),
      pemOf(Buffer.from("30840fffffff00", "hex")),
      pemOf(Buffer.from("3080".repeat(2000), "hex")),
      pemOf(Buffer.alloc(6000, "3082")),
      "x".repeat(20_000),
    ];
    for (let length = 1; length < der.length; length += 5) wrong.push(pemOf(der.subarray(0, length)));
    for (const content of wrong) assert.equal(codeOf(service.ask({ csr: content })), "InvalidCsr");
  });

  it("are refused for subjects and names that are refused elsewhere", () => {
    const service = withKey();
    const named = (subject: string, names: string[] = []) =>
      service.ask({ csr: requestFor(key, subject, names) });
    assertRefused(named("a\nb"), 400, "InvalidSubjectName");
    assert.equal(codeOf(named("x".repeat(65))), "InvalidSubjectName");
    assert.equal(codeOf(named("a", ["a_b.example.com"])), "InvalidSubjectAlternateName");
    assert.equal(codeOf(named("a", ["*"])), "InvalidSubjectAlternateName");
  });

  it("are refused for names in kinds of text that nobody needs any more", () => {
    const UTF8 = 0x0c;
    const BMP = 0x1e;
    const TELETEX = 0x14;
    const service = withKey();
    for (const [tag, code] of [
      [UTF8, undefined],
      [BMP, "InvalidCsr"],
      [TELETEX, "InvalidCsr"],
    ] as const)
      assert.equal(codeOf(service.ask({ csr: withTextOf(requestFor(key), tag) })), code);
  });
});

describe("requests for certificates as openssl makes them", () => {
  before(function () {
    if (!hasOpenssl()) this.skip();
  });

  it("are certified", () => {
    const service = withKey();
    for (const options of [
      ["rsa:2048"],
      ["rsa:3072"],
      ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
      ["ed25519"],
    ]) {
      const csr = requestOf(["-newkey", ...options]);
      const { certificate, cert, caBundle } = service.certified({ csr });
      assert.equal(certificate.subject, "C=DE\nO=Zoë\nCN=room");
      assert.equal(
        certificate.subjectAltName,
        "DNS:a.example.com, IP Address:192.0.2.7, IP Address:FD00:0:0:0:0:0:0:1",
      );
      assert.equal(certificate.ca, false);
      assert.match(judge(cert, caBundle).output, /OK/);
      // whatever of the signature is changed, it no longer holds
      for (const at of [3, 20, 40])
        assert.equal(codeOf(service.ask({ csr: changed(csr, -at) })), "InvalidCsr", String(at));
    }
  });

  it("are refused with a signature that is written in another way than there is", () => {
    const service = withKey();
    const { privateKey, modulus } = smallRsaKey();
    const files = { "key.pem": privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    const signedAs = (name: string) =>
      openssl(["req", "-new", "-key", "key.pem", "-subj", `/CN=${name}`], files);
    const csr = signedAs("room");
    assert.equal(service.ask({ csr }).status, 200);
    assert.equal(codeOf(service.ask({ csr: withZero(csr, 256) })), "InvalidCsr");

    // the modulus added to the number is the same number to whoever does not look at its size
    for (let attempt = 0; ; attempt++) {
      const der = derOf(signedAs(`room ${attempt}`));
      const sum = (numberOf(der.subarray(-256)) + modulus).toString(16);
      if (sum.length > 512) continue;
      der.write(sum.padStart(512, "0"), der.length - 256, "hex");
      assert.equal(codeOf(service.ask({ csr: pemOf(der) })), "InvalidCsr");
      break;
    }
  });

  it("are refused with other signatures, and where they name what is not certified", () => {
    const service = withKey();
    for (const options of [
      ["-newkey", "rsa:2048", "-sha512"],
      ["-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss"],
    ])
      assert.equal(codeOf(service.ask({ csr: requestOf(options) })), "InvalidCsr");
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    assert.equal(
      codeOf(service.ask({ csr: requestOf(ec, "/CN=a/emailAddress=a@b.c") })),
      "InvalidSubjectName",
    );
    assert.equal(codeOf(service.ask({ csr: requestOf(ec, "/CN=a/CN=b") })), "InvalidSubjectName");
    assert.equal(
      codeOf(service.ask({ csr: requestOf([...ec, "-multivalue-rdn"], "/CN=a+O=b") })),
      "InvalidCsr",
    );
    assert.equal(codeOf(service.ask({ csr: requestOf(ec, "/") })), "InvalidSubjectName");
    for (const name of ["email:a@example.com", "URI:https://a.example.com", "RID:1.2.3"])
      assert.equal(
        codeOf(service.ask({ csr: requestOf(ec, "/CN=a", name) })),
        "InvalidSubjectAlternateName",
        name,
      );
  });

  const requestOf = (
    options: readonly string[],
    subject = "/C=DE/O=Zoë/CN=room",
    names = "DNS:a.example.com,IP:192.0.2.7,IP:fd00::1",
  ): string => {
    const extensions = ["-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=critical,CA:TRUE"];
    const made = openssl([
      "req",
      "-new",
      "-nodes",
      "-keyout",
      "/dev/null",
      "-utf8",
      "-subj",
      subject,
      ...extensions,
      ...options,
    ]);
    return /-----BEGIN CERTIFICATE REQUEST-----[^]*-----END CERTIFICATE REQUEST-----\n/.exec(made)?.[0] ?? "";
  };
});

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;

const derOf = (csr: string): Buffer => Buffer.from(csr.replace(/-----[^-]+-----/g, ""), "base64");

/** With one bit of a byte turned. */
function changed(csr: string, at: number): string {
  const der = derOf(csr);
  const place = at < 0 ? der.length + at : at;
  der.writeUInt8(der.readUInt8(place) ^ 1, place);
  return pemOf(der);
}

/** The request as it is, but about somebody else's key on P-256. */
function withKeyOf(csr: string, { publicKeyPem }: KeyPair): string {
  const der = derOf(csr);
  const point = Buffer.from(publicKeyPem.replace(/-----[^-]+-----/g, ""), "base64").subarray(-64);
  const own = Buffer.from(key.publicKeyPem.replace(/-----[^-]+-----/g, ""), "base64").subarray(-64);
  point.copy(der, der.indexOf(own));
  return pemOf(der);
}

/** A modulus that leaves room above it in its 256 bytes. */
function smallRsaKey(): { privateKey: KeyObject; modulus: bigint } {
  for (;;) {
    const { privateKey } = makeKeyPair("RSA 2048");
    const { n = "" } = jwkOf(privateKey);
    const bytes = Buffer.from(n, "base64url");
    if (bytes.readUInt8(0) < 0xd0) return { privateKey, modulus: numberOf(bytes) };
  }
}

/** With the common name in another kind of text, and signed again. */
function withTextOf(csr: string, tag: number): string {
  const der = derOf(csr);
  const info = der.subarray(3, 3 + 3 + der.readUInt8(5)); // both lengths take two bytes
  info.writeUInt8(tag, info.indexOf("5504030c", "hex") + 3);
  const element = (tagOf: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tagOf, 0x81, content.length]), content]);
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", info, key.privateKey)]);
  const algorithm = Buffer.from("300a06082a8648ce3d040302", "hex"); // ecdsa-with-SHA256
  return pemOf(element(0x30, Buffer.concat([info, algorithm, element(0x03, signature)])));
}

/** With a NULL inside, after the signature. */
function withNull(der: Buffer): Buffer {
  const longer = Buffer.concat([der, Buffer.from("0500", "hex")]);
  assert.equal(longer[1], 0x81, "its length is told in one byte");
  longer[2] = longer.length - 3;
  return longer;
}

/** With a zero before its signature, which is of so many bytes. */
function withZero(csr: string, bytes: number): string {
  const der = derOf(csr);
  const bitString = der.length - bytes - 5; // tag, two bytes of length and what says that there are two, unused bits
  for (const length of [2, bitString + 2]) der.writeUInt16BE(der.readUInt16BE(length) + 1, length);
  const [before, signature] = [der.subarray(0, -bytes), der.subarray(-bytes)];
  return pemOf(Buffer.concat([before, Buffer.from([0]), signature]));
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);
