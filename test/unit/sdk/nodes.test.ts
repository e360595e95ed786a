import assert from "node:assert/strict";
import { ServiceError } from "../../../sdk/errors.js";
import {
  consensus,
  listNodes,
  nodeState,
  nodeStatuses,
  primaryOf,
  untilCaughtUp,
  untilTrusted,
} from "../../../sdk/nodes.js";
import { codeIs, ScriptedClient } from "./scripted-client.js";

const node = (id: string, changes: object = {}) => ({
  node_id: id,
  status: "Trusted",
  primary: false,
  rpc_interfaces: {
    primary: { bind_address: "10.0.0.1:1", published_address: `${id}:8000` },
    second: { bind_address: "10.0.0.1:2", published_address: `${id}:8001` },
  },
  node_data: { where: "here" },
  last_written: 9,
  ...changes,
});
const network = (...nodes: object[]) =>
  new ScriptedClient((call) => (call === "GET /node/network/nodes" ? { body: { nodes } } : undefined));

describe("nodes", () => {
  it("are listed with status, role and the addresses that they publish", async () => {
    const [first, second] = await listNodes(network(node("a", { primary: true }), node("b")));
    const addresses = { primary: "a:8000", second: "a:8001" };
    assert.deepEqual(first, {
      id: "a",
      status: "Trusted",
      primary: true,
      addresses,
      data: { where: "here" },
    });
    assert.equal(second?.primary, false);
  });

  it("have a primary, or none while one is elected", async () => {
    assert.equal((await primaryOf(network(node("a"), node("b", { primary: true })))).id, "b");
    await assert.rejects(primaryOf(network(node("a"))), codeIs("NoPrimary"));
  });

  it("are asked at their own addresses; one that does not answer is shown as such", async () => {
    const client = new ScriptedClient((call) => {
      if (call === "GET /node/network/nodes") return { body: { nodes: [node("a"), node("b")] } };
      if (call.endsWith("at https://b:8000")) throw new ServiceError(0, "Unreachable", "dead");
      if (call === "GET /node/commit at https://a:8000") return { body: { transaction_id: "2.17" } };
      assert.equal(call, "GET /node/state at https://a:8000");
      const body = { node_id: "a", state: "PartOfNetwork", last_signed_seqno: 17, startup_seqno: 0 };
      return { body };
    });
    const [a, b] = await nodeStatuses(client);
    assert.deepEqual([a?.state, a?.committed], ["PartOfNetwork", "2.17"]);
    assert.deepEqual([b?.state, b?.committed, b?.status], ["Unreachable", undefined, "Trusted"]);
  });

  it("say how far the recovery is, while there is one", async () => {
    const state = { node_id: "a", state: "ReadingPrivateLedger", last_signed_seqno: 5, startup_seqno: 0 };
    const asked = (more: object) => nodeState(new ScriptedClient(() => ({ body: { ...state, ...more } })));
    assert.equal((await asked({})).recovered, undefined);
    const { recovered } = await asked({ last_recovered_seqno: 3, recovery_target_seqno: 9 });
    assert.deepEqual(recovered, { seqno: 3, target: 9 });
  });

  it("tell how they agree, also while there is no primary", async () => {
    const details = {
      configs: [{ idx: 12, nodes: { a: {}, b: {} }, rid: 0 }],
      acks: { b: { seqno: 40, last_received_ms: 11 } },
      membership_state: "Active",
      leadership_state: "Leader",
      primary_id: "a" as string | null,
      current_view: 3,
      ticking: true,
    };
    const asked = (changes: object) =>
      consensus(new ScriptedClient(() => ({ body: { details: { ...details, ...changes } } })));
    assert.deepEqual(await asked({}), {
      view: 3,
      primaryId: "a",
      leadership: "Leader",
      membership: "Active",
      configurations: [{ seqno: 12, nodeIds: ["a", "b"] }],
      acknowledged: { b: { seqno: 40, silentMs: 11 } },
    });
    assert.equal((await asked({ primary_id: null })).primaryId, undefined);
    await assert.rejects(asked({ current_view: "3" }), codeIs("UnexpectedAnswer"));
  });

  it("whose answers have another shape are not believed", async () => {
    for (const strange of [{ status: "Fine" }, { primary: 1 }, { rpc_interfaces: { primary: {} } }])
      await assert.rejects(listNodes(network(node("a", strange))), codeIs("UnexpectedAnswer"));
  });
});

describe("waiting for a node", () => {
  const statuses = (...all: string[]) =>
    new ScriptedClient((call) => {
      assert.equal(call, "GET /node/network/nodes/a");
      const status = all.length > 1 ? all.shift() : all[0];
      return status === "none" ? undefined : { body: node("a", { status }) };
    });

  it("ends when the members trust it, and shows how it goes on the way", async () => {
    const seen: string[] = [];
    const progress = ({ status }: { status: string }) => seen.push(status);
    const trusted = await untilTrusted(statuses("none", "Pending", "Trusted"), "a", { progress });
    assert.deepEqual([trusted.status, seen], ["Trusted", ["Pending", "Trusted"]]);
  });

  it("ends with an error when the time is over, when the signal says so, or when there is no use in it", async () => {
    await assert.rejects(
      untilTrusted(statuses("Pending"), "a", { timeoutMs: 150 }),
      ({ code, message }: ServiceError) =>
        code === "WaitTimeout" && message.endsWith("node a… is trusted, in vain"),
    );
    await assert.rejects(
      untilTrusted(statuses("none"), "a", { timeoutMs: 150 }),
      ({ code, message }: ServiceError) => code === "WaitTimeout" && message.includes("no such thing"),
    );
    const reason = new Error("enough");
    const signal = AbortSignal.timeout(50);
    await assert.rejects(untilTrusted(statuses("Pending"), "a", { signal }), { name: "TimeoutError" });
    await assert.rejects(
      untilTrusted(statuses("Pending"), "a", { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
    await assert.rejects(untilTrusted(statuses("Retired"), "a"), codeIs("NodeRetired"));
  });

  it("ends when it has what was committed when it was asked, whatever comes after", async () => {
    let committed = 20;
    const service = new ScriptedClient(() => ({ body: { transaction_id: `2.${committed}` } }));
    let has = 15;
    const late = new ScriptedClient(() => {
      committed += 100;
      if ((has += 2) === 17) throw new ServiceError(0, "Unreachable", "it starts");
      return { body: { transaction_id: `2.${has}` } };
    });
    const seen: number[] = [];
    const progress = ({ seqno, target }: { seqno: number; target: number }) => seen.push(target - seqno);
    assert.equal(await untilCaughtUp(service, late, { progress }), 21);
    assert.deepEqual(seen, [1, -1]);
  });
});
