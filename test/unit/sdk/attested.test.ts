import assert from "node:assert/strict";
import { constants, createCipheriv, createHash, generateKeyPairSync } from "node:crypto";
import { publicEncrypt, randomBytes, verify, type KeyObject } from "node:crypto";
import {
  attestedRequest,
  makeCleanRoomKey,
  reportDataOf,
  signedRequest,
  snpCaciEvidence,
  snpCvmEvidence,
  unwrap,
  virtualEvidence,
  virtualKeyId,
} from "../../../sdk/attested.js";
import { VerificationError } from "../../../sdk/errors.js";

const key = makeCleanRoomKey();
const attestation = generateKeyPairSync("ec", { namedCurve: "P-256" });
const claims = { "virtual-measurement": "ab", "virtual-is-debuggable": false } as const;

/** What a service does: RSA-OAEP-AES-KWP. */
function wrap(content: Uint8Array, publicKeyPem: string): Buffer {
  const aesKey = randomBytes(32);
  const oaep = { key: publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const cipher = createCipheriv("id-aes256-wrap-pad", aesKey, Buffer.from("a65959a6", "hex"));
  return Buffer.concat([publicEncrypt(oaep, aesKey), cipher.update(content), cipher.final()]);
}

describe("unwrap()", () => {
  it("opens what is wrapped to the key, of any length and with any bytes", () => {
    for (const length of [1, 7, 8, 9, 1000, 25_600]) {
      const content = randomBytes(length);
      assert.deepEqual(unwrap(wrap(content, key.publicKeyPem), key.privateKey), content);
    }
  });

  it("refuses with CannotUnwrap what is wrapped to another key, changed, cut, or nothing", () => {
    const wrapped = wrap(Buffer.from("secret"), key.publicKeyPem);
    const flipped = (at: number) => wrapped.map((byte, index) => (index === at ? byte ^ 1 : byte));
    const bad: [Uint8Array, KeyObject][] = [
      [wrapped, makeCleanRoomKey().privateKey],
      [flipped(10), key.privateKey],
      [flipped(wrapped.length - 1), key.privateKey],
      [wrapped.subarray(0, -8), key.privateKey],
      [wrapped.subarray(0, 256), key.privateKey],
      [new Uint8Array(0), key.privateKey],
      [wrapped, attestation.privateKey],
    ];
    for (const [bytes, privateKey] of bad)
      assert.throws(
        () => unwrap(bytes, privateKey),
        (error) => error instanceof VerificationError && error.code === "CannotUnwrap",
      );
  });
});

describe("attested requests", () => {
  const evidence = virtualEvidence(attestation.privateKey, claims, key.publicKeyPem);

  it("carry the exact text of the key that the evidence binds", () => {
    const { platform, encrypt } = attestedRequest(key, evidence);
    assert.equal(platform, "virtual");
    assert.equal(Buffer.from(encrypt.publicKey, "base64").toString(), key.publicKeyPem);
    const digest = createHash("sha256").update(key.publicKeyPem).digest("hex");
    assert.equal(reportDataOf(key.publicKeyPem), digest.padEnd(128, "0"));
  });

  it("are signed with PSS, salt of 32 bytes, over the very bytes of the data", () => {
    const request = signedRequest(key, evidence, { value: "ü" });
    const data = Buffer.from(request.data, "base64");
    assert.deepEqual(JSON.parse(data.toString()), { value: "ü" });
    const pss = { key: key.publicKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    assert.ok(verify("sha256", data, pss, Buffer.from(request.sign.signature, "base64")));
    assert.match(request.timestamp, /^[0-9]{13}$/);
  });

  it("of platform virtual state claims and report data, signed by the attestation key that they name", () => {
    const { statement, signature, keyId } = evidence.attestation;
    const bytes = Buffer.from(String(statement), "base64");
    assert.deepEqual(JSON.parse(bytes.toString()), { claims, reportData: reportDataOf(key.publicKeyPem) });
    const p1363 = { key: attestation.publicKey, dsaEncoding: "ieee-p1363" } as const;
    assert.ok(verify("sha256", bytes, p1363, Buffer.from(String(signature), "base64")));
    assert.equal(keyId, virtualKeyId(attestation.publicKey));
    assert.equal(keyId, virtualKeyId(attestation.privateKey));
  });

  it("of platform snp-caci carry the report as the container's agent gave it", () => {
    const report = { attestation: "r", platformCertificates: "c", uvmEndorsements: "u" };
    assert.deepEqual(snpCaciEvidence(report).attestation, {
      evidence: "r",
      endorsements: "c",
      uvm_endorsements: "u",
    });
    const { uvmEndorsements: _, ...bare } = report;
    assert.deepEqual(snpCaciEvidence(bare).attestation, { evidence: "r", endorsements: "c" });
  });

  it("of platform snp-cvm carry what the VM's agent gave, without what nothing vouches for", () => {
    const evidence = { tpmQuote: "q", hclReport: "h", snpReport: "s", aikCert: "a", pcrs: { "4": "p" } };
    const report = { evidence, nonce: "n", platformCertificates: "c" };
    const agent = { ...report, evidence: { ...evidence, runtimeClaims: {} }, imageReference: {} };
    assert.deepEqual(snpCvmEvidence(agent), { platform: "snp-cvm", attestation: report });
    const { aikCert: _, ...uncertified } = evidence;
    const bare = { ...report, evidence: uncertified, product: "Milan" } as const;
    assert.deepEqual(snpCvmEvidence(bare).attestation, bare);
  });
});
