import assert from "node:assert/strict";
import { makeIdentity } from "../../../sandbox/member.js";
import { previousServiceCertificate, serviceInfo, verifyPreviousService } from "../../../sdk/service.js";
import { codeIs, ScriptedClient } from "./scripted-client.js";

const certificate = async (name: string) => (await makeIdentity(name)).certificatePem;
const recoveredFrom = (pem: string | undefined) =>
  new ScriptedClient((call) => {
    assert.equal(call, "GET /node/service/previous_identity");
    return pem === undefined ? undefined : { body: { previous_service_identity: pem } };
  });

describe("a service", () => {
  it("says what state it is in, how often it was recovered, and how many members that takes", async () => {
    const body = {
      status: "WaitingForRecoveryShares",
      certificate: "PEM",
      recoveryCount: 1,
      configuration: { recoveryThreshold: 2 },
    };
    const info = await serviceInfo(new ScriptedClient(() => ({ body })));
    assert.deepEqual(info, {
      status: "WaitingForRecoveryShares",
      certificatePem: "PEM",
      recoveryCount: 1,
      recoveryThreshold: 2,
    });
  });

  it("says from which service it was recovered, if it was", async () => {
    assert.equal(await previousServiceCertificate(recoveredFrom("PEM")), "PEM");
    assert.equal(await previousServiceCertificate(recoveredFrom(undefined)), undefined);
    const failing = new ScriptedClient(() => ({
      status: 500,
      body: { error: { code: "InternalError", message: "a defect" } },
    }));
    await assert.rejects(previousServiceCertificate(failing), codeIs("InternalError"));
  });

  it("is the successor of the one that a client knew, or of another, or of none", async () => {
    const [before, other] = await Promise.all([certificate("before"), certificate("other")]);
    await verifyPreviousService(recoveredFrom(before), before);
    for (const said of [other, undefined])
      await assert.rejects(verifyPreviousService(recoveredFrom(said), before), codeIs("ServiceDiffers"));
    await assert.rejects(
      verifyPreviousService(recoveredFrom(before), "no certificate"),
      codeIs("InvalidCertificate"),
    );
  });
});
