import assert from "node:assert/strict";
import {
  constants,
  createHash,
  generateKeyPairSync,
  privateEncrypt,
  sign,
  type KeyObject,
} from "node:crypto";
import { type RsaPublicKey, rsaPkcs1SignatureHolds } from "../../../src/kit/rsa.js";
import { TestCcf } from "../../support/ccf.js";
import { jwkOf } from "../../support/jwk.js";

const message = Buffer.from("message");
const pair = (modulusLength = 2048, publicExponent = 65537) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent });
const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function partsOf(key: KeyObject): RsaPublicKey {
  const { n = "", e = "" } = jwkOf(key);
  return { modulus: buffer(Buffer.from(n, "base64url")), exponent: buffer(Buffer.from(e, "base64url")) };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n, square = (square * square) % modulus)
    if (left & 1n) result = (result * square) % modulus;
  return result;
}

function inverse(number: bigint, modulus: bigint): bigint {
  let [a, b, u, v] = [number, modulus, 1n, 0n];
  while (b > 0n) [a, b, u, v] = [b, a % b, v, u - (a / b) * v];
  return ((u % modulus) + modulus) % modulus;
}

describe("a signature by RSASSA-PKCS1-v1_5 with SHA-256", function () {
  this.timeout(20_000);
  const { privateKey, publicKey } = pair();
  const key = partsOf(publicKey);
  const signature = sign("sha256", message, privateKey);
  const holds = (changed: { key?: RsaPublicKey; signature?: Uint8Array; signed?: Uint8Array } = {}) =>
    rsaPkcs1SignatureHolds(
      changed.key ?? key,
      buffer(changed.signature ?? signature),
      buffer(changed.signed ?? message),
    );
  /** What a signer makes of a padded digest of its choice. */
  const signedRaw = (encoded: Buffer) =>
    privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded);
  const digestInfo = Buffer.concat([
    Buffer.from("3031300d060960864801650304020105000420", "hex"),
    createHash("sha256").update(message).digest(),
  ]);
  const padded = (head: number[], content: Buffer) =>
    Buffer.concat([
      Buffer.from(head),
      Buffer.alloc(256 - head.length - 1 - content.length, 0xff),
      Buffer.alloc(1),
      content,
    ]);

  before(() => void new TestCcf().install());

  it("holds by keys of 2048 to 4096 bits, with zeros before their numbers or without", () => {
    assert.ok(holds());
    for (const bits of [3072, 4096]) {
      const larger = pair(bits);
      assert.ok(
        holds({ key: partsOf(larger.publicKey), signature: sign("sha256", message, larger.privateKey) }),
      );
    }
    const zero = Buffer.alloc(1);
    const spaced = {
      modulus: buffer(Buffer.concat([zero, Buffer.from(key.modulus)])),
      exponent: buffer(Buffer.concat([zero, Buffer.from(key.exponent)])),
    };
    assert.ok(holds({ key: spaced }));
    assert.ok(holds({ signature: signedRaw(padded([0, 1], digestInfo)) }));
  });

  it("does not hold for another message, key, or signature", () => {
    assert.ok(!holds({ signed: Buffer.from("massage") }));
    assert.ok(!holds({ key: partsOf(pair().publicKey) }));
    for (const at of [0, 100, 255]) {
      const spoilt = Buffer.from(signature);
      spoilt.writeUInt8(spoilt.readUInt8(at) ^ 1, at);
      assert.ok(!holds({ signature: spoilt }));
    }
  });

  it("does not hold in any other form", () => {
    for (const spoilt of [
      new Uint8Array(),
      new Uint8Array(256),
      signature.subarray(1),
      Buffer.concat([Buffer.alloc(1), signature]),
      sign("sha512", message, privateKey),
      sign("sha256", message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
      signedRaw(padded([0, 2], digestInfo)),
      signedRaw(padded([0, 1], digestInfo.subarray(19))),
      // less padding, and something after the digest, which whoever parses this would not look at
      signedRaw(padded([0, 1], Buffer.concat([digestInfo, Buffer.alloc(8)]))),
    ])
      assert.ok(!holds({ signature: spoilt }));
    // the same number modulo n, where it still has as many bytes
    const n = BigInt(`0x${Buffer.from(key.modulus).toString("hex")}`);
    for (let tries = 0; tries < 32; tries++) {
      const signed = Buffer.from(`message ${tries}`);
      const beyond = BigInt(`0x${sign("sha256", signed, privateKey).toString("hex")}`) + n;
      const hex = beyond.toString(16);
      if (hex.length > 512) continue;
      assert.ok(!holds({ signed, signature: Buffer.from(hex.padStart(512, "0"), "hex") }));
    }
  });

  it("does not hold by keys that are short, enormous, or have another exponent", () => {
    const short = pair(1024);
    assert.ok(
      !holds({ key: partsOf(short.publicKey), signature: sign("sha256", message, short.privateKey) }),
    );
    const three = pair(2048, 3);
    assert.ok(
      !holds({ key: partsOf(three.publicKey), signature: sign("sha256", message, three.privateKey) }),
    );
    assert.ok(
      !holds({ key: { ...key, exponent: buffer(Buffer.from([3])) } }),
      "though the signature is by 65537",
    );
    assert.ok(!holds({ key: { ...key, modulus: new ArrayBuffer(256) } }));

    // A Mersenne prime of 532 bytes is a modulus too, and everybody can sign with it.
    const prime = 2n ** 4253n - 1n;
    const encoded = BigInt(`0x01${"ff".repeat(532 - 3 - digestInfo.length)}00${digestInfo.toString("hex")}`);
    const forged = power(encoded, inverse(65537n, prime - 1n), prime);
    assert.equal(power(forged, 65537n, prime), encoded);
    const bytes = (number: bigint) => Buffer.from(number.toString(16).padStart(1064, "0"), "hex");
    assert.ok(!holds({ key: { ...key, modulus: buffer(bytes(prime)) }, signature: bytes(forged) }));
  });
});
