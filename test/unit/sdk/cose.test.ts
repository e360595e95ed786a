import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { encode, Tag } from "cbor2";
import {
  COSE_ALGORITHMS,
  CoseError,
  type CoseErrorCode,
  decodeCoseSign1,
  signCose,
  verifyCoseSign1,
} from "../../../sdk/cose.js";

const payload = new TextEncoder().encode('{"actions":[]}');

interface Signer {
  publicKey: KeyObject;
  privateKeyPem: string;
}

const pem = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Signer => ({
  publicKey,
  privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
});
const onCurve = (namedCurve: string) => pem(generateKeyPairSync("ec", { namedCurve }));
const signed = (signer: Signer, more: [number | string, unknown][] = [], detached = false) =>
  signCose({ privateKeyPem: signer.privateKeyPem, protectedHeaders: new Map(more), payload, detached });

const p256 = onCurve("P-256");
const p384 = onCurve("P-384");
const p521 = onCurve("P-521");
const rsa = pem(generateKeyPairSync("rsa", { modulusLength: 2048 }));

describe("COSE_Sign1 signatures", () => {
  const keys = [
    ["ES256", p256],
    ["ES384", p384],
    ["ES512", p521],
    ["PS256", rsa],
  ] as const;
  for (const [algorithm, signer] of keys) {
    it(`${algorithm} is chosen by the key, verifies, and fails when one bit of payload or signature changes`, () => {
      const message = decodeCoseSign1(signed(signer, [["note", "kept"]]));
      assert.equal(message.protectedHeaders.get(1), COSE_ALGORITHMS[algorithm].id);
      assert.equal(message.protectedHeaders.get("note"), "kept");
      assert.equal(verifyCoseSign1(message, signer.publicKey), true);
      const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
      assert.equal(verifyCoseSign1({ ...message, payload: flipped(payload) }, signer.publicKey), false);
      const spoilt = { ...message, signature: flipped(message.signature) };
      assert.equal(verifyCoseSign1(spoilt, signer.publicKey), false);
    });
  }

  it("a stranger's key does not verify, nor one of another curve or kind", () => {
    const message = decodeCoseSign1(signed(p384));
    for (const other of [onCurve("P-384"), p256, p521, rsa])
      assert.equal(verifyCoseSign1(message, other.publicKey), false);
  });

  it("an algorithm of a larger curve than the key's is refused though the signature would hold", () => {
    const message = decodeCoseSign1(signed(p256, [[1, COSE_ALGORITHMS.ES384.id]]));
    assert.equal(message.protectedHeaders.get(1), COSE_ALGORITHMS.ES384.id);
    assert.equal(verifyCoseSign1(message, p256.publicKey), false);
  });

  it("a detached payload must be given, and an embedded one must not be given again", () => {
    const detached = decodeCoseSign1(signed(p384, [], true));
    assert.equal(detached.payload, undefined);
    assert.equal(verifyCoseSign1(detached, p384.publicKey), false);
    assert.equal(verifyCoseSign1(detached, p384.publicKey, payload), true);
    assert.equal(verifyCoseSign1(decodeCoseSign1(signed(p384)), p384.publicKey, payload), false);
  });

  it("Node's Buffers are byte strings like any other, when signing and when decoding", () => {
    const headers = new Map([["note", Buffer.from("abc")]]);
    const { privateKeyPem, publicKey } = p384;
    const bytes = signCose({ privateKeyPem, protectedHeaders: headers, payload: Buffer.from(payload) });
    const message = decodeCoseSign1(Buffer.from(bytes));
    assert.deepEqual(Buffer.from(message.payload ?? []), Buffer.from(payload));
    assert.equal(verifyCoseSign1(message, publicKey), true);
    assert.equal(verifyCoseSign1(decodeCoseSign1(bytes), publicKey), true);
  });

  it("a header marked critical is refused, since none is known here", () => {
    const message = decodeCoseSign1(
      signed(p384, [
        [2, ["note"]],
        ["note", 1],
      ]),
    );
    assert.equal(verifyCoseSign1(message, p384.publicKey), false);
  });
});

describe("decodeCoseSign1()", () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const sign1 = (protectedBytes: Uint8Array, unprotected: unknown = new Map()) =>
    hex(encode(new Tag(18, [protectedBytes, unprotected, payload, payload])));
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

  const refused: [string, string, CoseErrorCode][] = [
    ["nothing", "", "CoseMalformed"],
    ["text that is not CBOR", hex(payload), "CoseMalformed"],
    ["bytes after the message", `${sign1(bytes("a0"))}00`, "CoseMalformed"],
    ["an array of indefinite length", "d29f40a04040ff", "CoseMalformed"],
    ["a length in more bytes than needed", "d28458014040a04040", "CoseMalformed"],
    ["a cut message", sign1(bytes("a0")).slice(0, -2), "CoseMalformed"],
    ["arrays nested too deep", "81".repeat(5000) + "80", "CoseMalformed"],
    ["no tag", "8440a04040", "CoseNotTagged"],
    ["the tag of COSE_Mac0", "d18440a04040", "CoseNotTagged"],
    ["tag 18 outside another tag", "d2d18440a04040", "CoseNotTagged"],
    ["a map", "d2a0", "CoseStructure"],
    ["three parts", "d28340a040", "CoseStructure"],
    ["a protected header that is no byte string", "d284a0a04040", "CoseStructure"],
    ["an unprotected header that is no map", "d28440804040", "CoseStructure"],
    ["a payload that is text", "d28440a06040", "CoseStructure"],
    ["a signature that is null", "d28440a040f6", "CoseStructure"],
    ["a label that is a byte string", "d28440a140404040", "CoseStructure"],
    ["a protected header that is no CBOR", sign1(bytes("67")), "CoseProtectedHeader"],
    ["a protected header that is an array", sign1(bytes("80")), "CoseProtectedHeader"],
    ["bytes after the protected header", sign1(bytes("a000")), "CoseProtectedHeader"],
    ["an integer in more bytes than needed", sign1(bytes("a1180100")), "CoseProtectedHeader"],
    ["a protected header given twice", sign1(bytes("a201260127")), "CoseDuplicateHeader"],
    ["an unprotected header given twice", "d28440a2012601274040", "CoseDuplicateHeader"],
  ];
  for (const [what, message, code] of refused)
    it(`refuses ${what}: ${code}`, () =>
      assert.throws(
        () => decodeCoseSign1(bytes(message)),
        (error) => error instanceof CoseError && error.code === code,
      ));

  it("accepts the empty protected header in both of its encodings", () => {
    for (const empty of ["", "a0"])
      assert.equal(decodeCoseSign1(bytes(sign1(bytes(empty)))).protectedHeaders.size, 0);
  });

  it("accepts a message inside another tag, as CWTs are", () => {
    assert.equal(decodeCoseSign1(bytes(`d83d${sign1(bytes("a0"))}`)).payload?.length, payload.length);
  });
});
