import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { makeKeyPair } from "../support/certificates.js";
import { Application, assertAllAnswered } from "./support/existing/application.js";
import { ExistingCleanRooms } from "./support/existing/code.js";
import { exercised } from "./support/existing/exercised.js";
import type { Address } from "./support/existing/http.js";
import { type ExistingMember, passed } from "./support/existing/member.js";
import {
  agreedContract,
  registeredUser,
  threeMembers,
  type ThreeMembers,
} from "./support/existing/parties.js";
import { existingService } from "./support/existing/service.js";
import { ExistingSidecar } from "./support/existing/sidecar.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { TokenIssuer } from "./support/tokens.js";

// Requests as the governance sidecar of the reference sends them (its contract §6.3, §6.4).

const contract = "/contracts/{contractId}";
const OTHER = { "virtual-measurement": "0bad" } as const;

describe("the governance sidecar of the reference", function () {
  this.timeout(60_000);
  let service: Address;
  let members: ThreeMembers;
  let alice: ExistingMember, bob: ExistingMember;
  let rooms: ExistingCleanRooms;
  let contractId: string;
  let sidecar: ExistingSidecar;

  before(async () => {
    const net = await sharedNetwork();
    service = existingService(net);
    members = threeMembers(net);
    [alice, bob] = members;
    rooms = await ExistingCleanRooms.start(service, members);
    ({ contractId } = rooms);
    sidecar = rooms.sidecar();
  });

  const eventsAt = async (query: string, id = contractId) =>
    (await alice.call(`GET ${contract}/events`, [id], { query })).value;

  it("logs events, which the member client finds: the newest, and ranges page by page", async () => {
    const none = await eventsAt("?id=unheard");
    assert.deepEqual(none.value, []);
    await sidecar.putEvent({ message: "started", at: ["日本", null] });
    const [latest] = (await eventsAt("")).value;
    assert.deepEqual(
      [latest?.id, latest?.scope, latest?.data],
      [contractId, "", { message: "started", at: ["日本", null] }],
    );
    assert.equal(new Date(Number(latest?.timestamp)).toISOString(), latest?.timestamp_iso);

    for (let step = 1; step <= 3; step++) await sidecar.putEvent({ step }, "?id=run&scope=training");
    assert.deepEqual((await eventsAt("?id=run&scope=training")).value[0]?.data, { step: 3 });
    const steps: unknown[] = [];
    let next: string | undefined = `?from_seqno=1&max_seqno_per_page=0&id=run&scope=training`;
    for (let pages = 1; next !== undefined; pages++) {
      assert.ok(pages < 10);
      const page = await eventsAt(next);
      steps.push(...page.value.map(({ data }) => data));
      const prefix = `/app/contracts/${contractId}/events`;
      assert.ok(page.nextLink?.startsWith(prefix) ?? true);
      next = page.nextLink?.slice(prefix.length);
    }
    assert.deepEqual(steps, [{ step: 1 }, { step: 2 }, { step: 3 }]);
    const seqno = latest?.seqno ?? 0;
    const range = await eventsAt(`?from_seqno=${seqno}&to_seqno=${seqno}`);
    assert.deepEqual(
      range.value.map(({ timestampIso }) => timestampIso),
      [latest?.timestamp_iso],
    );
  });

  it("logs events with a token instead of evidence, for holders whom the policy names", async () => {
    const tenant = freshId("tenant");
    const issuer = new TokenIssuer({ tenant });
    await passed(members, issuer.registration);
    // nobody needs to be registered for that
    const id = freshId("pipeline");
    const token = issuer.token({ oid: id });
    const trusted = await agreedContract(members);
    const claims = { oid: [id], tid: [tenant] };
    const args = { contractId: trusted, type: "add", policyType: "jwt", claims };
    await passed(members, { name: "set_clean_room_policy", args });
    await new ExistingSidecar(service, trusted, { token }).putEvent("by token", "?id=t");
    assert.equal((await eventsAt("?id=t", trusted)).value[0]?.data, "by token");
    const stranger = new ExistingSidecar(service, contractId, { token });
    const body = stranger.signed("by token");
    const put = `PUT ${contract}/events` as const;
    await stranger.application.refused(400, "VerifyJwtAttestationFailed", put, [contractId], { body });
    const user = new ExistingSidecar(service, contractId, await registeredUser(members));
    assert.equal((await user.consent("execution")).status, "enabled");
  });

  it("gets secrets of members, and keeps secrets of the clean room", async () => {
    const value = "schlüssel 🗝";
    const path = [contractId, "key"];
    const put = await bob.call(`PUT ${contract}/secrets/{secretName}`, path, { body: { value } });
    assert.equal(await sidecar.secret(put.value.secretId), value);
    assert.equal(await sidecar.putSecret("key", "ours"), "cleanroom_key");
    assert.equal(await rooms.sidecar().secret("cleanroom_key"), "ours");
    const read = `POST ${contract}/secrets/{secretId}` as const;
    const asking = { body: sidecar.unsigned() };
    await sidecar.application.refused(404, "SecretNotFound", read, [contractId, "cleanroom_no"], asking);
    const stranger = rooms.sidecar(OTHER);
    const refused = { body: stranger.unsigned() };
    const id = [contractId, "cleanroom_key"];
    await stranger.application.refused(400, "VerifySnpAttestationFailed", read, id, refused);
  });

  it("delegates: other code gets a secret, writes events, has a key certified, and no more", async () => {
    await sidecar.putSecret("delegated", "for workers");
    const worker = rooms.sidecar(OTHER);
    const claims = { "virtual-measurement": ["0bad"], "virtual-is-debuggable": [false] };
    const policy = { type: "add", policyType: "virtual", claims };
    for (const [type, id] of [
      ["secrets", "cleanroom_delegated"],
      ["events", "writer"],
      ["ca", "endorsed-cert"],
    ] as const)
      await sidecar.delegate(type, id, policy);

    const list = (await alice.call(`GET ${contract}/cleanroompolicy/delegates`, [contractId])).value.value;
    assert.ok(
      list.some(({ delegateType, delegateId }) => `${delegateType}/${delegateId}` === "events/writer"),
    );
    const item = `POST ${contract}/cleanroompolicy/delegates/{delegateType}/{delegateId}` as const;
    const claimsOf = async (type: string, id: string) =>
      (await alice.call(item, [contractId, type, id])).value.claims;
    assert.deepEqual(await claimsOf("events", "writer"), claims);
    assert.deepEqual(await claimsOf("events", "nobody"), {});

    assert.equal(await worker.secret("cleanroom_delegated"), "for workers");
    await worker.putEvent("worked", "?id=worker");
    assert.equal((await eventsAt("?id=worker")).value[0]?.data, "worked");
    const early = { body: worker.signed(proxyCertificate(makeKeyPair("P-384").publicKeyPem)) };
    const endorse = `POST ${contract}/ca/generateEndorsedCert` as const;
    await worker.application.refused(404, "NoCASigningKey", endorse, [contractId], early);
    await passed(members, { name: "enable_ca", args: { contractId } });
    await bob.call(`POST ${contract}/ca/generateSigningKey`, [contractId]);
    await assertCertifies(worker);
    const more = { body: worker.signed({ value: "mine" }) };
    const secret = `PUT ${contract}/secrets/{secretName}` as const;
    const refusal = [400, "VerifySnpAttestationFailed", secret, [contractId, "mine"], more] as const;
    await worker.application.refused(...refusal);

    await sidecar.delegate("events", "writer", { type: "remove", claims, policyType: "virtual" });
    assert.deepEqual(await claimsOf("events", "writer"), {});
    const event = { body: worker.signed("more") };
    const put = `PUT ${contract}/events` as const;
    await worker.application.refused(400, "VerifySnpAttestationFailed", put, [contractId], event);
    await assertCertifies(sidecar);
  });

  /** The certificate for which the proxy of a clean room asks. */
  const proxyCertificate = (publicKey: string) => ({
    publicKey,
    subjectName: "CN=ccr-proxy",
    subjectAlternateNames: ["dNSName:*.cleanroom.local", "dNSName:proxy.example.com"],
    validityPeriodDays: 100,
  });

  async function assertCertifies(code: ExistingSidecar): Promise<void> {
    const key = makeKeyPair("P-384");
    const certificate = await code.certificate(proxyCertificate(key.publicKeyPem));
    const { caCert = "" } = (await alice.call(`POST ${contract}/ca/status`, [contractId])).value;
    const issued = new X509Certificate(certificate);
    assert.ok(issued.verify(new X509Certificate(caCert).publicKey));
    assert.equal(issued.subject, "CN=ccr-proxy");
    assert.equal(issued.subjectAltName, "DNS:*.cleanroom.local, DNS:proxy.example.com");
    assert.equal(issued.publicKey.export({ type: "spki", format: "pem" }), key.publicKeyPem);
  }

  it("asks for consent without saying any key", async () => {
    assert.deepEqual(await sidecar.consent("execution"), { status: "enabled" });
    for (const option of ["logging", "telemetry"])
      assert.deepEqual(await sidecar.consent(option), { status: "disabled", proposalIds: [] });
    await bob.call(`POST ${contract}/runtimeoptions/{option}/disable`, [contractId, "execution"]);
    const { status, reason } = await sidecar.consent("execution");
    assert.deepEqual([status, reason?.code], ["disabled", "ContractDisabled"]);
    await bob.call(`POST ${contract}/runtimeoptions/{option}/enable`, [contractId, "execution"]);
    assert.deepEqual(await sidecar.consent("execution"), { status: "enabled" });
  });

  it("gets accepted documents as the member client reads them, and consent to them", async () => {
    const memberDocument = freshId("document");
    const data = { text: "日本" };
    const draft = { body: { version: "", contractId, data } };
    await alice.call("PUT /memberdocuments/{documentId}", [memberDocument], draft);
    const { value: document } = await alice.call("GET /memberdocuments/{documentId}", [memberDocument]);
    const args = { documentId: memberDocument, document };
    await passed(members, { name: "set_member_document", args });
    const accepted = await alice.call("GET /memberdocuments/{documentId}", [memberDocument]);
    assert.deepEqual(await sidecar.document("memberdocuments", memberDocument), accepted.value);

    const userDocument = freshId("document");
    const approvers = [{ approverId: bob.id, approverIdType: "member" }];
    await bob.call("PUT /userdocuments/{documentId}", [userDocument], {
      body: { ...draft.body, approvers },
    });
    for (const option of ["execution", "telemetry"])
      assert.equal(
        (await sidecar.documentConsent(userDocument, option)).reason?.code,
        "UserDocumentNotAccepted",
      );
    const proposed = await bob.call("GET /userdocuments/{documentId}", [userDocument]);
    const proposal = [freshId("proposal")];
    await bob.call("PUT /users/proposals/{proposalId}", proposal, {
      body: {
        name: "set_user_document",
        args: { documentId: userDocument, document: proposed.value },
        approvers,
      },
    });
    await bob.call("POST /users/proposals/{proposalId}/ballots/submit", proposal, {
      body: { ballot: "accepted" },
    });
    const read = await bob.call("GET /userdocuments/{documentId}", [userDocument]);
    assert.deepEqual(await sidecar.document("userdocuments", userDocument), read.value);
    for (const option of ["execution", "telemetry"])
      assert.deepEqual(await sidecar.documentConsent(userDocument, option), { status: "enabled" });
  });

  it("passes on who is an active user, and who the members are", async () => {
    const { token } = await registeredUser(members);
    assert.equal(await sidecar.isActive(token), true);
    const answer = await sidecar.application.request("GET", "/gov/service/members?api-version=2024-07-01");
    assert.equal(answer.status, 200);
    const { value } = JSON.parse(answer.text) as { value: { memberId: string; status: string }[] };
    assert.ok(value.some(({ memberId, status }) => memberId === alice.id && status === "Active"));
    const anybody = new Application(service);
    await anybody.refused(401, "InvalidAuthenticationInfo", "POST /users/identities/self/status");
  });

  it("and was answered by every operation of these that it calls", () =>
    assertAllAnswered(exercised.sidecar));
});
