import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { decode, encode, Tag } from "cbor2";
import { CborError } from "../../../src/kit/cbor.js";
import {
  coseAlgorithmOf,
  coseAlgorithms,
  decodeCoseSign1,
  verifyCoseSign1,
} from "../../../src/kit/cose-sign1.js";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { COSE_ALGORITHMS, decodeCoseSign1 as decodeBySdk, signCose } from "../../../sdk/cose.js";
import { bytes } from "../../support/cbor.js";
import { TestCcf } from "../../support/ccf.js";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const pem = (key: KeyObject): string =>
  key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }).toString();
const buffer = (encoded: Uint8Array): ArrayBuffer => new Uint8Array(encoded).buffer;

const headers = new Map<number | string, unknown>([["@method", "PUT"]]);
const signed = (key: KeyObject, payload: Uint8Array = Buffer.from("content"), more = headers): Uint8Array =>
  signCose({ privateKeyPem: pem(key), protectedHeaders: more, payload });
const verifies = (message: Uint8Array, key: KeyObject | string): boolean =>
  verifyCoseSign1(decodeCoseSign1(buffer(message)), typeof key === "string" ? key : pem(key));

/** A message of other parts than those that were signed. */
function withParts(message: Uint8Array, change: (parts: unknown[]) => unknown): ArrayBuffer {
  const { contents } = decode<Tag>(message);
  return buffer(encode(new Tag(18, change(contents as unknown[]))));
}

describe("decodeCoseSign1()", () => {
  before(() => void new TestCcf().install());

  it("gives the parts of a message, as another implementation does", () => {
    const message = signed(p256.privateKey);
    const { protectedBytes, protectedHeaders, payload, signature } = decodeCoseSign1(buffer(message));
    const expected = decodeBySdk(message);
    assert.deepEqual(Buffer.from(protectedBytes), Buffer.from(expected.protectedBytes));
    assert.deepEqual(protectedHeaders, expected.protectedHeaders);
    assert.deepEqual(Buffer.from(payload), Buffer.from("content"));
    assert.deepEqual(Buffer.from(signature), Buffer.from(expected.signature));
  });

  it("takes no bytes for no headers", () => {
    const message = withParts(signed(p256.privateKey), ([, ...rest]) => [new Uint8Array(0), ...rest]);
    assert.equal(decodeCoseSign1(message).protectedHeaders.size, 0);
    assert.equal(verifyCoseSign1(decodeCoseSign1(message), pem(p256.publicKey)), false);
  });

  it("refuses anything but a tagged message with its payload and nothing unsigned", () => {
    const message = signed(p256.privateKey);
    const bad: [ArrayBuffer, RegExp][] = [
      [buffer(message.subarray(1)), /tag 18/],
      [bytes("d1" + Buffer.from(message.subarray(1)).toString("hex")), /tag 18/],
      [bytes("d83d" + Buffer.from(message).toString("hex")), /tag 18/],
      [bytes("d201"), /array of four/],
      [withParts(message, (parts) => parts.slice(0, 3)), /array of four/],
      [withParts(message, (parts) => [...parts, 0]), /array of four/],
      [withParts(message, ([first, , ...rest]) => [first, new Map([[4, "kid"]]), ...rest]), /unprotected/],
      [withParts(message, ([first, , ...rest]) => [first, [], ...rest]), /unprotected/],
      [withParts(message, ([a, b, , d]) => [a, b, null, d]), /no byte string/],
      [withParts(message, ([a, b, , d]) => [a, b, "content", d]), /no byte string/],
      [withParts(message, ([a, b, c]) => [a, b, c, "signature"]), /no byte string/],
      [withParts(message, ([, ...rest]) => [new Map(headers), ...rest]), /no byte string/],
      [withParts(message, ([, ...rest]) => [encode([1]), ...rest]), /holds no map/],
      [withParts(message, ([, ...rest]) => [Buffer.from("a2010102", "hex"), ...rest]), /end within/],
      [withParts(message, ([, ...rest]) => [Buffer.from("a201010102", "hex"), ...rest]), /twice/],
      [withParts(message, ([, ...rest]) => [Buffer.from("a00000", "hex"), ...rest]), /after the end/],
      [buffer(Buffer.concat([message, Buffer.of(0)])), /after the end/],
      [buffer(message.subarray(0, -1)), /end within/],
      [new ArrayBuffer(0), /end within/],
    ];
    for (const [message, reason] of bad)
      assert.throws(
        () => decodeCoseSign1(message),
        (error) => error instanceof CborError && reason.test(error.message),
        String(reason),
      );
  });
});

describe("verifyCoseSign1()", () => {
  before(() => void new TestCcf().install());

  it("knows PS256 and ES256, and what others sign with them", () => {
    assert.equal(coseAlgorithms, "PS256 (-37), ES256 (-7)");
    assert.ok(verifies(signed(rsa.privateKey), rsa.publicKey));
    assert.ok(verifies(signed(p256.privateKey), p256.publicKey));
    const { PS256, ES256 } = COSE_ALGORITHMS;
    for (const [{ id }, key, name] of [
      [PS256, rsa, "PS256"],
      [ES256, p256, "ES256"],
    ] as const) {
      const message = decodeCoseSign1(buffer(signed(key.privateKey)));
      assert.deepEqual([message.protectedHeaders.get(1), coseAlgorithmOf(message)], [id, name]);
    }
  });

  it("works for payloads and headers of every size, whose lengths have heads of their own", () => {
    for (const size of [0, 1, 23, 24, 255, 256, 65_535, 65_536, 200_000]) {
      assert.ok(verifies(signed(p256.privateKey, Buffer.alloc(size, 7)), p256.publicKey), String(size));
      const padded = new Map([["padding", "x".repeat(size)]]);
      assert.ok(verifies(signed(p256.privateKey, Buffer.alloc(3), padded), p256.publicKey), String(size));
    }
  });

  it("does not for another key, or a key of another kind than the algorithm's", () => {
    const others = [rsa, p256, p384, generateKeyPairSync("rsa", { modulusLength: 2048 })];
    for (const key of [rsa, p256])
      for (const other of [...others, generateKeyPairSync("ed25519")])
        assert.equal(verifies(signed(key.privateKey), other.publicKey), key === other);
    assert.equal(
      verifies(signed(p256.privateKey), generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey),
      false,
    );
  });

  it("does not for a key that is no public key", () => {
    const key = pem(p256.publicKey);
    // it would do for CCF, but not with the length of a salt
    const certificate = makeCertificate({
      subject: "somebody",
      publicKey: p256.publicKey,
      issuer: p256.privateKey,
      validFrom: new Date(),
      validityDays: 1,
    });
    for (const bad of ["", "no key", key.slice(27), key.slice(0, 60), certificate, ` ${key}`])
      assert.equal(verifies(signed(p256.privateKey), bad), false);
  });

  it("does not for algorithms that CCF cannot verify, or that is none", () => {
    assert.equal(verifies(signed(p384.privateKey), p384.publicKey), false); // ES384
    for (const id of [-35, -38, 5, 0, "ES256", 1.5, null, [-7], undefined]) {
      const headers = new Map<number, unknown>(id === undefined ? [] : [[1, id]]);
      const message = decodeCoseSign1(
        withParts(signed(p256.privateKey), ([, ...rest]) => [encode(headers), ...rest]),
      );
      assert.equal(coseAlgorithmOf(message), undefined);
      assert.equal(verifyCoseSign1(message, pem(p256.publicKey)), false);
    }
  });

  it("does not for a signature by another curve over the same hash, nor one in DER", () => {
    for (const [key, dsaEncoding] of [
      [p384, "ieee-p1363"],
      [p256, "der"],
    ] as const) {
      const protectedBytes = encode(new Map([[1, -7]]));
      const toBeSigned = encode(["Signature1", protectedBytes, new Uint8Array(0), Buffer.of(1)]);
      const signature = sign("sha256", toBeSigned, { key: key.privateKey, dsaEncoding });
      const message = encode(new Tag(18, [protectedBytes, new Map(), Buffer.of(1), signature]));
      assert.equal(verifies(message, key.publicKey), false);
    }
  });

  it("does not for PSS with a salt of another length", () => {
    const protectedBytes = encode(new Map([[1, -37]]));
    const toBeSigned = encode(["Signature1", protectedBytes, new Uint8Array(0), Buffer.of(1)]);
    for (const saltLength of [0, 20, 32, 222]) {
      const signature = sign("sha256", toBeSigned, { key: rsa.privateKey, padding: 6, saltLength });
      const message = encode(new Tag(18, [protectedBytes, new Map(), Buffer.of(1), signature]));
      assert.equal(verifies(message, rsa.publicKey), saltLength === 32);
    }
  });

  it("does not once a single bit is changed, wherever", () => {
    for (const [key, step] of [
      [rsa, 7],
      [p256, 1],
    ] as const) {
      const message = signed(key.privateKey);
      for (let bit = 0; bit < message.length * 8; bit += step) {
        const changed = Uint8Array.from(message);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        let holds = false;
        try {
          holds = verifies(changed, key.publicKey);
        } catch (error) {
          assert.ok(error instanceof CborError);
        }
        assert.equal(holds, false, `bit ${bit}`);
      }
    }
  });
});
