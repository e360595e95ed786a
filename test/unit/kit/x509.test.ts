import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { certificatesIn, fromPem, publicKeyOf, readCertificate, toPem } from "../../../src/kit/x509.js";
import { makeIdentity } from "../../../sandbox/member.js";
import { TestCcf } from "../../support/ccf.js";
import { certificate, SnpPlatform } from "../../support/snp-platform.js";

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const derOf = (pem: string): ArrayBuffer => buffer(new X509Certificate(pem).raw);
const bytesOf = (content: ArrayBuffer | undefined): Buffer | undefined => content && Buffer.from(content);

describe("certificates", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const issuer = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const pem = certificate("subject", privateKey, "issuer", issuer, []);
  const der = derOf(pem);

  before(() => void new TestCcf().install());

  it("say whose key they certify", async () => {
    const { certificatePem } = await makeIdentity("alice");
    const amd = certificatesIn(new SnpPlatform().certificates.toString());
    for (const one of [pem, certificatePem, ...amd]) {
      const expected = new X509Certificate(one).publicKey.export({ type: "spki", format: "der" });
      assert.deepEqual(bytesOf(publicKeyOf(derOf(one))), expected);
    }
  });

  it("say who certifies whom, and where they end", () => {
    const own = readCertificate(derOf(certificate("ARK", issuer, "ARK", issuer, [])));
    assert.ok(own);
    assert.deepEqual(own.issuer, own.subject);
    const read = readCertificate(buffer(Buffer.concat([Buffer.from(der), Buffer.alloc(9)])));
    assert.ok(read);
    assert.equal(read.size, der.byteLength);
    assert.notDeepEqual(read.issuer, read.subject);
    assert.match(Buffer.from(read.issuer).toString("latin1"), /issuer/);
    assert.match(Buffer.from(read.subject).toString("latin1"), /subject/);
  });

  it("are nothing else, and not cut off", () => {
    const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    for (const bytes of [[], [0x30], [0x30, 0x80], [0x30, 0x00], [0x30, 0x84, 1, 1, 1, 1], spki]) {
      assert.equal(readCertificate(buffer(Uint8Array.from(bytes))), undefined);
      assert.equal(publicKeyOf(buffer(Uint8Array.from(bytes))), undefined);
    }
    for (let length = 0; length < der.byteLength; length++)
      assert.equal(readCertificate(der.slice(0, length)), undefined, `of ${length} bytes`);
  });

  it("are taken out of PEM bundles one by one", () => {
    const bundle = `Bag Attributes\n${pem}\r\n${pem.replaceAll("\n", "\r\n")}# end`;
    const found = certificatesIn(bundle);
    assert.equal(found.length, 2);
    for (const one of found) assert.deepEqual(fromPem(one), der);
    assert.deepEqual(certificatesIn("no PEM"), []);
  });

  it("become PEM and bytes again, like keys", () => {
    assert.equal(toPem("CERTIFICATE", der), new X509Certificate(pem).toString());
    const key = createPublicKey(privateKey);
    const text = key.export({ type: "spki", format: "pem" }).toString();
    assert.equal(toPem("PUBLIC KEY", buffer(key.export({ type: "spki", format: "der" }))), text);
    assert.deepEqual(bytesOf(fromPem(text)), key.export({ type: "spki", format: "der" }));
    assert.equal(fromPem("no PEM"), undefined);
  });
});
