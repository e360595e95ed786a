import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { type CleanRoomKey, makeCleanRoomKey, virtualKeyId } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import type { ContractClient } from "../../sdk/contract.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { claimsDigestOf, verifyReceipt } from "../../sdk/receipt.js";
import {
  acceptedContract,
  AGREED,
  Collaboration,
  makeMachine,
  setPolicy,
  TRUSTING_AGREED,
  trustMachine,
  type RoomChanges,
} from "./support/collaboration.js";
import { endOfLedger } from "./support/ledger.js";
import { sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

describe("the release of a secret", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;
  let room: CleanRoom;
  let secretId: string;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
    contract = collaboration.contract();
    room = collaboration.room();
    secretId = await contract.putSecret("key", "swordfish");
  });

  const refusedEvidence = (asking: Promise<unknown>, detail: string) =>
    assertRefused(asking, 400, "VerifySnpAttestationFailed", detail);

  const released = async (of: ContractClient) => {
    const records = [];
    for await (const entry of of.releases()) records.push(entry);
    return records;
  };

  it("goes to code that the members agreed on, wrapped to the key that its evidence binds", async () => {
    assert.equal((await room.secret(secretId)).value.toString(), "swordfish");
  });

  it("is recorded on the ledger: which item of which contract went to which code and key, under which policy (improvement 27)", async () => {
    const { release, txId } = await room.secret(secretId);
    const { value } = (await net
      .as(net.members[1] ?? net.members[0])
      .get(`/app/contracts/${contract.id}/releases?from=${release}&limit=1`)
      .then((answer) => answer.json())) as { value: { transactionId: string; record: object }[] };
    const { data, version } = await contract.read();
    const { policyType, alternatives } = await contract.policy();
    const { statement } = collaboration.evidence().attestation as { statement: string };
    const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
    assert.deepEqual(value, [
      {
        transactionId: txId,
        record: {
          contractId: contract.id,
          release,
          item: { kind: "secret", id: secretId, version: 1 },
          contractVersion: version,
          contractDigest: claimsDigestOf(data),
          policyDigest: claimsDigestOf({ policyType, alternatives }),
          platform: "virtual",
          evidenceDigest: sha256(Buffer.from(statement, "base64")),
          alternative: 0,
          claims: AGREED,
          recipientKeyDigest: sha256(collaboration.key.publicKeyPem),
        },
      },
    ]);
  });

  it("is proven to anybody by a receipt (improvement 27)", async () => {
    const { txId } = await room.secret(secretId);
    const record = (await released(contract)).at(-1)?.record;
    const { serviceCertificatePem } = net.workspace;
    const receipt = await fetchReceipt(net.client, txId);
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem, txId, document: record }).txId, txId);
    for (const changed of [
      { ...record, release: 1 },
      { ...record, recipientKeyDigest: "00".repeat(32) },
    ])
      assert.throws(() => verifyReceipt(receipt, { serviceCertificatePem, document: changed }), {
        code: "ClaimsMismatch",
      });
  });

  it("is numbered without gaps, also by clean rooms that ask at the same time and between refusals (improvement 27)", async () => {
    const own = await Collaboration.start(net);
    const id = await own.contract().putSecret("key", "v");
    const asking = Array.from({ length: 6 }, (_, index) =>
      index % 3 === 1 ? own.room({ claims: { "virtual-svn": 1 } }) : own.room(),
    );
    const outcomes = await Promise.allSettled(asking.map((who) => who.secret(id)));
    const numbers = outcomes.flatMap((one) => (one.status === "fulfilled" ? one.value.release : []));
    assert.deepEqual(numbers.sort(), [1, 2, 3, 4]);
    assert.deepEqual(
      (await released(own.contract())).map(({ record }) => record.release),
      [1, 2, 3, 4],
    );
  });

  it("is listed page by page, to members and users, not to strangers (improvements 23 and 27)", async () => {
    const all = await released(contract);
    const base = `/app/contracts/${contract.id}/releases`;
    const paged: unknown[] = [];
    for (let next: string | undefined = `${base}?limit=1`; next !== undefined;) {
      const page = (await net.as(net.members[0]).get(next)).json() as { value: unknown[]; nextLink?: string };
      assert.equal(page.value.length, 1);
      paged.push(...page.value);
      next = page.nextLink;
    }
    assert.deepEqual(paged, all);
    await assertRefused(net.client.get(base), 401, "InvalidAuthenticationInfo");
    for (const query of ["from=0", "limit=0", "limit=101", "from=x"])
      await assertRefused(net.as(net.members[0]).get(`${base}?${query}`), 400, "InvalidParameter");
  });

  it("stops while a single member has withdrawn its consent, and only that member can give it again (improvement 28)", async () => {
    const [, bob, carol] = net.members;
    const bobs = collaboration.contract(net.as(bob ?? net.members[0]));
    const carols = collaboration.contract(net.as(carol ?? net.members[0]));
    const ask = `/app/contracts/${contract.id}/runtimeoptions/execution/status`;
    const status = async () => (await net.client.post(ask, collaboration.evidence())).json();
    assert.deepEqual(await status(), { status: "enabled" });

    await bobs.setExecution("disable");
    await carols.setExecution("enable");
    const refusal = await assertRefused(room.secret(secretId), 403, "ExecutionDisabled");
    assert.ok(refusal.message.includes(bob?.id ?? "?"));
    const { reason } = (await status()) as { reason: { code: string } };
    assert.equal(reason.code, "ContractDisabled");

    await bobs.setExecution("enable");
    assert.deepEqual(await status(), { status: "enabled" });
    assert.equal((await room.secret(secretId)).value.toString(), "swordfish");
  });

  it("takes no consent from strangers and users, nor to contracts that are not accepted", async () => {
    const user = net.as(await net.addUser("eve"));
    for (const client of [user, net.client])
      await assertRefused(
        collaboration.contract(client).setExecution("disable"),
        401,
        "InvalidAuthenticationInfo",
      );
    const path = "/app/contracts/nowhere/runtimeoptions/execution/disable";
    await assertRefused(net.as(net.members[0]).post(path), 400, "ContractNotAccepted");
  });

  describe("is refused, with nothing left on the ledger,", () => {
    const everyTime = { evidenceEveryTime: true } as const;
    const presenting = (changes: RoomChanges = {}) => collaboration.room({ ...changes, ...everyTime });
    let before: string;
    beforeEach(async () => {
      before = await endOfLedger(net);
    });
    afterEach(async () => assert.equal(await endOfLedger(net), before));

    it("to other code, claim by claim: what was presented, and what is accepted (improvement 29)", async () => {
      const claims = { "virtual-measurement": "bad0", "virtual-svn": 6 };
      const refusal = await refusedEvidence(presenting({ claims }).secret(secretId), "ClaimMismatch");
      assert.deepEqual(
        refusal.details.map((detail) => ({ ...(detail as object), message: undefined })),
        Object.entries(claims).map(([claim, presented]) => ({
          code: "ClaimMismatch",
          claim,
          presented,
          accepted: [AGREED[claim as keyof typeof AGREED]],
          alternative: 0,
          message: undefined,
        })),
      );
      assert.ok(!JSON.stringify(refusal.details).includes("swordfish"));
    });

    it("to code that does not say what it is", async () => {
      const silent = presenting({ claims: { "virtual-measurement": undefined } as object });
      const refusal = await refusedEvidence(silent.secret(secretId), "ClaimMissing");
      assert.equal((refusal.details as { claim: string }[])[0]?.claim, "virtual-measurement");
    });

    it("to code that can be debugged", () =>
      refusedEvidence(
        presenting({ claims: { "virtual-is-debuggable": true } }).secret(secretId),
        "DebugEnabled",
      ));

    it("on the word of a machine that the members did not vote for", () =>
      refusedEvidence(presenting({ machine: makeMachine() }).secret(secretId), "KeyNotTrusted"));

    it("when the statement was changed after it was signed", async () => {
      const other = collaboration.evidence({ claims: { "virtual-svn": 8 } }).attestation;
      const evidence = collaboration.evidence();
      const { statement } = other;
      const mixed = { ...evidence, attestation: { ...evidence.attestation, statement } };
      const asking = new CleanRoom(net.client, contract.id, collaboration.key, mixed, everyTime).secret(
        secretId,
      );
      await refusedEvidence(asking, "StatementSignatureInvalid");
    });

    it("when the evidence is somebody else's", async () => {
      const asking = presenting({ boundKey: makeCleanRoomKey() }).secret(secretId);
      await assertRefused(asking, 400, "ReportDataMismatch");
    });

    it("when the attested key cannot be encrypted to", async () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
      const key: CleanRoomKey = { privateKey, publicKeyPem };
      const evidence = collaboration.evidence({ boundKey: key });
      const asking = new CleanRoom(net.client, contract.id, key, evidence, everyTime).secret(secretId);
      await assertRefused(asking, 400, "EncryptionKeyUnsupported");
    });

    it("to evidence of another platform than the policy is about", () => {
      const evidence = { platform: "snp-caci" as const, attestation: { evidence: "AAAA" } };
      const asking = new CleanRoom(net.client, contract.id, collaboration.key, evidence, everyTime).secret(
        secretId,
      );
      return refusedEvidence(asking, "PolicyTypeMismatch");
    });

    it("of what is not there, even to the right code", () =>
      assertRefused(presenting().secret("cleanroom_nothing"), 404, "SecretNotFound"));
  });

  it("is refused under a contract without policy, though another contract trusts the code", async () => {
    const contractId = await acceptedContract(net);
    await refusedEvidence(collaboration.room({ contractId }).secret(secretId), "NoPolicy");
  });

  it("ends when the members withdraw their trust in the machine", async () => {
    const machine = makeMachine();
    await net.pass(trustMachine(machine), setPolicy(contract.id, "virtual", TRUSTING_AGREED));
    const there = collaboration.room({ machine });
    assert.equal((await there.secret(secretId)).value.toString(), "swordfish");
    await net.pass({ name: "remove_virtual_attestation_key", args: { key_id: virtualKeyId(machine) } });
    await refusedEvidence(there.secret(secretId), "KeyNotTrusted");
  });
});
