import assert from "node:assert/strict";
import {
  decodeShare,
  encodeShare,
  keyOfSecret,
  recoverSecret,
  sampleSecret,
  SHARE_BYTES,
} from "../../../../sandbox/embedded/rpc/gov/secret-sharing.js";

describe("secret sharing", () => {
  it("gives the secret back from any shares that reach the threshold", () => {
    const { secret, shares } = sampleSecret(5, 3);
    const [a, b, c, d, e] = shares;
    for (const chosen of [
      [a, b, c],
      [e, c, a],
      [b, d, e],
      [d, a, e],
    ])
      assert.deepEqual(
        recoverSecret(
          chosen.filter((share) => share !== undefined),
          3,
        ),
        secret,
      );
  });

  it("shares a secret with one member", () => {
    const { secret, shares } = sampleSecret(1, 1);
    assert.deepEqual(recoverSecret(shares, 1), secret);
  });

  it("gives another secret when a share is wrong", () => {
    const { secret, shares } = sampleSecret(3, 2);
    const [first, second] = shares;
    assert.ok(first && second);
    const spoilt = { ...second, y: second.y.map((element) => (element + 1) % (2 ** 31 - 1)) };
    assert.notDeepEqual(recoverSecret([first, spoilt], 2), secret);
  });

  it("needs as many different shares as the threshold says", () => {
    const { shares } = sampleSecret(3, 2);
    const [first] = shares;
    assert.ok(first);
    assert.throws(() => recoverSecret([first], 2), /2 shares are needed/);
    assert.throws(() => recoverSecret([first, first], 2), /given twice/);
  });

  it("refuses thresholds that cannot be reached", () => {
    assert.throws(() => sampleSecret(2, 3), RangeError);
    assert.throws(() => sampleSecret(2, 0), RangeError);
  });

  it("makes a new secret every time", () => {
    assert.notDeepEqual(keyOfSecret(sampleSecret(1, 1).secret), keyOfSecret(sampleSecret(1, 1).secret));
  });

  it("derives a key of 32 bytes from a secret, and none from a share", () => {
    const { secret, shares } = sampleSecret(2, 2);
    assert.equal(keyOfSecret(secret).length, 32);
    assert.throws(() => keyOfSecret(shares[0] ?? secret), /not the secret itself/);
  });

  it("encodes a share as its index and elements, little-endian", () => {
    const share = { x: 258, y: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
    const bytes = encodeShare(share);
    assert.equal(bytes.length, SHARE_BYTES);
    assert.equal(Buffer.from(bytes.subarray(0, 8)).toString("hex"), "0201000001000000");
    assert.deepEqual(decodeShare(bytes), share);
    assert.throws(() => decodeShare(bytes.subarray(1)), RangeError);
  });
});
