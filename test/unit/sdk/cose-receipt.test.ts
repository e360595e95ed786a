import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { verifyCoseReceipt } from "../../../sdk/cose-receipt.js";
import { CoseError } from "../../../sdk/cose.js";
import { type Expected, ReceiptError, type ReceiptErrorCode } from "../../../sdk/receipt.js";

/** COSE receipts that a real CCF node gave out; see the README beside them. */
const fixtures = new URL("../../../../shared/fixtures/ledger/", import.meta.url);
const at = new Date("2026-11-23T14:00:00Z");

const bytes = (service: string, name: string) =>
  readFileSync(new URL(`${service}/receipts/${name}.cose`, fixtures));
const about = (service: string, name: string) =>
  JSON.parse(readFileSync(new URL(`${service}/receipts/${name}.json`, fixtures), "utf8")) as {
    transaction_id: string;
    claims?: string;
  };
const expecting = (service: string, more: Partial<Expected> = {}): Expected => ({
  serviceCertificatePem: readFileSync(new URL(`${service}/service_cert.pem`, fixtures), "utf8"),
  at,
  ...more,
});
const refused = (code: ReceiptErrorCode, ...args: Parameters<typeof verifyCoseReceipt>) =>
  assert.throws(
    () => verifyCoseReceipt(...args),
    (error) => error instanceof ReceiptError && error.code === code,
  );

describe("COSE receipts of a real CCF node", function () {
  before(function () {
    if (existsSync(fixtures)) return;
    console.warn("skipped: there are no receipts to verify beside this project");
    this.skip();
  });

  it("every one verifies, for the transaction and the claims of its journal", () => {
    const names = readdirSync(new URL("service/receipts", fixtures)).filter((name) => name.endsWith(".cose"));
    assert.ok(names.length > 0);
    for (const file of names) {
      const name = file.replace(".cose", "");
      const { transaction_id: txId, claims } = about("service", name);
      const claimsDigest =
        claims === undefined ? undefined : createHash("sha256").update(claims).digest("hex");
      const verified = verifyCoseReceipt(bytes("service", name), expecting("service", { txId }));
      assert.equal(verified.claimsDigest, claimsDigest, name);
    }
    verifyCoseReceipt(bytes("recovered", "after-recovery"), expecting("recovered"));
  });

  it("refuses other claims, another transaction, another service, and a certificate that is not valid", () => {
    const receipt = bytes("service", "claimed");
    refused("ClaimsMismatch", receipt, expecting("service", { document: { key: "claimed-7" } }));
    refused("TransactionMismatch", receipt, expecting("service", { txId: "2.94" }));
    refused("ServiceMismatch", receipt, expecting("recovered"));
    refused("CertificateNotValid", receipt, expecting("service", { at: new Date("2036-01-01") }));
  });

  it("no byte can be changed", () => {
    const receipt = bytes("service", "claimed");
    for (let place = 0; place < receipt.length; place += 3) {
      const spoilt = Buffer.from(receipt);
      spoilt[place] = (spoilt[place] ?? 0) ^ 1;
      assert.throws(
        () => verifyCoseReceipt(spoilt, expecting("service", { txId: "2.93" })),
        (error) => error instanceof ReceiptError || error instanceof CoseError,
        `byte ${place}`,
      );
    }
    assert.throws(() => verifyCoseReceipt(receipt.subarray(0, -1), expecting("service")), CoseError);
  });

  it("a message that is signed but has no proof is no receipt", () =>
    refused("ReceiptMalformed", bytes("recovered", "before-recovery.endorsements"), expecting("recovered")));

  it("a recovered service vouches for receipts of its earlier identity, with the endorsement only", () => {
    const receipt = bytes("recovered", "before-recovery");
    const endorsement = bytes("recovered", "before-recovery.endorsements");
    assert.equal(verifyCoseReceipt(receipt, expecting("recovered"), [endorsement]).txId, "2.93");
    assert.equal(verifyCoseReceipt(receipt, expecting("service")).txId, "2.93");
    refused("ServiceMismatch", receipt, expecting("recovered"));
    refused("ServiceMismatch", receipt, expecting("recovered"), [bytes("service", "plain")]);
  });
});
