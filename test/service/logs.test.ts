import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Network } from "../../sandbox/network.js";
import { signedRequest } from "../../sdk/attested.js";
import { propose, vote, withdraw } from "../../sdk/governance.js";
import { Collaboration, setPolicy } from "./support/collaboration.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";

/** Stands in everything that is sent here. */
const MARK = "marlin-4711";

describe("the log of a node (improvement 25)", function () {
  this.timeout(60_000);
  let net: Network;
  let collaboration: Collaboration;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
  });

  const written = (): string => {
    const file = net.workspace.path("node.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };

  it("says nothing of what requests hold, accepted or refused", async () => {
    const [alice] = founders(net);
    const member = net.as(alice);
    const { contractId, key } = collaboration;
    const base = `/app/contracts/${contractId}`;
    const code = collaboration.room();
    await code.putSecret(MARK, MARK);
    await code.logEvent({ text: MARK }, { id: MARK });
    await member.put(`/app/contracts/${freshId(MARK)}`, { data: { text: MARK } });
    await member.put(`${base}/secrets/${MARK}`, { value: MARK });
    const evidence = collaboration.evidence({ claims: { "virtual-measurement": MARK } });
    for (const [method, path, body] of [
      ["PUT", `/app/contracts/${MARK}`, `{"data": ${MARK}`],
      ["PUT", `/app/contracts/${MARK}`, { data: 1, version: { text: MARK } }],
      ["PUT", `/app/contracts/a${MARK}%20`, { data: MARK }],
      ["GET", `/app/contracts?state=${MARK}`, undefined],
      ["GET", `${base}/events?from_seqno=${MARK}`, undefined],
      ["POST", `${base}/secrets/${MARK}`, { attestation: { text: MARK } }],
      ["POST", `${base}/secrets/${alice.id}_${MARK}`, signedRequest(key, evidence, MARK)],
      ["POST", `/app/${MARK}`, { text: MARK }],
    ] as const)
      await assert.rejects(member.request(method, path, { body }));
    await assert.rejects(net.as({ token: MARK }).get("/app/contracts"));
    assert.ok(!written().includes(MARK));
  });

  it("says nothing of what is proposed, nor of ballots", async () => {
    const [alice, bob] = founders(net);
    const claims = { "virtual-measurement": [MARK] };
    const invitation = { invitationId: freshId("invitation"), type: "add", accountType: "microsoft" };
    const invite = { ...invitation, claims: { email: [`${MARK}@example.com`] } };
    const { proposalId } = await propose(net.client, alice, [
      setPolicy(collaboration.contractId, "virtual", claims),
      { name: "set_user_invitation_by_jwt_claims", args: invite },
    ]);
    for (const ballot of [
      `export function vote () { throw new Error("${MARK}") }`,
      MARK,
      `export function vote () { return "${MARK}" }`,
    ]) {
      // whether a ballot counts is not the point here
      await vote(net.client, bob, proposalId, ballot).catch(() => undefined);
    }
    await withdraw(net.client, alice, proposalId);
    await assert.rejects(propose(net.client, alice, [{ name: MARK, args: { [MARK]: MARK } }]));
    assert.ok(!written().includes(MARK));
  });
});
