import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { makeCleanRoomKey, signedRequest } from "../../sdk/attested.js";
import { events } from "../../sdk/answers.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { type ContractClient, eventClaim } from "../../sdk/contract.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { type Receipt, verifyReceipt } from "../../sdk/receipt.js";
import { acceptedContract, Collaboration, setPolicy } from "./support/collaboration.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { TokenIssuer } from "./support/tokens.js";

describe("events", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;
  let room: CleanRoom;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
    contract = collaboration.contract();
    room = collaboration.room();
  });

  const base = () => `/app/contracts/${contract.id}/events`;
  const seqnoOf = (txId: string) => Number(txId.split(".")[1]);
  const read = async (query: string) => (await net.as(net.members[0]).get(`${base()}?${query}`)).as(events);
  const dataOf = async (query: string) => (await read(query)).value.map(({ data }) => data);
  const signed = (data: unknown) => signedRequest(collaboration.key, collaboration.evidence(), data);

  it("are written by code that the members agreed on, and read by members and users", async () => {
    const data = { rows: 3, note: "ü 🗝", nested: [null, { deep: 1e21 }] };
    const before = Date.now();
    const txId = await room.logEvent(data);
    const event = await contract.latestEvent();
    assert.deepEqual(event?.data, data);
    assert.equal(event.seqno, seqnoOf(txId));
    assert.ok(Number(event.timestamp) >= before && Number(event.timestamp) <= Date.now());
    const { timestamp_iso, timestampIso } = event as unknown as Record<string, string>;
    assert.deepEqual([timestamp_iso, timestampIso], Array(2).fill(new Date(+event.timestamp).toISOString()));
    const user = collaboration.contract(net.as(await net.addUser(freshId("user"))));
    assert.deepEqual(await user.latestEvent(), event);
    await assertRefused(collaboration.contract(net.client).latestEvent(), 401, "InvalidAuthenticationInfo");
  });

  it("are written once: who sends a request again is refused, wherever he sends it and whatever he adds", async () => {
    const request = signed({ said: "once" });
    await net.client.put(`${base()}?id=once`, request);
    for (const path of [`${base()}?id=once`, `${base()}?id=other`, `${base()}?id=once&scope=other`])
      await assertRefused(net.client.put(path, request), 409, "RequestReplayed");
    await assertRefused(net.client.put(base(), { ...request, timestamp: "1" }), 409, "RequestReplayed");
    assert.deepEqual(await dataOf("id=once&from_seqno=1"), [{ said: "once" }]);
    await net.client.put(`${base()}?id=once`, signed({ said: "once" }));
    assert.equal((await dataOf("id=once&from_seqno=1")).length, 2);
  });

  it("are kept apart by contract, scope and id; nobody knows those that never were", async () => {
    for (const [data, name] of [
      ["neither", {}],
      ["id", { id: "x" }],
      ["both", { id: "x", scope: "s" }],
    ] as const)
      await room.logEvent(data, name);
    assert.deepEqual(await dataOf(""), ["neither"]);
    assert.deepEqual(await dataOf(`id=${contract.id}`), ["neither"]);
    assert.deepEqual(await dataOf("id=x"), ["id"]);
    assert.deepEqual(await dataOf("id=x&scope=s"), ["both"]);
    assert.deepEqual(await dataOf("id=s&scope=x"), []);
    assert.deepEqual(await dataOf("id=never&from_seqno=1"), []);
  });

  it("are read in ranges of the ledger, both ends included, each once and in order", async () => {
    const name = { id: freshId("ranged"), scope: "s" };
    const selecting = `id=${name.id}&scope=s`;
    const seqnos: number[] = [];
    for (let number = 0; number < 5; number++) {
      seqnos.push(seqnoOf(await room.logEvent(number, name)));
      await room.logEvent("other", { id: freshId("other") });
    }
    const [first = 0, second = 0, , fourth = 0, fifth = 0] = seqnos;
    for (const [range, expected] of [
      [`from_seqno=${first}&to_seqno=${fifth}`, [0, 1, 2, 3, 4]],
      [`from_seqno=${second}&to_seqno=${fourth}`, [1, 2, 3]],
      [`from_seqno=${second + 1}&to_seqno=${fourth - 1}`, [2]],
      [`from_seqno=${fourth}`, [3, 4]],
      [`to_seqno=${second}`, [0, 1]],
      [`from_seqno=${fifth + 1}`, []],
      [`from_seqno=1&to_seqno=${first - 1}`, []],
      ["from_seqno=1&to_seqno=1", []],
    ] as const)
      assert.deepEqual(await dataOf(`${selecting}&${range}`), expected, range);

    const all = [];
    for await (const event of contract.events(name)) all.push(event.seqno);
    assert.deepEqual(all, seqnos);
    const pages: unknown[][] = [];
    for (
      let next: string | undefined = `${base()}?${selecting}&from_seqno=1&max_seqno_per_page=2`;
      next !== undefined;
    ) {
      const page: { value: { data: unknown }[]; nextLink?: string | undefined } = (
        await net.as(net.members[1] ?? net.members[0]).get(next)
      ).as(events);
      pages.push(page.value.map(({ data }) => data));
      next = page.nextLink;
    }
    assert.deepEqual(pages.flat(), [0, 1, 2, 3, 4]);
    assert.ok(pages.length > 1 && pages.every(({ length }) => length > 0 && length <= 3));
  });

  it("are refused in ranges that make no sense", async () => {
    for (const [query, code] of [
      ["from_seqno=0", "InvalidParameter"],
      ["from_seqno=-1", "InvalidParameter"],
      ["from_seqno=1e3", "InvalidParameter"],
      ["to_seqno=x", "InvalidParameter"],
      ["from_seqno=9&to_seqno=8", "InvalidParameter"],
      ["max_seqno_per_page=many", "InvalidParameter"],
      ["id=a%2Fb", "InvalidQuery"],
      [`scope=${"x".repeat(129)}`, "InvalidQuery"],
    ] as const)
      await assertRefused(net.as(net.members[0]).get(`${base()}?${query}`), 400, code);
  });

  it("are proven to anybody by the receipt of their transaction", async () => {
    const name = { id: freshId("proven"), scope: "audit" };
    const txId = await room.logEvent({ output: "averages" }, name);
    const event = await contract.latestEvent(name);
    assert.ok(event);
    const document = eventClaim(event);
    const { serviceCertificatePem } = net.workspace;
    const receipt = await fetchReceipt(net.client, txId);
    const expected = { serviceCertificatePem, txId, document };
    assert.equal(verifyReceipt(receipt, expected).txId, txId);

    for (const changed of [
      { ...document, data: { output: "everything" } },
      { ...document, contractId: "another" },
      { ...document, timestamp: "0000000000000" },
    ])
      assert.throws(() => verifyReceipt(receipt, { ...expected, document: changed }), {
        code: "ClaimsMismatch",
      });
    const [step] = receipt.proof;
    const turned = step !== undefined && "left" in step ? { right: step.left } : { left: step?.right };
    for (const [changes, code] of [
      [{ signature: receipt.signature.replace(/^.{40}/, "A".repeat(40)) }, "SignatureMismatch"],
      [{ proof: receipt.proof.slice(1) }, "SignatureMismatch"],
      [{ proof: [turned, ...receipt.proof.slice(1)] }, "SignatureMismatch"],
      [{ node_id: "00".repeat(32) }, "NodeMismatch"],
      [{ cert: net.members[0].certificatePem }, "NodeNotEndorsed"],
    ] as [Partial<Receipt>, string][])
      assert.throws(() => verifyReceipt({ ...receipt, ...changes }, expected), { code });
    assert.throws(() => verifyReceipt(receipt, { ...expected, txId: "2.1" }), {
      code: "TransactionMismatch",
    });
  });

  it("are not written by other code, nor with another key than the attested one, nor by certificates", async () => {
    const thief = makeCleanRoomKey();
    const stolen = new CleanRoom(net.client, contract.id, thief, collaboration.evidence());
    await room.logEvent("last");
    const other = collaboration.room({ claims: { "virtual-measurement": "bad0" } });
    await assertRefused(other.logEvent("x"), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    await assertRefused(stolen.logEvent("x"), 400, "ReportDataMismatch");
    const { attestation: _, ...unattested } = signed("x");
    await assertRefused(net.as(net.members[0]).put(base(), unattested), 400, "AttestationMissing");
    assert.deepEqual(await dataOf(""), ["last"]);
  });

  it("carry the time that their writer says, which must be one", async () => {
    for (const [timestamp, stored] of [
      ["1700000000123", "1700000000123"],
      ["7", "0000000000007"],
    ]) {
      await net.client.put(base(), { ...signed("x"), timestamp });
      assert.equal((await contract.latestEvent())?.timestamp, stored);
    }
    for (const [timestamp, code] of [
      [null, "TimestampMissing"],
      ["", "TimestampMissing"],
      ["now", "TimestampInvalid"],
      ["2026-11-23T12:00:00Z", "TimestampInvalid"],
      ["1.5", "TimestampInvalid"],
      [1700000000123, "TimestampInvalid"],
      ["10000000000000", "TimestampTooLarge"],
    ] as const)
      await assertRefused(net.client.put(base(), { ...signed("x"), timestamp }), 400, code);
    for (const [changes, code] of [
      [{ sign: null }, "SignatureMissing"],
      [{ data: null }, "DataMissing"],
      [{ data: Buffer.from('"y"').toString("base64") }, "SignatureMismatch"],
    ] as const)
      await assertRefused(net.client.put(base(), { ...signed("x"), ...changes }), 400, code);
    assert.equal((await contract.latestEvent())?.timestamp, "0000000000007");
  });

  it("are written by holders of a token, too, where the contract's policy is about tokens", async () => {
    const issuer = new TokenIssuer();
    const contractId = await acceptedContract(net);
    const policy = setPolicy(contractId, "jwt", { sub: ["pipeline"], iss: [issuer.url] });
    await net.pass(issuer.registration, policy);
    const path = `/app/contracts/${contractId}/events`;
    const { attestation: _, ...body } = signed("deployed");
    const put = (claims: object) => net.as({ token: issuer.token(claims) }).put(path, body);
    assert.equal((await put({ sub: "pipeline" })).status, 204);
    await assertRefused(put({ sub: "somebody" }), 400, "VerifyJwtAttestationFailed");
    await assertRefused(put({}), 400, "VerifyJwtAttestationFailed");
    const virtual = net.as({ token: issuer.token({ sub: "pipeline" }) }).put(base(), body);
    await assertRefused(virtual, 400, "VerifyJwtAttestationFailed");
    const [event] = (await net.as(net.members[0]).get(path)).as(events).value;
    assert.equal(event?.data, "deployed");
  });
});
