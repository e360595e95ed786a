import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { decode, type Tag } from "cbor2";
import { makeIdentity } from "../../../sandbox/member.js";
import {
  cleanRoomKey,
  type Evidence,
  makeCleanRoomKey,
  snpCaciEvidence,
  virtualEvidence,
} from "../../../sdk/attested.js";
import { boundRequest, type BoundRequestOptions, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { binaryEvidence } from "../../../sdk/binary-evidence.js";
import { decodeCborStrict, decodeCoseSign1, verifyCoseSign1 } from "../../../sdk/cose.js";
import { UsageError } from "../../../sdk/errors.js";
import { targetAsSeen } from "../../../sdk/path.js";

const rsa = makeCleanRoomKey();
const ec = cleanRoomKey(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const machine = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const evidence = virtualEvidence(machine, { "virtual-is-debuggable": false }, rsa.publicKeyPem);
const service = "5e".repeat(32);
const at = new Date("2026-03-04T05:06:07.890Z");

const made = (changes: Partial<BoundRequestOptions> = {}): Uint8Array =>
  boundRequest({
    method: "PUT",
    target: "/app/contracts/c1/events?id=a%20b",
    service,
    key: rsa,
    as: { session: "5e55" },
    content: { data: { b: 1, a: [null] }, timestamp: "1" },
    at,
    ...changes,
  });

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

describe("boundRequest()", () => {
  it("says all that binds it in its protected header, in the order of deterministic encoding", () => {
    const { protectedHeaders, unprotectedHeaders, payload } = decodeCoseSign1(made());
    const claims = protectedHeaders.get(15) as Map<number, unknown>;
    const id = claims.get(7) as Uint8Array;
    assert.equal(id.length, 16);
    assert.deepEqual(
      [...protectedHeaders],
      [
        [1, -37],
        [
          15,
          new Map<number, unknown>([
            [6, Date.parse("2026-03-04T05:06:07Z") / 1000],
            [7, id],
          ]),
        ],
        ["@method", "PUT"],
        ["service", bytes(service)],
        ["session", "5e55"],
        ["@request-target", "/app/contracts/c1/events?id=a b"],
      ],
    );
    assert.equal(unprotectedHeaders.size, 0);
    assert.equal(
      Buffer.from(payload ?? []).toString("hex"),
      // {"data": {"a": [null], "b": 1}, "timestamp": "1"}
      "a26464617461a2616181f66162016974696d657374616d706131",
    );
  });

  it("is signed by the key, whose kind tells the algorithm", () => {
    for (const [key, algorithm] of [
      [rsa, -37],
      [ec, -7],
    ] as const) {
      const message = decodeCoseSign1(made({ key }));
      assert.equal(message.protectedHeaders.get(1), algorithm);
      assert.ok(verifyCoseSign1(message, key.privateKey));
    }
  });

  it("is another one every time", () => {
    const ids = Array.from({ length: 20 }, () =>
      Buffer.from((decodeCoseSign1(made()).protectedHeaders.get(15) as Map<number, Uint8Array>).get(7) ?? []),
    );
    assert.equal(new Set(ids.map((id) => id.toString("hex"))).size, 20);
  });

  it("presents evidence as bytes, with the very PEM text that it binds", () => {
    const { protectedHeaders } = decodeCoseSign1(made({ as: { evidence } }));
    const attestation = protectedHeaders.get("attestation") as Map<string, unknown>;
    assert.equal(attestation.get("platform"), "virtual");
    assert.equal(attestation.get("key"), rsa.publicKeyPem);
    const { statement, signature, keyId } = evidence.attestation as Record<string, string>;
    assert.deepEqual(
      attestation.get("evidence"),
      new Map<string, unknown>([
        ["keyId", keyId],
        ["signature", new Uint8Array(Buffer.from(signature ?? "", "base64"))],
        ["statement", new Uint8Array(Buffer.from(statement ?? "", "base64"))],
      ]),
    );
  });

  it("has no payload where there is no content, and what JSON would have said where there is", () => {
    const none = boundRequest({ method: "POST", target: "/app/x", service, key: ec, as: { session: "s" } });
    assert.equal(decodeCoseSign1(none).payload?.length, 0);
    const content = { at, missing: undefined, list: [undefined], text: "ü\0", big: 2 ** 60, half: 0.5 };
    const { payload } = decodeCoseSign1(made({ content }));
    assert.deepEqual(decode(payload ?? bytes("")), JSON.parse(JSON.stringify(content)));
  });

  it("is issued now by default", () => {
    const before = Math.floor(Date.now() / 1000);
    const body = boundRequest({ method: "POST", target: "/app/x", service, key: ec, as: { session: "s" } });
    const { contents } = decode<Tag>(body, { preferMap: true });
    const headers = decodeCborStrict((contents as [Uint8Array])[0]) as Map<number, Map<number, number>>;
    const issued = headers.get(15)?.get(6) ?? 0;
    assert.ok(issued >= before && issued <= Math.floor(Date.now() / 1000));
  });

  it("is refused with UnsupportedKey for keys whose signatures no service can verify", () => {
    for (const keys of [generateKeyPairSync("ec", { namedCurve: "P-384" }), generateKeyPairSync("ed25519")])
      assert.throws(
        () => made({ key: cleanRoomKey(keys) }),
        (error) => error instanceof UsageError && error.code === "UnsupportedKey",
      );
  });
});

describe("targetAsSeen()", () => {
  it("decodes the query as CCF does, and leaves the path as it is", () => {
    for (const [sent, seen] of [
      ["/app/x", "/app/x"],
      ["/app/x%20y", "/app/x%20y"],
      ["/app/x?", "/app/x"],
      ["/app/x?a=1&b=2", "/app/x?a=1&b=2"],
      ["/app/x?a=%C3%BC+%2B%26", "/app/x?a=ü +&"],
      ["/app/x?a=1?b", "/app/x?a=1?b"],
    ] as const)
      assert.equal(targetAsSeen(sent), seen);
  });

  it("refuses with InvalidTarget a query that is not properly encoded", () => {
    for (const target of ["/app/x?a=%", "/app/x?a=%zz", "/app/x?%ff"])
      assert.throws(
        () => targetAsSeen(target),
        (error) => error instanceof UsageError && error.code === "InvalidTarget",
      );
  });
});

describe("binaryEvidence()", () => {
  it("makes bytes of what is base64 in JSON, platform by platform, and leaves the rest", () => {
    const caci = snpCaciEvidence({
      attestation: "AQI=",
      platformCertificates: "Aw==",
      uvmEndorsements: "BA==",
    });
    const withTcb: Evidence = { ...caci, attestation: { ...caci.attestation, endorsed_tcb: "0102" } };
    assert.deepEqual(binaryEvidence(withTcb), {
      evidence: bytes("0102"),
      endorsements: bytes("03"),
      uvm_endorsements: bytes("04"),
      endorsed_tcb: "0102",
    });
    const cvm: Evidence = {
      platform: "snp-cvm",
      attestation: {
        evidence: {
          tpmQuote: "AQ==",
          hclReport: "Ag==",
          snpReport: "Aw==",
          aikCert: "BA==",
          pcrs: { "0": "BQ==", "23": "Bg==" },
        },
        nonce: "Bw==",
        platformCertificates: "-----BEGIN",
        product: "Milan",
      },
    };
    assert.deepEqual(binaryEvidence(cvm), {
      evidence: {
        tpmQuote: bytes("01"),
        hclReport: bytes("02"),
        snpReport: bytes("03"),
        aikCert: bytes("04"),
        pcrs: { "0": bytes("05"), "23": bytes("06") },
      },
      nonce: bytes("07"),
      platformCertificates: "-----BEGIN",
      product: "Milan",
    });
    assert.deepEqual(
      binaryEvidence({
        platform: "virtual",
        attestation: { statement: "AQ==", signature: "Ag==", keyId: "ab" },
      }),
      { statement: bytes("01"), signature: bytes("02"), keyId: "ab" },
    );
  });

  it("leaves absent and unknown fields to the service", () => {
    const odd = { statement: null, signature: 7, constructor: "x", keyId: undefined };
    assert.deepEqual(binaryEvidence({ platform: "virtual", attestation: odd }), odd);
  });
});

describe("serviceIdentityOf()", () => {
  it("is the digest of the public key in the certificate", async () => {
    const { certificatePem } = await makeIdentity("service");
    const spki = new X509Certificate(certificatePem).publicKey.export({ type: "spki", format: "der" });
    assert.equal(serviceIdentityOf(certificatePem), createHash("sha256").update(spki).digest("hex"));
    assert.throws(() => serviceIdentityOf("no certificate"), UsageError);
  });
});
