import assert from "node:assert/strict";
import { getProposalHistory } from "../../../src/endpoints/proposals.js";
import { alice, asMember, asToken, asUser, assertRefused, carol, Service } from "./service.js";

const rows = "public:ccf.gov.proposals";
const infos = "public:ccf.gov.proposals_info";

/** A ledger whose history a node fetches when it is asked for it, as a CCF node does. */
class Ledger {
  /** Proposals by the sequence number of the transaction that wrote them. */
  readonly #writes = new Map<number, readonly [id: string, state: string]>();
  readonly #asked = new Map<number, string>();
  readonly requests: string[] = [];

  readonly service: Service;

  constructor(service: Service) {
    this.service = service;
    const historical = {
      getStateRange: (handle: number, from: number, to: number) => {
        assert.ok(Number.isSafeInteger(handle) && handle >= 0);
        assert.ok(from >= 1 && to >= from && to <= this.service.ccf.version, `${from} to ${to}`);
        const range = `${from}-${to}`;
        this.requests.push(range);
        if (this.#asked.get(handle) !== range) {
          this.#asked.set(handle, range);
          return null;
        }
        return Array.from({ length: to - from + 1 }, (_, index) => this.#state(from + index));
      },
      dropCachedStates: (handle: number) => this.#asked.delete(handle),
    };
    Object.assign(ccf, { historical });
  }

  get held(): number {
    return this.#asked.size;
  }

  /** A transaction that writes a proposal. @returns its sequence number */
  write(id: string, state: string): number {
    const seqno = ++this.service.ccf.version;
    this.#writes.set(seqno, [id, state]);
    if (this.service.ccf.get(rows, id) === undefined) this.service.ccf.put(rows, id, { actions: [] });
    this.service.ccf.put(infos, id, { state, proposer_id: alice });
    return seqno;
  }

  /** What a node does with closed proposals. */
  forget(id: string): void {
    this.service.ccf.run("governance", () => {
      for (const table of [rows, infos]) ccf.kv[table]?.delete(ccf.strToBuf(id));
    });
  }

  /** What one transaction wrote. */
  #state(seqno: number) {
    const [written, state] = this.#writes.get(seqno) ?? [];
    const get = (key: ArrayBuffer): ArrayBuffer | undefined =>
      ccf.bufToStr(key) === written && state !== undefined
        ? ccf.jsonCompatibleToBuf({ state, proposer_id: alice })
        : undefined;
    return { transactionId: `2.${seqno}`, receipt: {}, kv: { [infos]: { get } } };
  }
}

describe("the history of a proposal", () => {
  let service: Service;
  let ledger: Ledger;
  beforeEach(() => {
    service = new Service();
    service.ccf.version = 100;
    ledger = new Ledger(service);
  });

  const ask = (query = "", proposalId = "p1") => {
    service.ccf.version--; // a call begins a transaction; this one writes nothing
    return service.call(getProposalHistory, { caller: asMember(alice), params: { proposalId }, query });
  };
  /** Asks until the node has fetched it. */
  const read = (query?: string, proposalId?: string) => {
    const first = ask(query, proposalId);
    assert.deepEqual([first.status, first.body, first.headers], [202, undefined, { "retry-after": "1" }]);
    const second = ask(query, proposalId);
    assert.equal(second.status, 200);
    return second.body as unknown as { value: { seqno: number; proposalState: string }[]; nextLink?: string };
  };
  const statesOf = ({ value }: ReturnType<typeof read>) =>
    value.map(({ seqno, proposalState }) => [seqno, proposalState]);

  it("is read from the ledger, and needs no more of it than the proposal's own time", () => {
    const first = ledger.write("p1", "Open");
    ledger.write("p2", "Open");
    const ballot = ledger.write("p1", "Open");
    const last = ledger.write("p1", "Accepted");
    service.ccf.version += 50;
    const { value, nextLink } = read();
    assert.deepEqual(value, [
      { seqno: first, proposalId: "p1", proposalState: "Open" },
      { seqno: ballot, proposalId: "p1", proposalState: "Open" },
      { seqno: last, proposalId: "p1", proposalState: "Accepted" },
    ]);
    assert.equal(nextLink, undefined);
    assert.deepEqual(ledger.requests, Array(2).fill(`${first}-${last}`));
    assert.equal(ledger.held, 0);
  });

  it("is found although the node has forgotten the proposal, and empty for one that never was", () => {
    const first = ledger.write("p1", "Open");
    const last = ledger.write("p1", "Withdrawn");
    ledger.forget("p1");
    const states = [
      [first, "Open"],
      [last, "Withdrawn"],
    ];
    assert.deepEqual(statesOf(read()), states);
    assert.deepEqual(statesOf(read(`from_seqno=${first}&to_seqno=${last}`)), states);
    assert.deepEqual(statesOf(read("", "p9")), []);
  });

  it("is read page by page, each with its size, and the next is fetched meanwhile (improvements 21 and 23)", () => {
    const seqnos = Array.from({ length: 7 }, () => ledger.write("p1", "Open"));
    const [, , third = 0, , , , last = 0] = seqnos;
    const first = read("max_seqno_per_page=2");
    const pages = [first];
    for (let next = first.nextLink; next !== undefined; next = pages.at(-1)?.nextLink)
      pages.push(ask(next.split("?")[1]).body as unknown as ReturnType<typeof read>);
    assert.equal(
      first.nextLink,
      `/app/proposals/p1/historical?from_seqno=${third + 1}&to_seqno=${last}&max_seqno_per_page=2`,
    );
    const found = pages.map(({ value }) => value.map(({ seqno }) => seqno));
    assert.deepEqual(found, [seqnos.slice(0, 3), seqnos.slice(3, 6), seqnos.slice(6)]);
  });

  it("covers at most 201 sequence numbers a page, whatever is asked for", () => {
    service.ccf.version = 5000;
    for (const query of ["", "max_seqno_per_page=1000000"]) {
      assert.equal(
        read(query, "p9").nextLink,
        "/app/proposals/p9/historical?from_seqno=202&to_seqno=5000&max_seqno_per_page=200",
      );
    }
  });

  it("is read between bounds, both included", () => {
    const [first, second, third] = [1, 2, 3].map(() => ledger.write("p1", "Open"));
    service.ccf.version += 10;
    assert.deepEqual(statesOf(read(`from_seqno=${second}`)), [
      [second, "Open"],
      [third, "Open"],
    ]);
    assert.deepEqual(statesOf(read(`to_seqno=${first}`)), [[first, "Open"]]);
    assert.deepEqual(statesOf(read(`max_seqno_per_page=0&to_seqno=${first}`)), [[first, "Open"]]);
    for (const outside of [`from_seqno=${(third ?? 0) + 1}`, `to_seqno=${(first ?? 0) - 1}`, "to_seqno=1"])
      assert.deepEqual(ask(outside).body, { value: [] });
  });

  it("is not there before it is committed", () => {
    ledger.write("p1", "Open");
    const { consensus } = ccf;
    Object.assign(ccf, {
      consensus: { ...consensus, getLastCommittedTxId: () => ({ view: 2, seqno: service.ccf.version - 1 }) },
    });
    try {
      assert.equal(ask().status, 202);
      assert.deepEqual(ledger.requests, []);
    } finally {
      Object.assign(ccf, { consensus });
    }
  });

  it("is refused for ranges that make no sense (improvement 24)", () => {
    ledger.write("p1", "Open");
    for (const range of [
      "from_seqno=0",
      "to_seqno=0",
      "from_seqno=-1",
      "from_seqno=x",
      "to_seqno=1.5",
      "from_seqno=",
      "max_seqno_per_page=-1",
      "max_seqno_per_page=all",
      "from_seqno=50&to_seqno=49",
      "to_seqno=1000",
      "from_seqno=1000",
      "from_seqno=9007199254740993",
    ])
      assertRefused(ask(range), 400, "InvalidParameter");
    assertRefused(ask("", "a/b"), 400, "InvalidPath");
    assert.deepEqual(ledger.requests, []);
  });

  it("is for whoever is known to the consortium", () => {
    ledger.write("p1", "Open");
    service.addIdentity("o1");
    const params = { proposalId: "p1" };
    for (const caller of [asUser(carol), asToken({ oid: "o1", tid: "t1" })])
      assert.ok(service.call(getProposalHistory, { caller, params }).status < 300);
    const call = { caller: asToken({ oid: "o2", tid: "t1" }), params };
    assertRefused(service.call(getProposalHistory, call), 403, "CallerNotAuthorized");
    assertRefused(service.call(getProposalHistory, { params }), 400, "UnknownAuthenticationPolicy");
  });
});
