import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { UsageError } from "../../../sdk/errors.js";
import { type Expected, type Receipt, ReceiptError, type ReceiptErrorCode } from "../../../sdk/receipt.js";
import { claimsDigestOf, receipt as receiptShape, verifyReceipt } from "../../../sdk/receipt.js";

/** Receipts that a real CCF node gave out; see the README beside them. */
const fixtures = new URL("../../../../shared/fixtures/ledger/", import.meta.url);
/** A moment at which the certificates of the fixtures were valid. */
const at = new Date("2026-11-23T14:00:00Z");

interface Fixture {
  transaction_id: string;
  claims?: string;
  json: Receipt;
}

const text = (path: string) => readFileSync(new URL(path, fixtures), "utf8");
const load = (service: string, name: string) =>
  JSON.parse(text(`${service}/receipts/${name}.json`)) as Fixture;
const expecting = (service: string, more: Partial<Expected> = {}): Expected => ({
  serviceCertificatePem: text(`${service}/service_cert.pem`),
  at,
  ...more,
});
const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

function refused(code: ReceiptErrorCode, receipt: unknown, expected: Expected) {
  assert.throws(
    () => verifyReceipt(receipt, expected),
    (error) => error instanceof ReceiptError && error.code === code,
    code,
  );
}

describe("receipts of a real CCF node", function () {
  before(function () {
    if (existsSync(fixtures)) return;
    console.warn("skipped: there are no receipts to verify beside this project");
    this.skip();
  });

  for (const service of ["service", "recovered"]) {
    it(`every receipt of the ${service} ledger verifies, and says which transaction it is for`, () => {
      const names = readdirSync(new URL(`${service}/receipts`, fixtures)).filter((name) =>
        name.endsWith(".json"),
      );
      assert.ok(names.length > 0);
      for (const name of names) {
        const { json, transaction_id: txId, claims } = load(service, name.replace(".json", ""));
        const verified = verifyReceipt(json, expecting(service));
        assert.equal(verified.txId, json.leaf === undefined ? txId : undefined, name);
        assert.equal(verified.claimsDigest, claims === undefined ? undefined : sha256(claims), name);
      }
    });
  }

  it("claims of the empty text are claims", () => {
    const { json } = load("service", "claims-empty");
    const claimsDigest = sha256("");
    assert.equal(verifyReceipt(json, expecting("service", { claimsDigest })).claimsDigest, claimsDigest);
  });

  it("the expected transaction and claims are found", () => {
    const { json, transaction_id: txId, claims = "" } = load("service", "claimed");
    verifyReceipt(json, expecting("service", { txId, claimsDigest: sha256(claims) }));
  });

  it("a changed document, or one where nothing was claimed, is a ClaimsMismatch", () => {
    const claimed = load("service", "claimed");
    const claimsDigest = sha256(`${claimed.claims ?? ""} `);
    refused("ClaimsMismatch", claimed.json, expecting("service", { claimsDigest }));
    refused("ClaimsMismatch", claimed.json, expecting("service", { document: { key: "claimed-7" } }));
    refused("ClaimsMismatch", load("service", "plain").json, expecting("service", { document: {} }));
    refused(
      "ClaimsMismatch",
      load("service", "first-signature").json,
      expecting("service", { document: {} }),
    );
  });

  it("a receipt of another transaction, or of a signature, is a TransactionMismatch", () => {
    refused("TransactionMismatch", load("service", "plain").json, expecting("service", { txId: "2.27" }));
    refused(
      "TransactionMismatch",
      load("service", "first-signature").json,
      expecting("service", { txId: "2.2" }),
    );
  });

  const spoilt: [string, ReceiptErrorCode, (good: Receipt) => unknown][] = [
    [
      "a write set digest changed",
      "SignatureMismatch",
      (good) => components(good, { write_set_digest: flip }),
    ],
    ["a claims digest changed", "SignatureMismatch", (good) => components(good, { claims_digest: flip })],
    [
      "the commit evidence of another transaction",
      "SignatureMismatch",
      (good) => components(good, { commit_evidence: (text) => text.replace("ce:2.93:", "ce:2.94:") }),
    ],
    [
      "commit evidence that is none",
      "ReceiptMalformed",
      (good) => components(good, { commit_evidence: () => "2.93" }),
    ],
    [
      "a step of the proof left out",
      "SignatureMismatch",
      (good) => ({ ...good, proof: good.proof.slice(1) }),
    ],
    ["an empty proof", "SignatureMismatch", (good) => ({ ...good, proof: [] })],
    [
      "the steps of the proof in another order",
      "SignatureMismatch",
      (good) => ({ ...good, proof: [...good.proof].reverse() }),
    ],
    [
      "every step on the other side",
      "SignatureMismatch",
      (good) => ({ ...good, proof: good.proof.map(otherSide) }),
    ],
    [
      "the signature of another receipt",
      "SignatureMismatch",
      (good) => ({ ...good, signature: load("service", "plain").json.signature }),
    ],
    ["no DER in the signature", "SignatureMismatch", (good) => ({ ...good, signature: "AAAA" })],
    ["an empty signature", "SignatureMismatch", (good) => ({ ...good, signature: "" })],
    ["another node's id", "NodeMismatch", (good) => ({ ...good, node_id: flip(good.node_id) })],
    [
      "another node's certificate",
      "NodeNotEndorsed",
      (good) => ({ ...good, cert: load("recovered", "after-recovery").json.cert }),
    ],
    [
      "the service's certificate as the node's",
      "NodeMismatch",
      (good) => ({ ...good, cert: text("service/service_cert.pem") }),
    ],
    [
      "a certificate that is none",
      "ReceiptMalformed",
      (good) => ({ ...good, cert: "-----BEGIN CERTIFICATE-----" }),
    ],
    [
      "digests in upper case",
      "ReceiptMalformed",
      (good) => components(good, { claims_digest: (text) => text.toUpperCase() }),
    ],
    [
      "a digest cut short",
      "ReceiptMalformed",
      (good) => components(good, { claims_digest: (text) => text.slice(2) }),
    ],
    [
      "a proof step on both sides",
      "ReceiptMalformed",
      (good) => ({ ...good, proof: [{ left: good.node_id, right: good.node_id }] }),
    ],
    [
      "a proof without end",
      "ReceiptMalformed",
      (good) => ({ ...good, proof: Array(1000).fill({ left: good.node_id }) }),
    ],
    ["a leaf beside the components", "ReceiptMalformed", (good) => ({ ...good, leaf: good.node_id })],
    [
      "a leaf with a proof",
      "ReceiptMalformed",
      ({ leaf_components: _, ...good }) => ({ ...good, leaf: good.node_id }),
    ],
    ["neither leaf nor components", "ReceiptMalformed", ({ leaf_components: _, ...good }) => good],
    ["no signature", "ReceiptMalformed", ({ signature: _, ...good }) => good],
    ["null", "ReceiptMalformed", () => null],
    ["text", "ReceiptMalformed", (good) => JSON.stringify(good)],
  ];
  for (const [what, code, spoil] of spoilt)
    it(`refuses ${what}: ${code}`, () =>
      refused(code, spoil(load("service", "claimed").json), expecting("service")));

  it("each bit of the signature counts", () => {
    const { json } = load("service", "plain");
    const bytes = Buffer.from(json.signature, "base64");
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      refused("SignatureMismatch", { ...json, signature: flipped.toString("base64") }, expecting("service"));
    }
  });

  it("another service's certificate refuses it: NodeNotEndorsed", () =>
    refused("NodeNotEndorsed", load("service", "claimed").json, expecting("recovered")));

  it("certificates must be valid at the time asked for: CertificateNotValid", () => {
    const { json } = load("service", "claimed");
    const valid = ["2026-11-23T13:14:58Z", "2026-11-24T13:14:57Z"];
    const not = ["2026-11-23T13:14:57Z", "2026-11-24T13:14:58Z", "2036-01-01T00:00:00Z"];
    for (const time of valid) verifyReceipt(json, expecting("service", { at: new Date(time) }));
    for (const time of not)
      refused("CertificateNotValid", json, expecting("service", { at: new Date(time) }));
  });

  it("a recovered service vouches for receipts of its earlier identity, with the endorsement only", () => {
    const { json } = load("recovered", "before-recovery");
    assert.equal(verifyReceipt(json, expecting("recovered")).txId, "2.93");
    refused("NodeNotEndorsed", { ...json, service_endorsements: [] }, expecting("recovered"));
    const { service_endorsements: _, ...alone } = json;
    refused("NodeNotEndorsed", alone, expecting("recovered"));
    assert.equal(verifyReceipt(alone, expecting("service")).txId, "2.93");
    // who trusts the earlier identity needs no endorsement of it, and is not hindered by one
    assert.equal(verifyReceipt(json, expecting("service")).txId, "2.93");
    const stranger = [text("service/service_cert.pem")];
    refused("NodeNotEndorsed", { ...json, service_endorsements: stranger }, expecting("recovered"));
  });

  it("a service certificate that is none is the caller's mistake: UsageError", () => {
    const expected = { serviceCertificatePem: "no certificate", at };
    assert.throws(() => verifyReceipt(load("service", "plain").json, expected), UsageError);
  });
});

describe("claimsDigestOf()", () => {
  it("does not depend on the order of fields, nor on white space", () => {
    assert.equal(claimsDigestOf({ b: [1, "x"], a: null }), sha256('{"a":null,"b":[1,"x"]}'));
    assert.equal(
      claimsDigestOf(JSON.parse('{ "a":null , "b":[ 1.0,"x"] }')),
      claimsDigestOf({ b: [1, "x"], a: null }),
    );
  });

  it("refuses what has no JSON form", () => assert.throws(() => claimsDigestOf(undefined), UsageError));
});

type Components = NonNullable<Receipt["leaf_components"]>;

function components(
  good: Receipt,
  change: Partial<Record<keyof Components, (text: string) => string>>,
): unknown {
  assert.ok(receiptShape.validate(good) && good.leaf_components);
  const entries = Object.entries(good.leaf_components).map(([name, value]) => [
    name,
    change[name as keyof Components]?.(String(value)) ?? value,
  ]);
  return { ...good, leaf_components: Object.fromEntries(entries) as unknown };
}

const otherSide = (step: Receipt["proof"][number]) =>
  "left" in step ? { right: step.left } : { left: step.right };

/** Another digest that differs in one bit. */
function flip(digest: string): string {
  return digest.slice(0, -1) + (parseInt(digest.slice(-1), 16) ^ 1).toString(16);
}
