import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privacyOf, type WriteSet } from "../../../../sandbox/embedded/kv/store.js";
import { leafOf, sha256 } from "../../../../sandbox/embedded/ledger/digests.js";
import {
  assembleEntry,
  decodeEntry,
  encodePublicDomain,
  type Entry,
} from "../../../../sandbox/embedded/ledger/entry.js";
import { LedgerFiles } from "../../../../sandbox/embedded/ledger/files.js";
import { MerkleTree } from "../../../../sandbox/embedded/ledger/merkle.js";
import { makeReceipt, type Receipt } from "../../../../sandbox/embedded/ledger/receipt.js";
import {
  isSignature,
  readSignature,
  verifySignature,
} from "../../../../sandbox/embedded/ledger/signature.js";
import { formatTxId, parseTxId } from "../../../../sandbox/embedded/ledger/txid.js";
import {
  journal,
  ledgerFolder,
  receipts,
  requireFixtures,
  serviceCertificate,
  type Service,
} from "./fixtures.js";

interface ReadLedger {
  entries: { entry: Entry; bytes: Buffer }[];
  tree: MerkleTree;
  signatures: Entry[];
}

const expected = {
  service: {
    transactions: 300,
    signatures: 18,
    last: "2.300",
    root: "fd0af3aeb77dfdb268ad8b41f093d65cdc530178530f2420b3d1aaada0e3c4bc",
    flags: { 21: 1, 187: 1, 235: 1, 239: 1 },
  },
  recovered: {
    transactions: 322,
    signatures: 22,
    last: "4.322",
    root: "564c9337d3c0e5db916f82b9d02b569a49c5943d562ddb331b54b80e269971d7",
    flags: { 21: 1, 187: 1, 235: 1, 239: 1, 300: 2, 308: 1 },
  },
};

for (const service of ["service", "recovered"] as const) {
  describe(`the ledger of a real CCF node (${service})`, () => {
    let ledger: ReadLedger;
    let entries: ReadLedger["entries"];
    before(function () {
      requireFixtures(this);
      ledger = readLedger(service);
      entries = ledger.entries;
    });

    it("is read whole", () => {
      const last = entries.at(-1)?.entry.id;
      assert.equal(entries.length, expected[service].transactions);
      assert.equal(ledger.signatures.length, expected[service].signatures);
      assert.equal(last && formatTxId(last), expected[service].last);
      const flagged = entries
        .filter(({ entry }) => entry.flags !== 0)
        .map(({ entry }) => [entry.id.seqno, entry.flags]);
      assert.deepEqual(Object.fromEntries(flagged), expected[service].flags);
    });

    it("leads to the root that its fixtures name, and to every root that it signs", () => {
      assert.equal(Buffer.from(ledger.tree.root()).toString("hex"), expected[service].root);
      for (const { id, publicTables } of ledger.signatures) {
        assert.equal(
          readSignature(publicTables).node.root,
          Buffer.from(ledger.tree.root(id.seqno)).toString("hex"),
        );
      }
    });

    it("carries good signatures of its nodes and services", () => {
      for (const { id, publicTables } of ledger.signatures) {
        const contents = readSignature(publicTables);
        const keys = {
          node: new X509Certificate(contents.node.cert).publicKey,
          service: new X509Certificate(serviceCertificate(id.view < 4 ? "service" : "recovered")).publicKey,
        };
        const root = ledger.tree.root(id.seqno);
        verifySignature(contents, root, keys);
        const another = sha256(root);
        assert.throws(() => verifySignature(contents, another, keys), /not by this node/);
        assert.throws(
          () => verifySignature(contents, root, { ...keys, service: keys.node }),
          /not by this service/,
        );
      }
    });

    it("holds with each signature the part of the tree since the one before, as ours would", () => {
      let from = 0;
      for (const { id, publicTables } of ledger.signatures) {
        const stored = valueOf(publicTables, "public:ccf.internal.tree");
        // What was committed when CCF signed is not on the ledger; it is the leaf the stored part begins with.
        const first = Number(stored.readBigUInt64BE(8));
        assert.ok(first >= from && first < id.seqno);
        from = first;
        assert.deepEqual(stored, ledger.tree.serialize(first, id.seqno));
      }
    });

    it("is written again byte for byte", () => {
      for (const { entry, bytes } of entries) {
        const publicDomain = encodePublicDomain({ ...entry, writeSet: entry.publicTables });
        assert.ok(assembleEntry({ ...entry, publicDomain }).equals(bytes), formatTxId(entry.id));
      }
    });

    it("says what its journal says", () => {
      const steps = journal(service).filter(({ fate }) => fate === undefined);
      assert.ok(steps.length > 10);
      for (const step of steps) {
        const { entry } = entryAt(entries, step.transaction_id);
        for (const [table, rows] of Object.entries(step.public ?? {})) {
          const changes = entry.publicTables.find((written) => written.table === table)?.changes ?? [];
          const written = changes.map(({ key, value }) => [text(key), value && text(value)]);
          assert.deepEqual(Object.fromEntries(written), rows, step.does);
        }
        const deleted = /^DELETE \/app\/records\/(.*)$/.exec(step.does)?.[1];
        if (deleted !== undefined) {
          assert.deepEqual(entry.publicTables, [
            { table: "public:records", changes: [{ key: Buffer.from(deleted), value: undefined }] },
          ]);
        }
        const claims =
          step.claims === undefined ? Buffer.alloc(32) : createHash("sha256").update(step.claims).digest();
        if (step.public) assert.deepEqual(entry.claimsDigest, claims, step.does);
      }
    });

    it("leads to the receipts the node gave out", () => {
      for (const { name, transaction_id, json } of receipts(service)) {
        const { service_endorsements: _, ...receipt } = json as Receipt;
        assert.deepEqual(
          receiptFrom(ledger, transaction_id, receipt.leaf_components?.commit_evidence),
          receipt,
          name,
        );
      }
    });
  });
}

describe("the files of a real CCF node", () => {
  let directory: string;
  before(function () {
    requireFixtures(this);
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "real-"));
    cpSync(ledgerFolder("service"), directory, { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("are finished as CCF finishes them when it recovers a ledger: the same name and the same bytes", () => {
    const files = LedgerFiles.open(directory);
    files.discardAfter(299);
    files.close();
    const name = "ledger_240-299.committed";
    const [ours, real] = [join(directory, name), join(ledgerFolder("recovered"), name)].map((path) =>
      readFileSync(path),
    );
    assert.deepEqual(ours, real);
  });
});

function readLedger(service: Service): ReadLedger {
  const directory = mkdtempSync(join(tmpdir(), "real-"));
  cpSync(ledgerFolder(service), directory, { recursive: true });
  const files = LedgerFiles.open(directory);
  const read: ReadLedger = { entries: [], tree: new MerkleTree(), signatures: [] };
  for (const { seqno, bytes } of files.entries()) {
    const entry = decodeEntry(bytes);
    assert.equal(entry.id.seqno, seqno);
    assert.ok(entry.publicTables.every(({ table }) => privacyOf(table) === "public"));
    read.entries.push({ entry, bytes });
    read.tree.append(leafOf({ writeSetDigest: sha256(bytes), ...entry }));
    if (isSignature(entry.publicTables)) read.signatures.push(entry);
  }
  files.close();
  rmSync(directory, { recursive: true });
  return read;
}

function receiptFrom(
  { entries, signatures, tree }: ReadLedger,
  id: string,
  evidence: string | undefined,
): Receipt {
  const { entry, bytes } = entryAt(entries, id);
  const { seqno } = entry.id;
  const signed = signatures.find((candidate) => candidate.id.seqno >= seqno);
  assert.ok(signed);
  const signature = readSignature(signed.publicTables).node;
  if (evidence === undefined) return makeReceipt({ signature });
  assert.deepEqual(sha256(Buffer.from(evidence)), entry.commitEvidenceDigest);
  return makeReceipt({
    signature,
    transaction: {
      leaf: { writeSetDigest: sha256(bytes), ...entry },
      commitEvidence: evidence,
      path: tree.path(seqno, signed.id.seqno),
    },
  });
}

function entryAt(entries: ReadLedger["entries"], id: string) {
  const found = entries[(parseTxId(id)?.seqno ?? 0) - 1];
  assert.ok(found, id);
  assert.equal(formatTxId(found.entry.id), id);
  return found;
}

function valueOf(writeSet: WriteSet, table: string): Buffer {
  return Buffer.from(writeSet.find((changed) => changed.table === table)?.changes[0]?.value ?? []);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
