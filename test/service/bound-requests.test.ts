import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { released } from "../../sdk/answers.js";
import {
  attestedRequest,
  makeCleanRoomKey,
  signedRequest,
  unwrap,
  virtualKeyId,
} from "../../sdk/attested.js";
import {
  BOUND_REQUEST_TYPE,
  boundRequest,
  type BoundRequestOptions,
  serviceIdentityOf,
} from "../../sdk/bound-request.js";
import type { Client } from "../../sdk/client.js";
import { openedSession } from "../../src/schemas/answers/sessions.js";
import {
  AGREED,
  Collaboration,
  makeMachine,
  setPolicy,
  TRUSTING_AGREED,
  trustMachine,
} from "./support/collaboration.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

const SESSIONS = "/app/attestation/sessions";
const SECRETS = "/app/attestation/secrets";

describe("bound requests and attested sessions (improvements 1, 2 and 7)", function () {
  this.timeout(30_000);
  let net: Network;
  let client: Client;
  let collaboration: Collaboration;
  let secretId: string;
  let service: string;

  before(async () => {
    net = await sharedNetwork();
    client = net.client;
    collaboration = await Collaboration.start(net);
    secretId = await collaboration.contract().putSecret("key", "swordfish");
    service = serviceIdentityOf(net.workspace.serviceCertificatePem);
  });

  const target = () => `/app/contracts/${collaboration.contractId}/secrets/${secretId}`;
  /** A request for the secret, but for the changes. */
  const bound = (changes: Partial<BoundRequestOptions> = {}): Uint8Array =>
    boundRequest({
      method: "POST",
      target: target(),
      service,
      key: collaboration.key,
      as: { evidence: collaboration.evidence() },
      ...changes,
    });
  const send = (body: Uint8Array, path = target(), method = "POST") =>
    client.request(method, path, { body, contentType: BOUND_REQUEST_TYPE });
  const open = async (changes: Partial<BoundRequestOptions> = {}): Promise<string> => {
    const answer = await send(bound({ target: SESSIONS, ...changes }), SESSIONS);
    return answer.as(openedSession).session;
  };
  const refusedSession = (session: string) =>
    assertRefused(send(bound({ as: { session } })), 403, "SessionNotFound");

  it("are carried out with evidence, or in a session that was opened with it", async () => {
    assert.equal((await send(bound())).status, 200);
    const session = await open();
    for (let time = 0; time < 2; time++) assert.equal((await send(bound({ as: { session } }))).status, 200);
  });

  it("may name contract and secret in their content: the same secret, from the same count of releases", async () => {
    const { contractId, key } = collaboration;
    const named = (content: Readonly<Record<string, unknown>>, changes: Partial<BoundRequestOptions> = {}) =>
      send(bound({ target: SECRETS, content, ...changes }), SECRETS);
    const { release: before } = (await send(bound())).as(released);
    const session = await open();
    for (const as of [{ session }, { evidence: collaboration.evidence() }]) {
      const answer = (await named({ contractId, secretId }, { as })).as(released);
      assert.equal(unwrap(Buffer.from(answer.value, "base64"), key.privateKey).toString(), "swordfish");
    }
    const { release, version } = (await named({ contractId, secretId, version: 1 })).as(released);
    assert.deepEqual([release, version], [before + 3, 1]);

    await assertRefused(named({ contractId, secretId, version: 2 }), 404, "SecretNotFound");
    await assertRefused(named({ contractId, secretId: "no/such" }), 404, "SecretNotFound");
    await assertRefused(named({ contractId: freshId("other"), secretId }), 403, "ContractNotAccepted");
    for (const content of [{}, { contractId }, { contractId, secretId, version: "1" }])
      await assertRefused(named(content), 400, "InvalidBody");
    await assertRefused(send(bound(), SECRETS), 400, "RequestTargetMismatch");
    const older = attestedRequest(key, collaboration.evidence());
    await assertRefused(
      client.post(SECRETS, { ...older, contractId, secretId }),
      400,
      "BoundRequestRequired",
    );
  });

  it("are carried out once", async () => {
    const session = await open();
    for (const body of [bound(), bound({ as: { session } })]) {
      await send(body);
      await assertRefused(send(body), 409, "RequestReplayed");
    }
  });

  it("are refused as another request, to another service, and at another time than signed", async () => {
    const elsewhere = `${target()}?version=1`;
    await assertRefused(send(bound(), elsewhere), 400, "RequestTargetMismatch");
    await assertRefused(send(bound({ method: "PUT" })), 400, "RequestTargetMismatch");
    await assertRefused(send(bound({ service: "00".repeat(32) })), 400, "ServiceMismatch");
    for (const minutes of [-6, 6])
      await assertRefused(
        send(bound({ at: new Date(Date.now() + minutes * 60_000) })),
        400,
        "RequestExpired",
      );
  });

  it("are refused when another key signs than the one that the evidence binds, or the session is for", async () => {
    const key = makeCleanRoomKey();
    await assertRefused(send(bound({ key })), 400, "ReportDataMismatch");
    const session = await open();
    await assertRefused(send(bound({ key, as: { session } })), 400, "SignatureMismatch");
    await assertRefused(open({ key }), 400, "ReportDataMismatch");
  });

  it("are refused when they are none, or were changed on the way", async () => {
    await assertRefused(send(new TextEncoder().encode("{}")), 400, "InvalidBoundRequest");
    const changed = bound();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await assertRefused(send(changed), 400, "SignatureMismatch");
  });

  it("need a session that was opened here, with evidence and in the bound form", async () => {
    await refusedSession("00".repeat(16));
    await refusedSession("constructor");
    const evidence = collaboration.evidence();
    await assertRefused(
      client.post(SESSIONS, attestedRequest(collaboration.key, evidence)),
      400,
      "BoundRequestRequired",
    );
    const session = await open();
    await assertRefused(open({ as: { session } }), 400, "InvalidBoundRequest");
    const forged = collaboration.evidence({ machine: makeMachine() });
    await assertRefused(
      open({ as: { evidence: forged } }),
      400,
      "VerifySnpAttestationFailed",
      "KeyNotTrusted",
    );
  });

  it("take effect at once: what the members decide in the middle of a session", async () => {
    const own = await Collaboration.start(net);
    const id = await own.contract().putSecret("key", "swordfish");
    const room = own.room();
    assert.equal((await room.secret(id)).value.toString(), "swordfish");

    await own.contract().setExecution("disable");
    await assertRefused(room.secret(id), 403, "ExecutionDisabled");
    await own.contract().setExecution("enable");
    await room.secret(id);

    await net.pass(
      setPolicy(own.contractId, "virtual", { "virtual-svn": [{ atLeast: AGREED["virtual-svn"] + 1 }] }),
    );
    await assertRefused(room.secret(id), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
  });

  it("end with the trust under which the session was opened", async () => {
    const machine = makeMachine();
    const policy = setPolicy(collaboration.contractId, "virtual", TRUSTING_AGREED);
    await net.pass(trustMachine(machine), policy);
    const session = await open({ as: { evidence: collaboration.evidence({ machine }) } });
    await send(bound({ as: { session } }));
    await net.pass({ name: "remove_virtual_attestation_key", args: { key_id: virtualKeyId(machine) } });
    await refusedSession(session);
  });

  it("store secrets, and log events, with the content that JSON requests have", async () => {
    const room = collaboration.room();
    const stored = await room.putSecret("made-here", "π");
    assert.equal((await room.secret(stored)).value.toString(), "π");
    await room.logEvent({ deep: [1, null, "ü"] }, { id: "bound", scope: "s" });
    const event = await collaboration.contract().latestEvent({ id: "bound", scope: "s" });
    assert.deepEqual(event?.data, { deep: [1, null, "ü"] });
  });

  it("ask for consent, which only reads", async () => {
    const path = `/app/contracts/${collaboration.contractId}/runtimeoptions/execution/status`;
    const body = bound({ target: path });
    for (let time = 0; time < 2; time++)
      assert.deepEqual((await send(body, path)).json(), { status: "enabled" });
    const key = makeCleanRoomKey();
    await assertRefused(send(bound({ target: path, key }), path), 400, "ReportDataMismatch");
  });

  it("can be demanded by the members: then the older form is refused", async () => {
    const demand = (status: string) =>
      net.pass({ name: "set_cgs_runtime_options", args: { option: "require-bound-requests", status } });
    const older = () => signedRequest(collaboration.key, collaboration.evidence(), { n: 1 });
    const events = `/app/contracts/${collaboration.contractId}/events`;
    await demand("enabled");
    try {
      await assertRefused(client.put(events, older()), 400, "BoundRequestRequired");
      await assertRefused(client.post(target(), older()), 400, "BoundRequestRequired");
      assert.equal((await send(bound())).status, 200);
    } finally {
      await demand("disabled");
    }
    assert.equal((await client.put(events, older())).status, 204);
  });
});
