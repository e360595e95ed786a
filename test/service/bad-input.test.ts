import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { signedRequest } from "../../sdk/attested.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import { Collaboration } from "./support/collaboration.js";
import { endOfLedger } from "./support/ledger.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

type Body = object | string | undefined;
type Refusal = readonly [
  what: string,
  method: string,
  path: string,
  body: Body,
  status: number,
  code: string,
];

describe("bad input is refused with a stable code, the service goes on, and the ledger holds nothing of it (improvement 24):", function () {
  this.timeout(30_000);
  let net: Network;
  let member: Client;
  let collaboration: Collaboration;
  let base: string;
  let attested: ReturnType<typeof signedRequest>;

  before(async () => {
    net = await sharedNetwork();
    member = net.as(net.members[0]);
    collaboration = await Collaboration.start(net);
    base = `/app/contracts/${collaboration.contractId}`;
    attested = signedRequest(collaboration.key, collaboration.evidence(), { value: "v" });
    await collaboration.contract().putSecret("key", "swordfish");
  });

  async function refused(refusals: readonly Refusal[], client = member): Promise<void> {
    const before = await endOfLedger(net);
    for (const [what, method, path, body, status, code] of refusals) {
      const asking = client.request(method, path, { body });
      const { message } = await assertRefused(asking, status, code).catch((error: unknown) => {
        throw new Error(what, { cause: error });
      });
      assert.ok(!message.includes("swordfish"), what);
    }
    assert.equal(await endOfLedger(net), before);
    assert.equal((await member.get("/app/contracts")).status, 200);
  }

  const drafts = "/app/contracts/new";
  const nested = (levels: number) => `{"data": ${"[".repeat(levels)}${"]".repeat(levels)}}`;

  it("bodies that are no JSON, too large or too deep", () =>
    refused([
      ["nothing", "PUT", drafts, undefined, 400, "InvalidJson"],
      ["not JSON", "PUT", drafts, "{data: 1}", 400, "InvalidJson"],
      ["two documents", "PUT", drafts, '{"data": 1}{"data": 2}', 400, "InvalidJson"],
      ["cut off", "PUT", drafts, '{"data": "te', 400, "InvalidJson"],
      ["not UTF-8", "PUT", drafts, Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, "InvalidBody"],
      ["zero bytes", "PUT", drafts, Buffer.alloc(1000), 400, "InvalidJson"],
      ["nested 5,000 deep", "PUT", drafts, nested(5_000), 400, "InvalidJson"],
      ["nested 400,000 deep", "PUT", drafts, nested(400_000), 400, "InvalidJson"],
      ["1.1 MB", "PUT", drafts, { data: "x".repeat(1_100_000) }, 413, "RequestBodyTooLarge"],
      ["1.1 MB for a secret", "PUT", `${base}/secrets/s`, "x".repeat(1_100_000), 413, "RequestBodyTooLarge"],
      ["1.1 MB for nobody", "POST", "/app/nothing", "x".repeat(1_100_000), 413, "RequestBodyTooLarge"],
    ]));

  it("bodies of the wrong type, with fields of the wrong type or without a field", () =>
    refused([
      ...["[1]", '"text"', "7", "null", "true"].map((body): Refusal => [
        body,
        "PUT",
        drafts,
        body,
        400,
        "InvalidBody",
      ]),
      ["a version that is a number", "PUT", drafts, { data: 1, version: 2 }, 400, "InvalidBody"],
      ["no text", "PUT", drafts, {}, 400, "DataMissing"],
      ...[null, "", 0, false].map((data): Refusal => [
        `text ${String(data)}`,
        "PUT",
        drafts,
        { data },
        400,
        "DataMissing",
      ]),
      ["a number beyond all bounds", "PUT", drafts, '{"data": {"n": 1e999}}', 400, "NotCanonical"],
      ["half a character", "PUT", drafts, '{"data": "\\ud800"}', 400, "NotCanonical"],
      ["a secret without value", "PUT", `${base}/secrets/s`, {}, 400, "ValueMissing"],
      ["a secret that is no text", "PUT", `${base}/secrets/s`, { value: ["x"] }, 400, "ValueMissing"],
      ["a secret's body that is a list", "PUT", `${base}/secrets/s`, [], 400, "InvalidBody"],
    ]));

  it("ids that are none, of any length", async () => {
    const bad = ["a%2Fb", "a%20b", "a+b", encodeURIComponent("日本"), "a'b", "%00", "x".repeat(129)];
    const ids = [...bad, "x".repeat(10_000)];
    await refused([
      ...ids.map((id): Refusal => [id, "PUT", `/app/contracts/${id}`, { data: 1 }, 400, "InvalidPath"]),
      ...ids.map((id): Refusal => [id, "POST", `/app/contracts/${id}`, undefined, 400, "InvalidPath"]),
      ...ids.map((id): Refusal => [id, "PUT", `${base}/secrets/${id}`, { value: "v" }, 400, "InvalidPath"]),
      ["an id with a slash", "PUT", "/app/contracts/a/b", { data: 1 }, 404, "ResourceNotFound"],
      ["no id", "PUT", "/app/contracts/", { data: 1 }, 404, "ResourceNotFound"],
      ["an event's id with a slash", "GET", `${base}/events?id=a%2Fb`, undefined, 400, "InvalidQuery"],
      ["an event's id of 129", "GET", `${base}/events?id=${"x".repeat(129)}`, undefined, 400, "InvalidQuery"],
    ]);
    // names that every object has are ids like any other
    for (const id of ["constructor", "__proto__", "toString"])
      await assertRefused(new ContractClient(member, id).read(), 404, "ContractNotFound");
  });

  it("paths and methods that do not exist", () =>
    refused([
      ["another path", "GET", "/app/nothing", undefined, 404, "ResourceNotFound"],
      ["a path below one", "POST", `${base}/more/of/it`, undefined, 404, "ResourceNotFound"],
      ["the parent folder", "GET", "/app/contracts/../secrets", undefined, 404, "ResourceNotFound"],
      ["another method", "DELETE", base, undefined, 405, "UnsupportedHttpVerb"],
      ["a method for all", "PATCH", "/app/contracts", {}, 405, "UnsupportedHttpVerb"],
      ["a state that is none", "GET", "/app/contracts?state=draft", undefined, 400, "InvalidParameter"],
      ["a page that is none", "GET", "/app/contracts?limit=0", undefined, 400, "InvalidParameter"],
      ["an option that is none", "POST", `${base}/runtimeoptions/x/enable`, undefined, 400, "InvalidOption"],
      ["a service's that is none", "POST", "/app/runtimeoptions/x/status", undefined, 400, "InvalidOption"],
    ]));

  it("what does not fit the state that things are in", () => {
    const nowhere = `/app/contracts/${freshId("nowhere")}`;
    const consent = `${nowhere}/runtimeoptions/execution/enable`;
    return refused([
      ["a draft of what is accepted", "PUT", base, { data: 1 }, 405, "ContractAlreadyAccepted"],
      ["a contract that is not there", "POST", nowhere, undefined, 404, "ContractNotFound"],
      ["a secret of no contract", "PUT", `${nowhere}/secrets/s`, { value: "v" }, 404, "ContractNotFound"],
      ["a secret that is not there", "DELETE", `${base}/secrets/other`, undefined, 404, "SecretNotFound"],
      ["consent to nothing", "POST", consent, undefined, 400, "ContractNotAccepted"],
      ["acceptance of nothing", "POST", `${nowhere}/acceptance`, undefined, 400, "ContractNotAccepted"],
    ]);
  });

  it("requests of strangers to what is for members", () =>
    refused(
      [
        ["a draft", "PUT", drafts, { data: 1 }, 401, "InvalidAuthenticationInfo"],
        ["the list", "GET", "/app/contracts", undefined, 401, "InvalidAuthenticationInfo"],
        ["the releases", "GET", `${base}/releases`, undefined, 401, "InvalidAuthenticationInfo"],
        ["acceptance", "POST", `${base}/acceptance`, undefined, 401, "InvalidAuthenticationInfo"],
        ["deletion", "DELETE", `${base}/secrets/key`, undefined, 401, "InvalidAuthenticationInfo"],
      ],
      net.client,
    ));

  it("evidence that is none", async () => {
    const secret = `${base}/secrets/${net.members[0].id}_key`;
    const changed = (changes: object): object => ({ ...attested, ...changes });
    const attestation = (changes: object) =>
      changed({ attestation: { ...attested.attestation, ...changes } });
    const text = (content: string) => Buffer.from(content).toString("base64");
    await refused(
      [
        ["nothing", "POST", secret, undefined, 400, "InvalidJson"],
        ["no evidence", "POST", secret, {}, 400, "AttestationMissing"],
        ["evidence that is text", "POST", secret, changed({ attestation: "x" }), 400, "AttestationMissing"],
        ["evidence that is a list", "POST", secret, changed({ attestation: [] }), 400, "AttestationMissing"],
        ["no key", "POST", secret, changed({ encrypt: null }), 400, "EncryptionMissing"],
        ["a key that is text", "POST", secret, changed({ encrypt: "x" }), 400, "EncryptionMissing"],
        [
          "a key that is no base64",
          "POST",
          secret,
          changed({ encrypt: { publicKey: "A" } }),
          400,
          "ReportDataMismatch",
        ],
        ["an unknown platform", "POST", secret, changed({ platform: "sgx" }), 400, "UnsupportedPlatform"],
        [
          "a name every object has",
          "POST",
          secret,
          changed({ platform: "constructor" }),
          400,
          "UnsupportedPlatform",
        ],
        ["a platform that is a number", "POST", secret, changed({ platform: 7 }), 400, "InvalidBody"],
        ["a clean room's, unsigned", "PUT", secret, changed({ sign: null }), 400, "SignatureMismatch"],
        ["a clean room's, changed", "PUT", secret, changed({ data: text("{}") }), 400, "SignatureMismatch"],
      ],
      net.client,
    );
    for (const [changes, code] of [
      [{ statement: 7 }, "EvidenceMalformed"],
      [{ statement: undefined }, "EvidenceMalformed"],
      [{ statement: "A" }, "EvidenceMalformed"],
      [{ statement: text("{}") }, "StatementSignatureInvalid"],
      [{ signature: "" }, "StatementSignatureInvalid"],
      [{ signature: text("x".repeat(64)) }, "StatementSignatureInvalid"],
      [{ keyId: "00".repeat(32) }, "KeyNotTrusted"],
      [{ keyId: "__proto__" }, "KeyNotTrusted"],
    ] as const)
      await assertRefused(
        net.client.post(secret, attestation(changes)),
        400,
        "VerifySnpAttestationFailed",
        code,
      );
  });

  it("but fields that nobody knows are ignored, because clients send more than they need", async () => {
    const contract = new ContractClient(member, freshId("more"));
    const body =
      '{"data": "text", "state": "Accepted", "more": {"deep": [1]}, "__proto__": {"data": "other"}}';
    await member.put(`/app/contracts/${contract.id}`, Buffer.from(body));
    const { state, data } = await contract.read();
    assert.deepEqual([state, data], ["Draft", "text"]);
  });

  it("also when it comes from many at the same time", async () => {
    const asking = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 0 ? member.get("/app/contracts") : member.request("PUT", drafts, { body: "{" }),
    );
    const outcomes = await Promise.allSettled(asking);
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 10);
  });
});
