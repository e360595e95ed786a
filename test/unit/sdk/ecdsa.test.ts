import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { verifyDigest } from "../../../sdk/ecdsa.js";

const keyPair = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });

/** OpenSSL signs the SHA-256 or SHA-384 digest of the text, so it judges whether we verify over the digest. */
function signed(text: string, hash: "sha256" | "sha384") {
  const { publicKey, privateKey } = keyPair("P-384");
  const digest = createHash(hash).update(text).digest();
  return { publicKey, digest, signature: sign(hash, Buffer.from(text), privateKey) };
}

describe("verifyDigest()", () => {
  it("agrees with OpenSSL on what is signed, by keys and over digests of both lengths", () => {
    for (let i = 0; i < 10; i++)
      for (const hash of ["sha256", "sha384"] as const) {
        const { publicKey, digest, signature } = signed(`text ${i}`, hash);
        assert.equal(verifyDigest(digest, signature, publicKey), true);
      }
  });

  it("refuses another digest, another key and a key on another curve", () => {
    const { publicKey, digest, signature } = signed("one", "sha256");
    const other = signed("two", "sha256");
    assert.equal(verifyDigest(other.digest, signature, publicKey), false);
    assert.equal(verifyDigest(digest, signature, other.publicKey), false);
    assert.equal(verifyDigest(digest, other.signature, publicKey), false);
    assert.equal(verifyDigest(digest, signature, keyPair("P-256").publicKey), false);
    assert.equal(
      verifyDigest(digest, signature, generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey),
      false,
    );
  });

  const n =
    "00ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
  const refused = [
    ["nothing", ""],
    ["two zeros", "3006020100020100"],
    ["one and zero", "3006020101020100"],
    ["one and the order of the curve", `30360201010231${n}`],
    ["the order of the curve and one", `30360231${n}020101`],
    ["negative numbers", "30060201ff0201ff"],
    ["needless leading zeros", "300802020001020200ff"],
    ["an integer longer than the signature", "3006020101027f01"],
    ["bytes after the signature", "300602010102010100"],
    ["bytes inside, after the integers", "3007020101020101ff"],
    ["another type", "3106020101020101"],
  ] as const;
  for (const [what, hex] of refused)
    it(`refuses ${what} as a signature`, () => {
      const { publicKey, digest } = signed("text", "sha256");
      assert.equal(verifyDigest(digest, Buffer.from(hex, "hex"), publicKey), false);
    });
});
