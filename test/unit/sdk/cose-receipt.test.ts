import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { encode, Tag } from "cbor2";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { verifyCoseReceipt } from "../../../sdk/cose-receipt.js";
import { COSE_HEADER, CoseError, decodeCoseSign1, signCose } from "../../../sdk/cose.js";
import { climb, leafDigest } from "../../../sdk/receipt-proof.js";
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

describe("COSE receipts of a service that was recovered twice", () => {
  /** The identities of the service, the present one first. */
  const [present, second, first] = [3, 2, 1].map(() =>
    generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ) as [KeyPair, KeyPair, KeyPair];
  const expected: Expected = {
    at,
    serviceCertificatePem: makeCertificate({
      subject: "CN=CCF Network",
      publicKey: present.publicKey,
      issuer: present.privateKey,
      validFrom: new Date("2026-01-01T00:00:00Z"),
      validityDays: 365,
    }),
  };
  const endorsements = [
    endorsementOf(second, present, "4.100", "4.199"),
    endorsementOf(first, second, "2.1", "2.99"),
  ];

  it("each earlier identity's verify, by as many endorsements as lie between", () => {
    const ofFirst = receiptBy(first, "2.50");
    const ofSecond = receiptBy(second, "4.150");
    assert.equal(verifyCoseReceipt(receiptBy(present, "6.250"), expected, endorsements).txId, "6.250");
    assert.equal(verifyCoseReceipt(ofSecond, expected, endorsements).txId, "4.150");
    assert.equal(verifyCoseReceipt(ofFirst, expected, endorsements).txId, "2.50");
    refused("ServiceMismatch", ofFirst, expected, endorsements.slice(0, 1));
    refused("ServiceMismatch", ofFirst, expected, endorsements.slice(1));
  });

  it("an identity does not speak for the time of another", () => {
    refused("ServiceMismatch", receiptBy(first, "4.150"), expected, endorsements);
    refused("ServiceMismatch", receiptBy(second, "2.50"), expected, endorsements);
    refused("ServiceMismatch", receiptBy(second, "6.250"), expected, endorsements);
  });
});

type KeyPair = KeyPairKeyObjectResult;

function pemOf({ privateKey }: KeyPair): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function spkiOf({ publicKey }: KeyPair): Uint8Array {
  return new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
}

function endorsementOf(earlier: KeyPair, later: KeyPair, from: string, to: string): Uint8Array {
  const epoch = new Map([
    ["epoch.start.txid", from],
    ["epoch.end.txid", to],
  ]);
  const protectedHeaders = new Map([["ccf.v1", epoch]]);
  return signCose({ privateKeyPem: pemOf(later), protectedHeaders, payload: spkiOf(earlier) });
}

/** A receipt of a ledger with one transaction before it. */
function receiptBy(service: KeyPair, txId: string): Uint8Array {
  const digest = "ab".repeat(32);
  const evidence = `ce:${txId}:${digest}`;
  const leaf = { write_set_digest: digest, commit_evidence: evidence, claims_digest: "0".repeat(64) };
  const kid = createHash("sha256").update(spkiOf(service)).digest("hex");
  const signed = signCose({
    privateKeyPem: pemOf(service),
    protectedHeaders: new Map<number, unknown>([
      [COSE_HEADER.kid, new Uint8Array(Buffer.from(kid, "ascii"))],
      [395, 2],
    ]),
    payload: climb(leafDigest(leaf), [{ left: digest }]),
    detached: true,
  });
  const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
  const proof = new Map<number, unknown>([
    [1, [bytesOf(digest), evidence, bytesOf(leaf.claims_digest)]],
    [2, [[true, bytesOf(digest)]]],
  ]);
  const { protectedBytes, signature } = decodeCoseSign1(signed);
  const unprotected = new Map([[396, new Map([[-1, [encode(proof)]]])]]);
  return encode(new Tag(18, [protectedBytes, unprotected, null, signature]));
}
