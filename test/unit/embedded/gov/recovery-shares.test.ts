import assert from "node:assert/strict";
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { Store, type Transaction } from "../../../../sandbox/embedded/kv/store.js";
import { makeLedgerSecret } from "../../../../sandbox/embedded/ledger/secrets.js";
import {
  issueRecoveryShares,
  issueRecoverySharesOfNext,
  shuffleRecoveryShares,
} from "../../../../sandbox/embedded/rpc/gov/recovery-shares.js";
import {
  decodeShare,
  keyOfSecret,
  recoverSecret,
  type Share,
} from "../../../../sandbox/embedded/rpc/gov/secret-sharing.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";

type Role = "Participant" | "Owner" | undefined;
const keys = Object.fromEntries(
  ["a", "b", "c"].map((id) => [
    id,
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }),
  ]),
);

function consortium(
  threshold: number,
  members: Record<string, { role?: Role; active?: boolean; key?: boolean }>,
) {
  const tx = new Store().begin();
  tables.serviceConfiguration(tx).set({ recovery_threshold: threshold });
  for (const [id, { role, active = true, key = true }] of Object.entries(members)) {
    tables.members(tx).set(id, {
      ...(role === undefined ? {} : { recovery_role: role }),
      status: active ? "Active" : "Accepted",
    });
    if (key) tables.memberEncryptionKeys(tx).set(id, keys[id]?.publicKey ?? "");
  }
  return tx;
}

/** What a member gets out of the share that is meant for them. */
function shareOf(tx: Transaction, id: string): Share {
  const encrypted = tables.recoveryShares(tx).get()?.encrypted_shares[id];
  assert.ok(encrypted !== undefined, `${id} has a share`);
  const bytes = privateDecrypt(
    { key: keys[id]?.privateKey ?? "", padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    Buffer.from(encrypted, "base64"),
  );
  return decodeShare(bytes);
}

/** Tag, nonce, ciphertext. */
function decrypt(key: Uint8Array, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(16, 28));
  decipher.setAuthTag(bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}

function unwrap(tx: Transaction, wrapping: Share): Buffer {
  return decrypt(keyOfSecret(wrapping), tables.recoveryShares(tx).get()?.wrapped_latest_ledger_secret ?? "");
}

describe("recovery shares", () => {
  const current = { seqno: 1, secret: makeLedgerSecret() };

  it("let enough members together get the ledger secret", () => {
    const tx = consortium(2, { a: {}, b: {}, c: {} });
    issueRecoveryShares(tx, current);
    const wrapping = recoverSecret([shareOf(tx, "c"), shareOf(tx, "a")], 2);
    assert.deepEqual(unwrap(tx, wrapping), Buffer.from(current.secret.key));
    assert.deepEqual(tables.pastLedgerSecret(tx).get(), { next_version: 1 });
  });

  it("give an owner the whole of it", () => {
    const tx = consortium(1, { a: {}, b: { role: "Owner" } });
    issueRecoveryShares(tx, current);
    assert.equal(shareOf(tx, "b").x, 0);
    assert.deepEqual(unwrap(tx, shareOf(tx, "b")), Buffer.from(current.secret.key));
  });

  it("go to active members with an encryption key only", () => {
    const tx = consortium(1, { a: {}, b: { active: false }, c: { key: false } });
    issueRecoveryShares(tx, current);
    assert.deepEqual(Object.keys(tables.recoveryShares(tx).get()?.encrypted_shares ?? {}), ["a"]);
  });

  it("are not handed out where they could not be put together again", () => {
    const refused = (tx: Transaction, message: RegExp) => {
      assert.throws(() => {
        issueRecoveryShares(tx, current);
      }, message);
    };
    refused(consortium(1, {}), /at least one active recovery member/);
    refused(consortium(0, { a: {} }), /threshold should be set/);
    refused(
      consortium(2, { a: {} }),
      /threshold 2 should be equal to or less than the number of active recovery members 1/,
    );
    refused(consortium(2, { a: { role: "Owner" } }), /cannot be greater than 1/);
  });

  it("are worthless once they are shuffled", () => {
    const tx = consortium(1, { a: {} });
    issueRecoveryShares(tx, current);
    const before = shareOf(tx, "a");
    shuffleRecoveryShares(tx, current.secret);
    assert.throws(() => unwrap(tx, recoverSecret([before], 1)));
    assert.deepEqual(unwrap(tx, recoverSecret([shareOf(tx, "a")], 1)), Buffer.from(current.secret.key));
  });

  it("lead from the newest secret to the ones before", () => {
    const store = new Store();
    const opening = consortium(1, { a: {} });
    issueRecoveryShares(opening, current);
    store.apply(opening.writeSet() ?? [], 20);

    const tx = store.begin();
    const next = makeLedgerSecret();
    issueRecoverySharesOfNext(tx, next, current);
    const newest = unwrap(tx, recoverSecret([shareOf(tx, "a")], 1));
    assert.deepEqual(newest, Buffer.from(next.key));
    const past = tables.pastLedgerSecret(tx).get()?.previous_ledger_secret;
    assert.ok(past);
    assert.deepEqual(decrypt(newest, past.encrypted_data), Buffer.from(current.secret.key));
    assert.deepEqual([past.version, past.previous_secret_stored_version], [1, 20]);
  });

  it("say where the secret before is recorded, when shuffled after a change of secrets", () => {
    const store = new Store();
    const rekey = consortium(1, { a: {} });
    issueRecoverySharesOfNext(rekey, makeLedgerSecret(), current);
    assert.equal(tables.recoveryShares(rekey).get()?.previous_secret_stored_version, undefined);
    store.apply(rekey.writeSet() ?? [], 30);
    const tx = store.begin();
    shuffleRecoveryShares(tx, makeLedgerSecret());
    assert.equal(tables.recoveryShares(tx).get()?.previous_secret_stored_version, 30);
  });
});
