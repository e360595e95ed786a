import assert from "node:assert/strict";
import { Store } from "../../../../sandbox/embedded/kv/store.js";
import type { HistoricalState } from "../../../../sandbox/embedded/ledger/ledger.js";
import { Guest, json, text } from "./guest.js";

const app = `
const valueIn = (kv) => { const value = kv["public:history"].get(ccf.strToBuf("k")); return value === undefined ? null : ccf.bufToStr(value); };
export const at = () => { const { historicalState: state } = ccf; return { body: { fields: Object.keys(state), id: state.transactionId, value: valueIn(state.kv), receipt: state.receipt } }; };
export const write = () => { try { ccf.historicalState.kv["public:history"].set(ccf.strToBuf("k"), ccf.strToBuf("v")); } catch (error) { return { body: error.message }; } };
export const range = (request) => { const states = ccf.historical.getStateRange(...request.body.json()); return { body: states && states.map((state) => [state.transactionId, valueIn(state.kv)]) }; };
export const drop = (request) => ({ body: ccf.historical.dropCachedStates(...request.body.json()) });
`;

function stateAt(seqno: number): HistoricalState {
  const store = new Store();
  const tx = store.begin();
  tx.table("public:history").set(Buffer.from("k"), Buffer.from(`value ${seqno}`));
  const written = tx.writeSet();
  assert.ok(written);
  store.apply(written, seqno);
  const receipt = {
    cert: "PEM",
    node_id: "node",
    signature: "signature",
    proof: [{ left: "aa" }],
    leaf_components: { claims_digest: "cc", commit_evidence: "ce", write_set_digest: "ws" },
  };
  return { txId: { view: 2, seqno }, transaction: store.begin(), receipt };
}

describe("the past", () => {
  let guest: Guest;
  const node = { lastCommitted: { view: 2, seqno: 20 }, historical: stateAt };
  before(async () => {
    guest = await Guest.with({ "app.js": app });
  });
  const range = (...args: unknown[]) =>
    json(guest.call("app.js#range", { mode: "readonly", node, body: JSON.stringify(args) }));

  it("is there for endpoints of mode historical: tables and receipt of one transaction", () => {
    const outcome = guest.call("app.js#at", { mode: "historical", historicalState: stateAt(12) });
    assert.deepEqual(json(outcome), {
      fields: ["transactionId", "receipt", "kv"],
      id: "2.12",
      value: "value 12",
      receipt: {
        signature: "signature",
        cert: "PEM",
        node_id: "node",
        is_signature_transaction: false,
        leaf_components: { write_set_digest: "ws", commit_evidence: "ce", claims_digest: "cc" },
        proof: [{ left: "aa" }],
      },
    });
  });

  it("has the signed root in the receipt of a signature", () => {
    const state = stateAt(13);
    const { cert, node_id, signature, proof } = state.receipt;
    const historicalState = { ...state, receipt: { cert, node_id, signature, proof, leaf: "root" } };
    const { receipt } = json(guest.call("app.js#at", { mode: "historical", historicalState })) as {
      receipt: unknown;
    };
    assert.deepEqual(receipt, { signature, cert, node_id, is_signature_transaction: true, root_hex: "root" });
  });

  it("cannot be changed", () => {
    assert.equal(
      text(guest.call("app.js#write", { mode: "historical", historicalState: stateAt(12) })),
      'Cannot call "set" on table named public:history. All tables are read-only during historical transaction.',
    );
  });

  it("is not there for other endpoints", () => {
    assert.equal(guest.evaluate("typeof ccf.historicalState"), "undefined");
  });

  it("comes in ranges, the second time one asks", () => {
    assert.equal(range(1, 5, 7, 60), null);
    const expected = [5, 6, 7].map((seqno) => [`2.${seqno}`, `value ${seqno}`]);
    assert.deepEqual(range(1, 5, 7, 60), expected);
    assert.deepEqual(range(1, 5, 7, 60), expected);
    assert.equal(range(1, 8, 9, 60), null, "another range under the same handle");
    assert.equal(range(2, 19, 21, 60), null);
    assert.equal(range(2, 19, 21, 60), null, "not committed yet");
  });

  it("is forgotten on demand, and when the time is over", () => {
    const drop = (handle: number) =>
      json(guest.call("app.js#drop", { mode: "readonly", node, body: `[${handle}]` }));
    range(3, 5, 5, 60);
    assert.equal(drop(3), true);
    assert.equal(drop(3), false);
    range(4, 5, 5, 0);
    assert.equal(range(4, 5, 5, 60), null);
  });

  it("has no ranges that cannot be", () => {
    const evaluate = (args: string) => guest.evaluate(`ccf.historical.getStateRange(${args})`, { node });
    assert.equal(evaluate("1, 2, 3"), "threw TypeError: Passed 3 arguments, but expected 4");
    assert.equal(
      evaluate("-1, 1, 2, 10"),
      "threw RangeError: Invalid handle or seqno or expiry: cannot be negative",
    );
    assert.equal(
      evaluate("7, 5, 2, 10"),
      "threw InternalError: Failed to get state range: Invalid range for historical query: end 2 is before start 5",
    );
  });
});
