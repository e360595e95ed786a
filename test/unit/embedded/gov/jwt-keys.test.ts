import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { Store } from "../../../../sandbox/embedded/kv/store.js";
import {
  removeJwtPublicSigningKeys,
  setJwtPublicSigningKeys,
} from "../../../../sandbox/embedded/rpc/gov/jwt-keys.js";
import { jwtSigningKeys } from "../../../../sandbox/embedded/rpc/gov/tables.js";
import { jwkOf } from "../../../support/jwk.js";

const one = "https://one.example";
const two = "https://two.example";
const rsaKey = jwkOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey);
const rsa = (kid: string, more = {}) => ({ ...rsaKey, kid, ...more });
const ec = (kid: string) => ({
  ...jwkOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey),
  kid,
});

describe("keys of token issuers", () => {
  const setup = () => {
    const tx = new Store().begin();
    return {
      tx,
      set: (issuer: string, ...keys: unknown[]) => setJwtPublicSigningKeys(tx, issuer, { keys }),
      issuersOf: (kid: string) => (jwtSigningKeys(tx).get(kid) ?? []).map(({ issuer }) => issuer),
    };
  };

  it("are kept by their id, RSA and elliptic", () => {
    const { tx, set } = setup();
    assert.equal(set(one, rsa("a"), ec("b")), true);
    assert.deepEqual(
      jwtSigningKeys(tx)
        .get("a")
        ?.map(({ issuer, constraint }) => [issuer, constraint]),
      [[one, undefined]],
    );
    assert.equal(jwtSigningKeys(tx).size, 2);
  });

  it("are replaced as a whole, without touching another issuer's", () => {
    const { set, issuersOf } = setup();
    set(one, rsa("shared"), rsa("gone"));
    set(two, rsa("shared"));
    assert.deepEqual(issuersOf("shared"), [one, two]);
    set(one, rsa("new"));
    assert.deepEqual([issuersOf("shared"), issuersOf("gone"), issuersOf("new")], [[two], [], [one]]);
  });

  it("are removed with their issuer", () => {
    const { tx, set, issuersOf } = setup();
    set(one, rsa("shared"), rsa("own"));
    set(two, rsa("shared"));
    removeJwtPublicSigningKeys(tx, one);
    removeJwtPublicSigningKeys(tx, "https://nobody.example");
    assert.deepEqual([issuersOf("shared"), issuersOf("own")], [[two], []]);
  });

  it("are kept to an issuer of the same domain or a domain above it", () => {
    const { tx, set } = setup();
    assert.equal(
      set("https://login.one.example:443/v2", rsa("a", { issuer: "https://one.example/{tenant}" })),
      true,
    );
    assert.equal(jwtSigningKeys(tx).get("a")?.[0]?.constraint, "https://one.example/{tenant}");
    for (const issuer of [
      two,
      "https://one.example.evil.example",
      "https://notone.example",
      "one.example",
      "",
    ])
      assert.equal(set(one, rsa("b", { issuer })), false, issuer);
    assert.equal(jwtSigningKeys(tx).has("b"), false);
  });

  it("are refused together if one of them is no usable key", () => {
    const { tx, set } = setup();
    const unusable = [
      { kty: "RSA", kid: "k" },
      { kty: "RSA", n: "AQAB", e: "AQAB" },
      { kty: "RSA", kid: "k", x5c: ["not base64!"] },
      { kty: "EC", kid: "k", crv: "P-256", x: "AA", y: "AA" },
      { ...rsa("k"), kid: 5 },
    ];
    for (const key of unusable) assert.equal(set(one, rsa("fine"), key), false, JSON.stringify(key));
    assert.equal(set(one), false);
    assert.equal(jwtSigningKeys(tx).size, 0);
  });

  it("must come as a key set", () => {
    const { tx } = setup();
    assert.throws(
      () => setJwtPublicSigningKeys(tx, one, {}),
      /^TypeError: Missing required field 'keys' in object: \{\}$/,
    );
    for (const jwks of [null, 5, [], { keys: {} }, { keys: [null] }, { keys: [{ kid: "k" }] }])
      assert.throws(() => setJwtPublicSigningKeys(tx, one, jwks), TypeError, JSON.stringify(jwks));
  });
});
