import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { signedRequest } from "../../sdk/attested.js";
import type { Client } from "../../sdk/client.js";
import { Collaboration } from "./support/collaboration.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

const workerData = "cd".repeat(32);
const claims = { "virtual-hostdata": [workerData] };

describe("what a clean room delegates to other code", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let secretId: string;
  let base: string;
  let member: Client;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
    secretId = await collaboration.contract().putSecret("key", "swordfish");
    base = `/app/contracts/${collaboration.contractId}/cleanroompolicy/delegates`;
    member = net.as(net.members[0]);
  });

  const worker = () => collaboration.room({ claims: { "virtual-hostdata": workerData } });
  const delegate = (content: object, purpose = `secrets/${secretId}`, evidence = collaboration.evidence()) =>
    net.client.put(`${base}/${purpose}`, signedRequest(collaboration.key, evidence, content));
  const add = { type: "add", policyType: "virtual", claims };

  it("lets it get one secret, until that is taken back", async () => {
    await assertRefused(worker().secret(secretId), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    await delegate(add);
    const { value } = await worker().secret(secretId);
    assert.equal(value.toString(), "swordfish");
    const other = await collaboration.contract().putSecret("other", "v");
    await assertRefused(worker().secret(other), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    await delegate({ ...add, type: "remove" });
    await assertRefused(worker().secret(secretId), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
  });

  it("is read by members and users, page by page, and by no stranger (improvement 23)", async () => {
    await delegate(add, "events/writer");
    const user = net.as(await net.addUser(freshId("user")));
    for (const client of [member, user]) {
      assert.deepEqual((await client.post(`${base}/events/writer`)).json(), {
        claims,
        policyType: "virtual",
        alternatives: [claims],
      });
      assert.deepEqual((await client.post(`${base}/podpolicies/admin`)).json(), { claims: {} });
      const first = (await client.get(`${base}?limit=1`)).json() as { value: object[]; nextLink: string };
      assert.deepEqual(first.value, [{ delegateType: "events", delegateId: "writer" }]);
      const second = (await client.get(first.nextLink)).json();
      assert.deepEqual(second, { value: [{ delegateType: "secrets", delegateId: secretId }] });
    }
    await assertRefused(net.client.get(base), 401, "InvalidAuthenticationInfo");
    await assertRefused(net.client.post(`${base}/events/writer`), 401, "InvalidAuthenticationInfo");
  });

  it("is refused when it could never match, or who delegates is not trusted itself", async () => {
    await assertRefused(delegate({ ...add, claims: { pcr0: ["x"] } }), 400, "InvalidPolicy");
    await assertRefused(delegate({ ...add, type: "remove" }, "secrets/other"), 400, "InvalidPolicy");
    const stranger = collaboration.evidence({ claims: { "virtual-hostdata": workerData } });
    const asking = delegate(add, "secrets/other", stranger);
    await assertRefused(asking, 400, "VerifySnpAttestationFailed", "ClaimMismatch");
  });
});
