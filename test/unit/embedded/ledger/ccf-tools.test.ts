import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { begin, commit, put, Workplace } from "./workplace.js";

/** Reads a ledger and receipts with CCF's own Python package, all its checks on. */
const judge = `
import ccf.ledger, ccf.receipt, hashlib, json, sys
from cryptography.x509 import load_pem_x509_certificate

folder, service, *receipts = sys.argv[1:]
validator = ccf.ledger.LedgerValidator(accept_deprecated_entry_types=False)
count = 0
for chunk in ccf.ledger.Ledger([folder], committed_only=False):
    for transaction in chunk:
        validator.add_transaction(transaction)
        count += 1
service = load_pem_x509_certificate(service.encode())
for path in receipts:
    receipt = json.load(open(path))
    leaf = receipt["leaf_components"]
    leaf = hashlib.sha256(
        bytes.fromhex(leaf["write_set_digest"])
        + hashlib.sha256(leaf["commit_evidence"].encode()).digest()
        + bytes.fromhex(leaf["claims_digest"])
    ).hexdigest()
    node = load_pem_x509_certificate(receipt["cert"].encode())
    ccf.receipt.verify(ccf.receipt.root(leaf, receipt["proof"]), receipt["signature"], node)
    ccf.receipt.check_endorsement(node, service)
print(json.dumps({"transactions": count, "signatures": validator.signature_count, "last": validator.last_verified_seqno}))
`;

describe("CCF's own tools", () => {
  it("verify a ledger of ours, with rekey, several files and a restart, and receipts from it", async function () {
    const python = process.env.CCF_PYTHON;
    if (python === undefined) {
      console.warn("      skipped: CCF_PYTHON names no Python that has the package `ccf`");
      this.skip();
    }
    this.timeout(60_000);
    const place = new Workplace();
    const first = place.create();
    begin(first, place.identity);
    for (let i = 0; i < 50; i++) put(first, `k${i}`, `value ${i}`, i % 3 === 0 ? `hidden ${i}` : undefined);
    commit(first, (tx) => {
      tx.table("records").set(Buffer.from("only"), Buffer.from("private"));
      first.rekey(tx);
      first.requestChunk(tx);
    });
    await first.flush();
    commit(first, (tx) => tx.table("public:records").delete(Buffer.from("k0")));
    await first.close();

    const ledger = place.open();
    commit(ledger, (tx) => tx.table("public:records").clear(), Buffer.alloc(32, 1));
    await ledger.flush();
    const receipts = [1, 17, 52, ledger.lastApplied.seqno - 1].map((seqno) => {
      const path = join(place.root, `receipt-${seqno}.json`);
      writeFileSync(path, JSON.stringify(ledger.receipt(seqno)));
      return path;
    });
    const last = ledger.lastCommitted.seqno;
    await ledger.close();

    const script = join(place.root, "judge.py");
    writeFileSync(script, judge);
    const { service } = place.identity;
    const { stdout } = await promisify(execFile)(python, [
      script,
      place.ledgerFolder,
      service.certificate,
      ...receipts,
    ]);
    assert.deepEqual(JSON.parse(stdout), { transactions: last, signatures: 4, last });
    place.remove();
  });
});
