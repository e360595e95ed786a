import assert from "node:assert/strict";
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  sign as signElsewhere,
} from "node:crypto";
import { cryptoFunctions } from "../../../../sandbox/embedded/crypto/index.js";
import type { Plain } from "../../../../sandbox/embedded/js/binary-json.js";
import { makeCertificate } from "../../../../sandbox/embedded/tls/certificates.js";

const call = (name: string, ...args: Plain[]): Plain => cryptoFunctions[name]?.[1](...args);
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const text = (content: string): Buffer => Buffer.from(content, "utf8");
const hexOf = (value: Plain): string => Buffer.from(value as Uint8Array).toString("hex");

const rsa = call("generateRsaKeyPair", 2048) as { privateKey: string; publicKey: string };
const ec = call("generateEcdsaKeyPair", "secp384r1") as { privateKey: string; publicKey: string };
const ed = call("generateEddsaKeyPair", "curve25519") as { privateKey: string; publicKey: string };

function refuses(message: string | RegExp, name: string, ...args: Plain[]): void {
  assert.throws(
    () => call(name, ...args),
    (error: Error) => {
      const said = `${error.name}: ${error.message}`;
      if (typeof message === "string") assert.equal(said, message);
      else assert.match(said, message);
      return true;
    },
  );
}

describe("ccf.crypto of the embedded node", () => {
  it("signs with each algorithm so that the signature verifies, and fails for another message", () => {
    const algorithms: [algorithm: Plain, pair: { privateKey: string; publicKey: string }][] = [
      [{ name: "ECDSA", hash: "SHA-256" }, ec],
      [{ name: "RSA-PSS", hash: "SHA-256", saltLength: 32 }, rsa],
      [{ name: "RSA-PSS", hash: "SHA-256" }, rsa],
      [{ name: "EdDSA" }, ed],
    ];
    for (const [algorithm, { privateKey, publicKey }] of algorithms) {
      const signature = call("sign", algorithm, privateKey, text("message"));
      assert.equal(call("verifySignature", algorithm, publicKey, signature, text("message")), true);
      assert.equal(call("verifySignature", algorithm, publicKey, signature, text("other")), false);
    }
  });

  it("computes HMAC and SHA-256 as everybody does", () => {
    const mac = call("sign", { name: "HMAC", hash: "SHA-256" }, "Jefe", text("what do ya want for nothing?"));
    // RFC 4231 §4.3
    assert.equal(hexOf(mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const digest = call("digest", "SHA-256", text("abc"));
    assert.equal(hexOf(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("verifies with a certificate as with its key", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const certificate = makeCertificate({
      subject: "signer",
      publicKey,
      issuer: privateKey,
      validFrom: new Date(),
      validityDays: 1,
    });
    const signature = signElsewhere("sha256", text("m"), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    assert.equal(call("verifySignature", algorithm, certificate, signature, text("m")), true);
    assert.equal(call("verifySignature", algorithm, certificate, signature, text("n")), false);
    assert.equal(call("isValidX509CertBundle", certificate), true);
    assert.equal(call("isValidX509CertBundle", `text before ${certificate}`), false);
    assert.equal(call("isValidX509CertBundle", "text"), false);
  });

  it("follows a chain of certificates to a trusted authority, and to nothing else", () => {
    const [root, leaf, stranger] = [0, 1, 2].map(
      () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    );
    assert.ok(root && leaf && stranger);
    const terms = { validFrom: new Date(Date.now() - 1000), validityDays: 1 };
    const make = (
      subject: string,
      key: typeof root,
      by: typeof root | { certificate: string; privateKey: typeof root },
    ) =>
      makeCertificate({
        subject,
        publicKey: createPublicKey(key),
        issuer: by,
        authority: subject !== "leaf",
        ...terms,
      });
    const rootPem = make("root", root, root);
    const leafPem = make("leaf", leaf, { certificate: rootPem, privateKey: root });
    assert.equal(call("isValidX509CertChain", leafPem, rootPem), true);
    assert.equal(call("isValidX509CertChain", leafPem, make("root", stranger, stranger)), false);
    assert.equal(call("isValidX509CertChain", leafPem, leafPem), false);
    assert.equal(call("isValidX509CertChain", "", rootPem), false);
  });

  it("wraps so that everybody with the key can unwrap, and nobody else", () => {
    const secret = text("a secret");
    const wrapped = call("wrapKey", secret, text(rsa.publicKey), {
      name: "RSA-OAEP",
      label: text("label"),
    }) as Uint8Array;
    const opened = privateDecrypt(
      {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: "sha256",
        oaepLabel: text("label"),
      },
      wrapped,
    );
    assert.deepEqual(opened, secret);
    const both = { name: "RSA-OAEP-AES-KWP", aesKeySize: 256 };
    const twice = call("wrapKey", secret, text(rsa.publicKey), both);
    assert.deepEqual(call("unwrapKey", twice, text(rsa.privateKey), both), secret);
    const other = call("generateRsaKeyPair", 2048) as { privateKey: string };
    refuses(/^InternalError: Failed to unwrap key: /, "unwrapKey", twice, text(other.privateKey), both);
  });

  it("wraps with AES as RFC 5649 §6 shows", () => {
    const key = bytes("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    const rows = [
      [
        "c37b7e6492584340bed12207808941155068f738",
        "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
      ],
      ["466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"],
    ] as const;
    for (const [plain, wrapped] of rows) {
      assert.equal(hexOf(call("wrapKey", bytes(plain), key, { name: "AES-KWP" })), wrapped);
      assert.equal(hexOf(call("unwrapKey", bytes(wrapped), key, { name: "AES-KWP" })), plain);
    }
    refuses(/^InternalError: Failed to unwrap key: /, "unwrapKey", bytes("00".repeat(16)), key, {
      name: "AES-KWP",
    });
  });

  it("converts keys to JSON and back", () => {
    const rows = [
      ["pubPemToJwk", "pubJwkToPem", ec.publicKey],
      ["pemToJwk", "jwkToPem", ec.privateKey],
      ["pubRsaPemToJwk", "pubRsaJwkToPem", rsa.publicKey],
      ["rsaPemToJwk", "rsaJwkToPem", rsa.privateKey],
      ["pubEddsaPemToJwk", "pubEddsaJwkToPem", ed.publicKey],
      ["eddsaPemToJwk", "eddsaJwkToPem", ed.privateKey],
    ] as const;
    for (const [there, back, pem] of rows) {
      const jwk = call(there, pem, "my key") as Record<string, Plain>;
      assert.equal(jwk.kid, "my key");
      assert.equal(call(back, jwk), pem);
    }
    refuses(
      "InternalError: Failed to convert jwk to pem Missing required field 'kty' in object",
      "jwkToPem",
      {},
    );
    refuses(/is not convertible to JsonWebKeyECCurve$/, "pubJwkToPem", { kty: "EC", crv: "P-999" });
  });

  it("refuses keys of another kind, unknown algorithms and wrong arguments, in a CCF node's words", () => {
    const ecdsa = { name: "ECDSA", hash: "SHA-256" };
    refuses(/^InternalError: Failed to sign: /, "sign", ecdsa, rsa.privateKey, text("m"));
    refuses(/^InternalError: Failed to sign: /, "sign", ecdsa, ec.publicKey, text("m"));
    refuses(
      /^InternalError: Failed to verify signature: /,
      "verifySignature",
      ecdsa,
      rsa.publicKey,
      text("ss"),
      text("m"),
    );
    refuses(
      "InternalError: Failed to sign: PEM constructed with non-PEM data: no key",
      "sign",
      ecdsa,
      "no key",
      text("m"),
    );
    refuses(
      "RangeError: Unsupported hash algorithm, supported: SHA-256",
      "verifySignature",
      { name: "ECDSA", hash: "SHA-384" },
      ec.publicKey,
      text("s"),
      text("m"),
    );
    refuses("TypeError: cannot read property 'name' of null", "sign", null, ec.privateKey, text("m"));
    refuses("TypeError: ArrayBuffer object expected", "sign", ecdsa, ec.privateKey, "text");
    refuses("TypeError: Passed 1 arguments, but expected 3", "sign", ecdsa);
    refuses("TypeError: Passed 0 arguments, but expected 1 or 2", "generateRsaKeyPair");
    refuses("RangeError: invalid key size (not one of 128, 192, 256)", "generateAesKey", 100);
    refuses(
      "RangeError: Unsupported curve id, supported: secp256r1, secp384r1",
      "generateEcdsaKeyPair",
      "P-256",
    );
    refuses("RangeError: unsupported digest algorithm, supported: SHA-256", "digest", "SHA-1", text("m"));
  });
});
