import assert from "node:assert/strict";
import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { makeIdentity } from "../../../../sandbox/member.js";
import { Guest } from "./guest.js";
import { jwkOf } from "../../../support/jwk.js";

const message = Buffer.from("message");

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const pem = (key: KeyObject) =>
  key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }).toString();

const quoted = (text: string) => JSON.stringify(text);
const bytes = (data: Uint8Array) => `new Uint8Array([${[...data].join()}]).buffer`;

describe("ccf.crypto", function () {
  this.timeout(20_000);
  let guest: Guest;
  let p256: Pair, p384: Pair, rsa: Pair, ed25519: Pair, x25519: Pair;

  before(async () => {
    guest = await Guest.with();
    p256 = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    ed25519 = generateKeyPairSync("ed25519");
    x25519 = generateKeyPairSync("x25519");
  });

  const evaluate = (expression: string) => guest.evaluate(expression);
  const made = (expression: string): Buffer => {
    const value = evaluate(expression);
    assert.ok(typeof value === "object" && value !== null && "bytes" in value, String(value));
    return Buffer.from(value.bytes as number[]);
  };

  describe("digest and keys", () => {
    it("digests with SHA-256 and nothing else", () => {
      assert.deepEqual(
        made("ccf.crypto.digest('SHA-256', ccf.strToBuf('abc'))"),
        createHash("sha256").update("abc").digest(),
      );
      for (const name of ["SHA-384", "sha-256", "SHA-1"])
        assert.equal(
          evaluate(`ccf.crypto.digest('${name}', ccf.strToBuf('abc'))`),
          "threw RangeError: unsupported digest algorithm, supported: SHA-256",
        );
      assert.equal(
        evaluate("ccf.crypto.digest('SHA-256', 'text')"),
        "threw TypeError: ArrayBuffer object expected",
      );
    });

    it("generates AES keys of the three lengths", () => {
      for (const bits of [128, 192, 256])
        assert.equal(made(`ccf.crypto.generateAesKey(${bits})`).length, bits / 8);
      assert.notDeepEqual(made("ccf.crypto.generateAesKey(256)"), made("ccf.crypto.generateAesKey(256)"));
      assert.equal(
        evaluate("ccf.crypto.generateAesKey(64)"),
        "threw RangeError: invalid key size (not one of 128, 192, 256)",
      );
    });

    const generators: [call: string, type: string][] = [
      ["generateEcdsaKeyPair('secp256r1')", "ec"],
      ["generateEcdsaKeyPair('secp384r1')", "ec"],
      ["generateEddsaKeyPair('curve25519')", "ed25519"],
      ["generateEddsaKeyPair('x25519')", "x25519"],
      ["generateRsaKeyPair(2048)", "rsa"],
      ["generateRsaKeyPair(2048, 3)", "rsa"],
    ];
    for (const [call, type] of generators)
      it(`${call} gives a pair of kind ${type}`, () => {
        const pair = evaluate(`ccf.crypto.${call}`) as { privateKey: string; publicKey: string };
        assert.equal(createPrivateKey(pair.privateKey).asymmetricKeyType, type);
        assert.equal(pem(createPublicKey(pair.privateKey)), pair.publicKey);
      });

    it("refuses curves that it does not know", () => {
      assert.equal(
        evaluate("ccf.crypto.generateEcdsaKeyPair('secp521r1')"),
        "threw RangeError: Unsupported curve id, supported: secp256r1, secp384r1",
      );
      assert.equal(
        evaluate("ccf.crypto.generateEddsaKeyPair('ed25519')"),
        "threw RangeError: Unsupported curve id, supported: curve25519, x25519",
      );
    });
  });

  describe("signatures", () => {
    const signed = (algorithm: object, key: string) =>
      `ccf.crypto.sign(${JSON.stringify(algorithm)}, ${quoted(key)}, ${bytes(message)})`;
    const verified = (algorithm: object, key: string, signature: Uint8Array, data: Uint8Array = message) =>
      evaluate(
        `ccf.crypto.verifySignature(${JSON.stringify(algorithm)}, ${quoted(key)}, ${bytes(signature)}, ${bytes(data)})`,
      );

    it("by ECDSA verify elsewhere, whatever the hash", () => {
      for (const { privateKey, publicKey } of [p256, p384])
        for (const hash of ["SHA-256", "SHA-384", "SHA-512"]) {
          const signature = made(signed({ name: "ECDSA", hash }, pem(privateKey)));
          const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
          assert.ok(verify(hash.replace("-", "").toLowerCase(), message, key, signature));
        }
    });

    it("by ECDSA made elsewhere are verified, by SHA-256 only", () => {
      for (const { privateKey, publicKey } of [p256, p384]) {
        const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
        const algorithm = { name: "ECDSA", hash: "SHA-256" };
        assert.equal(verified(algorithm, pem(publicKey), signature), true);
        assert.equal(verified(algorithm, pem(publicKey), signature, Buffer.from("other")), false);
        const spoiled = Buffer.from(signature);
        spoiled.writeUInt8(spoiled.readUInt8(5) ^ 1, 5);
        assert.equal(verified(algorithm, pem(publicKey), spoiled), false);
        assert.equal(
          verified(algorithm, pem(publicKey), sign("sha256", message, privateKey)),
          false,
          "ASN.1 form",
        );
        assert.equal(verified(algorithm, pem(publicKey), Buffer.alloc(0)), false);
        assert.equal(
          verified({ name: "ECDSA", hash: "SHA-384" }, pem(publicKey), signature),
          "threw RangeError: Unsupported hash algorithm, supported: SHA-256",
        );
      }
    });

    it("by RSA-PSS verify elsewhere and here, with the same length of salt", () => {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      for (const saltLength of [0, 20, 32]) {
        const algorithm = { name: "RSA-PSS", hash: "SHA-256", saltLength };
        const signature = made(signed(algorithm, pem(rsa.privateKey)));
        assert.ok(verify("sha256", message, { key: rsa.publicKey, padding, saltLength }, signature));
        assert.equal(verified(algorithm, pem(rsa.publicKey), signature), true);
        assert.equal(
          verified({ ...algorithm, saltLength: saltLength + 1 }, pem(rsa.publicKey), signature),
          false,
        );
      }
      const pkcs1 = sign("sha256", message, rsa.privateKey);
      assert.equal(
        verified({ name: "RSA-PSS", hash: "SHA-256", saltLength: 32 }, pem(rsa.publicKey), pkcs1),
        false,
      );
    });

    it("by EdDSA are those of RFC 8032", () => {
      const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
      const der = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex");
      const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      const signature = made(`ccf.crypto.sign({ name: "EdDSA" }, ${quoted(pem(key))}, new ArrayBuffer(0))`);
      assert.match(
        signature.toString("hex"),
        /^e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155/,
      );
      const publicPem = pem(createPublicKey(key));
      assert.equal(verified({ name: "EdDSA" }, publicPem, signature, Buffer.alloc(0)), true);
      assert.equal(verified({ name: "EdDSA" }, publicPem, signature), false);
      assert.equal(verified({ name: "EdDSA" }, pem(rsa.publicKey), signature), false);
    });

    it("by HMAC are made, but not verified", () => {
      const expected = createHmac("sha384", "key").update(message).digest();
      assert.deepEqual(made(signed({ name: "HMAC", hash: "SHA-384" }, "key")), expected);
      assert.equal(
        verified({ name: "HMAC", hash: "SHA-256" }, "key", expected),
        "threw RangeError: Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA",
      );
    });

    it("are verified by certificates too, whatever their dates", async () => {
      const { certificatePem, privateKeyPem } = await makeIdentity("signer");
      const signature = sign("sha256", message, { key: privateKeyPem, dsaEncoding: "ieee-p1363" });
      const algorithm = { name: "ECDSA", hash: "SHA-256" };
      assert.equal(verified(algorithm, certificatePem, signature), true);
      assert.equal(verified(algorithm, certificatePem, signature, Buffer.from("other")), false);
    });

    it("are refused for keys of the wrong kind, and algorithms nobody knows", () => {
      const ecdsa = { name: "ECDSA", hash: "SHA-256" };
      for (const key of [pem(rsa.privateKey), pem(ed25519.privateKey), pem(p256.publicKey), "no key", ""])
        assert.match(String(evaluate(signed(ecdsa, key))), /^threw InternalError: Failed to sign: /);
      for (const key of [pem(rsa.publicKey), "no key", pem(p256.privateKey)])
        assert.match(
          String(verified(ecdsa, key, Buffer.alloc(64))),
          /^threw InternalError: Failed to verify signature: /,
        );
      for (const name of ["RSASSA-PKCS1-v1_5", "ecdsa", undefined])
        assert.equal(
          evaluate(signed({ name, hash: "SHA-256" }, pem(p256.privateKey))),
          "threw RangeError: Unsupported signing algorithm, supported: RSA-PSS, ECDSA, EdDSA, HMAC",
        );
      assert.equal(
        evaluate("ccf.crypto.sign(null, 'k', new ArrayBuffer(1))"),
        "threw TypeError: cannot read property 'name' of null",
      );
      assert.equal(
        evaluate("ccf.crypto.sign({ get name() { throw new RangeError('mine') } }, 'k', new ArrayBuffer(1))"),
        "threw RangeError: mine",
      );
    });

    it("quote what is given for a key and is no PEM, as CCF does, but never a key", () => {
      const sign = (key: string) => String(evaluate(signed({ name: "ECDSA", hash: "SHA-256" }, key)));
      assert.equal(
        sign("no PEM"),
        "threw InternalError: Failed to sign: PEM constructed with non-PEM data: no PEM",
      );
      const [first, secret = "", ...rest] = pem(p256.privateKey).split("\n");
      for (const broken of [pem(ed25519.privateKey), [first, secret, "", ...rest.slice(1)].join("\n")]) {
        assert.match(sign(broken), /^threw InternalError: Failed to sign: /);
        assert.ok(!sign(broken).includes(secret));
        assert.ok(!sign(broken).includes(pem(ed25519.privateKey).split("\n")[1] ?? ""));
      }
    });
  });

  describe("wrapping", () => {
    const wrap = (secret: Uint8Array, key: string, algorithm: string) =>
      `ccf.crypto.wrapKey(${bytes(secret)}, ${key}, ${algorithm})`;
    const unwrap = (wrapped: Uint8Array, key: string, algorithm: string) =>
      `ccf.crypto.unwrapKey(${bytes(wrapped)}, ${key}, ${algorithm})`;
    const secret = Buffer.from("a secret");
    const text = (key: KeyObject) => `ccf.strToBuf(${quoted(pem(key))})`;
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

    it("by RSA-OAEP opens elsewhere, and here", () => {
      const wrapped = made(wrap(secret, text(rsa.publicKey), '{ name: "RSA-OAEP" }'));
      assert.deepEqual(privateDecrypt({ key: rsa.privateKey, ...oaep }, wrapped), secret);
      assert.deepEqual(made(unwrap(wrapped, text(rsa.privateKey), '{ name: "RSA-OAEP" }')), secret);
      const labelled = publicEncrypt({ key: rsa.publicKey, ...oaep, oaepLabel: Buffer.from("l") }, secret);
      const algorithm = '{ name: "RSA-OAEP", label: ccf.strToBuf("l") }';
      assert.deepEqual(made(unwrap(labelled, text(rsa.privateKey), algorithm)), secret);
      assert.match(
        String(evaluate(unwrap(labelled, text(rsa.privateKey), '{ name: "RSA-OAEP" }'))),
        /^threw InternalError: Failed to unwrap key: /,
      );
    });

    it("by AES-KWP is that of RFC 5649", () => {
      const key = bytes(Buffer.from("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "hex"));
      const vectors = [
        [
          "c37b7e6492584340bed12207808941155068f738",
          "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
        ],
        ["466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"],
      ] as const;
      for (const [plain, wrapped] of vectors) {
        assert.equal(
          made(wrap(Buffer.from(plain, "hex"), key, '{ name: "AES-KWP" }')).toString("hex"),
          wrapped,
        );
        assert.equal(
          made(unwrap(Buffer.from(wrapped, "hex"), key, '{ name: "AES-KWP" }')).toString("hex"),
          plain,
        );
      }
      const spoiled = Buffer.from("afbeb0f07dfbf5419200f2ccb50bb24e", "hex");
      assert.match(
        String(evaluate(unwrap(spoiled, key, '{ name: "AES-KWP" }'))),
        /^threw InternalError: Failed to unwrap/,
      );
      assert.match(
        String(evaluate(wrap(secret, "new ArrayBuffer(5)", '{ name: "AES-KWP" }'))),
        /^threw InternalError: Failed to wrap/,
      );
    });

    it("by RSA-OAEP-AES-KWP holds secrets of any length", () => {
      const long = Buffer.alloc(5000, 7);
      for (const bits of [128, 192, 256]) {
        const algorithm = `{ name: "RSA-OAEP-AES-KWP", aesKeySize: ${bits} }`;
        const wrapped = made(wrap(long, text(rsa.publicKey), algorithm));
        assert.equal(
          privateDecrypt({ key: rsa.privateKey, ...oaep }, wrapped.subarray(0, 256)).length,
          bits / 8,
        );
        assert.deepEqual(made(unwrap(wrapped, text(rsa.privateKey), algorithm)), long);
      }
      assert.match(
        String(evaluate(wrap(long, text(rsa.publicKey), '{ name: "RSA-OAEP-AES-KWP", aesKeySize: 64 }'))),
        /^threw InternalError: Failed to wrap key: invalid key size/,
      );
      assert.match(
        String(
          evaluate(
            unwrap(Buffer.alloc(10), text(rsa.privateKey), '{ name: "RSA-OAEP-AES-KWP", aesKeySize: 256 }'),
          ),
        ),
        /not enough ciphertext/,
      );
    });

    it("by anything else is refused", () => {
      assert.equal(
        evaluate(wrap(secret, "new ArrayBuffer(16)", '{ name: "AES-GCM" }')),
        "threw RangeError: unsupported key wrapping algorithm, supported: RSA-OAEP, AES-KWP, RSA-OAEP-AES-KWP",
      );
      assert.equal(evaluate("ccf.crypto.unwrapKey()"), "threw TypeError: Passed 0 arguments, but expected 3");
    });
  });

  describe("keys as JSON", () => {
    const kinds = {
      EC: { pairs: () => [p256, p384], names: ["pubPemToJwk", "pemToJwk", "pubJwkToPem", "jwkToPem"] },
      RSA: { pairs: () => [rsa], names: ["pubRsaPemToJwk", "rsaPemToJwk", "pubRsaJwkToPem", "rsaJwkToPem"] },
      EdDSA: {
        pairs: () => [ed25519, x25519],
        names: ["pubEddsaPemToJwk", "eddsaPemToJwk", "pubEddsaJwkToPem", "eddsaJwkToPem"],
      },
    };
    for (const [kind, { pairs, names }] of Object.entries(kinds))
      it(`${kind}: there and back, with a key identifier if wanted`, () => {
        const [publicToJwk = "", privateToJwk = "", publicToPem = "", privateToPem = ""] = names;
        for (const { privateKey, publicKey } of pairs()) {
          const jwk = (name: string, key: KeyObject) => `ccf.crypto.${name}(${quoted(pem(key))})`;
          assert.deepEqual(evaluate(jwk(publicToJwk, publicKey)), jwkOf(publicKey));
          assert.deepEqual(evaluate(jwk(privateToJwk, privateKey)), jwkOf(privateKey));
          assert.equal(evaluate(`ccf.crypto.${publicToPem}(${jwk(publicToJwk, publicKey)})`), pem(publicKey));
          assert.equal(
            evaluate(`ccf.crypto.${privateToPem}(${jwk(privateToJwk, privateKey)})`),
            pem(privateKey),
          );
          const named = evaluate(`ccf.crypto.${publicToJwk}(${quoted(pem(publicKey))}, "my-key")`);
          assert.deepEqual(named, { ...jwkOf(publicKey), kid: "my-key" });
        }
      });

    it("refuses keys of another kind and fields that are missing", () => {
      for (const [name, key] of [
        ["pubPemToJwk", rsa.publicKey],
        ["pubPemToJwk", p256.privateKey],
        ["pemToJwk", p256.publicKey],
        ["pubEddsaPemToJwk", p256.publicKey],
      ] as const)
        assert.match(
          String(evaluate(`ccf.crypto.${name}(${quoted(pem(key))})`)),
          /^threw InternalError: Failed to convert pem to jwk: /,
        );
      assert.match(
        String(evaluate("ccf.crypto.pubJwkToPem({})")),
        /Failed to convert jwk to pem Missing required field 'kty' in object/,
      );
      assert.match(
        String(evaluate('ccf.crypto.pubJwkToPem({ kty: "EC", crv: "P-999", x: "AA", y: "AA" })')),
        /"P-999" is not convertible to JsonWebKeyECCurve/,
      );
      assert.match(
        String(evaluate('ccf.crypto.pubJwkToPem({ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" })')),
        /OpenSSL error/,
      );
      assert.match(String(evaluate("ccf.crypto.pubJwkToPem(null)")), /^threw InternalError/);
    });
  });

  describe("certificates", () => {
    const bundle = (pem: string) => evaluate(`ccf.crypto.isValidX509CertBundle(${quoted(pem)})`);
    const chain = (pem: string, trusted: string) =>
      evaluate(`ccf.crypto.isValidX509CertChain(${quoted(pem)}, ${quoted(trusted)})`);

    it("isValidX509CertBundle() tells certificates from everything else", async () => {
      const { certificatePem: certificate, privateKeyPem } = await makeIdentity("one");
      for (const valid of [certificate, certificate + certificate, certificate.trimEnd(), ""])
        assert.equal(bundle(valid), true);
      for (const invalid of [
        "text",
        privateKeyPem,
        `text before\n${certificate}`,
        certificate.replace("MII", "MIJ"),
      ])
        assert.equal(bundle(invalid), false);
    });

    it("isValidX509CertChain() trusts nothing but what it is told to", async () => {
      const [one, other] = [await makeIdentity("one"), await makeIdentity("other")];
      assert.equal(chain(one.certificatePem, one.certificatePem), true);
      assert.equal(chain(one.certificatePem, other.certificatePem), false);
      assert.equal(chain("text", one.certificatePem), false);
      assert.equal(chain(one.certificatePem, ""), false);
    });
  });
});
