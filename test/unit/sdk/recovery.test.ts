import assert from "node:assert/strict";
import { constants, generateKeyPairSync, publicEncrypt, randomBytes, X509Certificate } from "node:crypto";
import { makeIdentity } from "../../../sandbox/member.js";
import { decodeCoseSign1, verifyCoseSign1 } from "../../../sdk/cose.js";
import type { Identity } from "../../../sdk/identity.js";
import { memberIdOf } from "../../../sdk/identity.js";
import { decryptShare, fetchRecoveryShare, submitRecoveryShare } from "../../../sdk/recovery.js";
import { codeIs, ScriptedClient } from "./scripted-client.js";

const pem = { type: "pkcs8", format: "pem" } as const;
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const recoveryKey = privateKey.export(pem).toString();
const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString();
const share = randomBytes(44);

const encryptTo = (plain: Buffer, oaepHash = "sha256") =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plain).toString(
    "base64",
  );

describe("a recovery share", () => {
  it("is decrypted with the recovery key of its member", () => {
    assert.deepEqual(decryptShare(encryptTo(share), recoveryKey), share);
  });

  it("is not decrypted with another key, in another way, or once it was changed", () => {
    const changed = Buffer.from(encryptTo(share), "base64");
    changed.writeUInt8(changed.readUInt8(99) ^ 1, 99);
    for (const [encrypted, key] of [
      [encryptTo(share), otherKey],
      [encryptTo(share, "sha1"), recoveryKey],
      [changed.toString("base64"), recoveryKey],
      [encryptTo(share).slice(0, -8), recoveryKey],
      ["", recoveryKey],
    ] as const)
      assert.throws(() => decryptShare(encrypted, key), codeIs("ShareNotDecrypted"));
  });

  it("is refused when it is not as long as shares are, without a word of what it is", () => {
    for (const length of [0, 32, 43, 45]) {
      const plain = randomBytes(length);
      assert.throws(
        () => decryptShare(encryptTo(plain), recoveryKey),
        (error: Error) => {
          assert.ok(codeIs("ShareMalformed")(error));
          return length === 0 || !JSON.stringify([error.message, error]).includes(plain.toString("hex"));
        },
      );
    }
  });

  it("needs an RSA private key; what was given instead is not repeated", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem).toString();
    const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
    for (const key of ["", "not a key", ec, spki])
      assert.throws(
        () => decryptShare(encryptTo(share), key),
        (error: Error) => codeIs("InvalidRecoveryKey")(error) && (key === "" || !error.message.includes(key)),
      );
  });
});

describe("the submission of a recovery share", () => {
  let member: Identity;
  let memberId: string;
  before(async () => {
    member = await makeIdentity("alice");
    memberId = memberIdOf(member.certificatePem);
  });

  const submitted = { submittedCount: 1, recoveryThreshold: 2, message: "1/2", fullKeySubmitted: false };
  const shares = (changes: object = {}) => ({ memberId, encryptedShare: encryptTo(share), ...changes });

  /** A service that waits for shares. */
  const service = (changes: { share?: object; answer?: object; take?: (message: Uint8Array) => void } = {}) =>
    new ScriptedClient((call, { body }) => {
      if (call === `GET /gov/recovery/encrypted-shares/${memberId}`) return { body: shares(changes.share) };
      assert.equal(call, `POST /gov/recovery/members/${memberId}:recover`);
      changes.take?.(body as Uint8Array);
      return { body: { ...submitted, ...changes.answer } };
    });

  it("is signed by the member, for this purpose, and holds the share", async () => {
    let message: Uint8Array | undefined;
    const take = (taken: Uint8Array) => (message = taken);
    const said = await submitRecoveryShare(service({ take }), member, recoveryKey);
    assert.deepEqual(said, { message: "1/2", submitted: 1, threshold: 2, complete: false });
    assert.ok(message);
    const { protectedHeaders, payload, ...signed } = decodeCoseSign1(message);
    const key = new X509Certificate(member.certificatePem).publicKey;
    assert.ok(verifyCoseSign1({ protectedHeaders, payload, ...signed }, key));
    assert.equal(protectedHeaders.get("ccf.gov.msg.type"), "recovery_share");
    assert.deepEqual(JSON.parse(Buffer.from(payload ?? []).toString()), { share: share.toString("base64") });
  });

  it("says when it was the last one that it takes, or that of an owner, who needs no other", async () => {
    for (const answer of [{ submittedCount: 2 }, { fullKeySubmitted: true }]) {
      const { complete } = await submitRecoveryShare(service({ answer }), member, recoveryKey);
      assert.equal(complete, true);
    }
  });

  it("is not tried with another's key, nor with the share of another member", async () => {
    const take = () => assert.fail("something was submitted");
    const mine = (changes: object) =>
      submitRecoveryShare(service({ take, share: changes }), member, recoveryKey);
    await assert.rejects(
      submitRecoveryShare(service({ take }), member, otherKey),
      codeIs("ShareNotDecrypted"),
    );
    await assert.rejects(mine({ memberId: "00".repeat(32) }), codeIs("UnexpectedAnswer"));
    await assert.rejects(mine({ encryptedShare: encryptTo(randomBytes(20)) }), codeIs("ShareMalformed"));
    for (const encryptedShare of ["", "***", 7, null])
      await assert.rejects(mine({ encryptedShare }), codeIs("UnexpectedAnswer"));
  });

  it("of a member who has no share is refused", async () => {
    const client = new ScriptedClient(() => undefined);
    await assert.rejects(fetchRecoveryShare(client, memberId, recoveryKey), codeIs("ResourceNotFound"));
  });

  it("counts only if the service says how many shares it has, and how many it takes", async () => {
    for (const answer of [{ submittedCount: "2" }, { recoveryThreshold: undefined }, { message: undefined }])
      await assert.rejects(
        submitRecoveryShare(service({ answer }), member, recoveryKey),
        codeIs("UnexpectedAnswer"),
      );
  });
});
