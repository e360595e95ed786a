import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { signedRequest } from "../../sdk/attested.js";
import type { Client } from "../../sdk/client.js";
import { Collaboration } from "./support/collaboration.js";
import { endOfLedger } from "./support/ledger.js";
import { sharedNetwork } from "./support/network.js";

describe("bad input", function () {
  this.timeout(60_000);
  let net: Network;
  let stranger: Client;
  let member: Client;
  let base: string;
  let signed: ReturnType<typeof signedRequest>;

  before(async () => {
    net = await sharedNetwork();
    const collaboration = await Collaboration.start(net);
    [stranger, member] = [net.client, net.as(net.members[0])];
    base = `/app/contracts/${collaboration.contractId}`;
    signed = signedRequest(collaboration.key, collaboration.evidence(), { value: "v" });
    await collaboration.contract().putSecret("key", "swordfish");
  });

  type Refusal = readonly [
    what: string,
    method: string,
    path: string,
    body: object | string | undefined,
    status: number,
    code: string,
    who?: "attested",
  ];

  const drafts = "/app/contracts/new";
  const deep = (levels: number) => `{"data": ${"[".repeat(levels)}${"]".repeat(levels)}}`;

  const refusals = (): Refusal[] => [
    ["no body", "PUT", drafts, undefined, 400, "InvalidJson"],
    ["not JSON", "PUT", drafts, "{data: 1}", 400, "InvalidJson"],
    ["not UTF-8", "PUT", drafts, Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, "InvalidBody"],
    ["JSON that is no object", "PUT", drafts, "[1]", 400, "InvalidBody"],
    ["a field of the wrong type", "PUT", drafts, { data: 1, version: 2 }, 400, "InvalidBody"],
    ["a missing field", "PUT", drafts, {}, 400, "DataMissing"],
    ["a number beyond all bounds", "PUT", drafts, '{"data": {"n": 1e999}}', 400, "NotCanonical"],
    ["JSON nested 5,000 deep", "PUT", drafts, deep(5000), 400, "InvalidJson"],
    ["JSON nested 400,000 deep", "PUT", drafts, deep(400_000), 400, "InvalidJson"],
    ["a body of 10 MB", "PUT", drafts, { data: "x".repeat(10_000_000) }, 413, "RequestBodyTooLarge"],
    ["an id with an encoded slash", "PUT", "/app/contracts/a%2Fb", { data: 1 }, 400, "InvalidPath"],
    ["an id with a space", "PUT", "/app/contracts/a%20b", { data: 1 }, 400, "InvalidPath"],
    [
      "an id beyond ASCII",
      "PUT",
      `/app/contracts/${encodeURIComponent("日本")}`,
      { data: 1 },
      400,
      "InvalidPath",
    ],
    [
      "an id of 10,000 characters",
      "PUT",
      `/app/contracts/${"x".repeat(10_000)}`,
      { data: 1 },
      400,
      "InvalidPath",
    ],
    ["an id with a slash", "PUT", "/app/contracts/a/b", { data: 1 }, 404, "ResourceNotFound"],
    ["a contract that is accepted", "PUT", base, { data: 1 }, 405, "ContractAlreadyAccepted"],
    ["a contract that is not there", "POST", "/app/contracts/nowhere", undefined, 404, "ContractNotFound"],
    ["a state that is none", "GET", "/app/contracts?state=draft", undefined, 400, "InvalidParameter"],
    ["another method", "DELETE", base, undefined, 405, "UnsupportedHttpVerb"],
    ["a secret without value", "PUT", `${base}/secrets/s`, {}, 400, "ValueMissing"],
    [
      "a secret that is too long",
      "PUT",
      `${base}/secrets/s`,
      { value: "x".repeat(25_601) },
      400,
      "ValueTooLarge",
    ],
    [
      "a secret of no contract",
      "PUT",
      "/app/contracts/nowhere/secrets/s",
      { value: "v" },
      404,
      "ContractNotFound",
    ],
    ["another's secret", "DELETE", `${base}/secrets/other`, undefined, 404, "SecretNotFound"],
    ["an option that is none", "POST", `${base}/runtimeoptions/x/enable`, undefined, 400, "InvalidOption"],
    [
      "a contract not accepted",
      "POST",
      "/app/contracts/nowhere/runtimeoptions/execution/enable",
      undefined,
      400,
      "ContractNotAccepted",
    ],
    ["a range that is none", "GET", `${base}/events?from_seqno=0`, undefined, 400, "InvalidParameter"],
    [
      "a range upside down",
      "GET",
      `${base}/events?from_seqno=9&to_seqno=8`,
      undefined,
      400,
      "InvalidParameter",
    ],
    ["an event id with a slash", "GET", `${base}/events?id=a%2Fb`, undefined, 400, "InvalidQuery"],
    ["no evidence", "POST", `${base}/secrets/s`, {}, 400, "AttestationMissing", "attested"],
    [
      "no key",
      "POST",
      `${base}/secrets/s`,
      { ...signed, encrypt: null },
      400,
      "EncryptionMissing",
      "attested",
    ],
    [
      "an unknown platform",
      "POST",
      `${base}/secrets/s`,
      { ...signed, platform: "sgx" },
      400,
      "UnsupportedPlatform",
      "attested",
    ],
    ["a secret that is not there", "POST", `${base}/secrets/s`, signed, 404, "SecretNotFound", "attested"],
    [
      "another's signature",
      "PUT",
      `${base}/secrets/s`,
      { ...signed, data: "e30=" },
      400,
      "SignatureMismatch",
      "attested",
    ],
    [
      "a broken timestamp",
      "PUT",
      `${base}/events`,
      { ...signed, timestamp: "now" },
      400,
      "TimestampInvalid",
      "attested",
    ],
    [
      "no timestamp",
      "PUT",
      `${base}/events`,
      { ...signed, timestamp: null },
      400,
      "TimestampMissing",
      "attested",
    ],
    ["a stranger", "PUT", drafts, { data: 1 }, 401, "InvalidAuthenticationInfo", "attested"],
  ];

  it("is refused with a stable code, the service goes on, and the ledger holds nothing of it", async () => {
    const before = await endOfLedger(net);
    for (const [what, method, path, body, status, code, who] of refusals()) {
      const client = who === "attested" ? stranger : member;
      const answer = await client.exchange(method, path, body === undefined ? {} : { body });
      const { error } = answer.json() as { error?: { code?: string; message?: string } };
      assert.deepEqual([answer.status, error?.code], [status, code], what);
      assert.ok((error?.message ?? "").length > 10, what);
      assert.ok(!answer.text.includes("swordfish"), what);
    }
    assert.equal(await endOfLedger(net), before);
    assert.equal((await member.get("/app/contracts")).status, 200);
  });
});
