import assert from "node:assert/strict";
import { ExpiringMap } from "../../../src/kit/expiring-map.js";
import { TestCcf } from "../../support/ccf.js";

describe("ExpiringMap", () => {
  let tables: TestCcf;
  let map: ExpiringMap<string>;
  beforeEach(() => {
    tables = new TestCcf().install();
    map = new ExpiringMap("things");
  });

  /** A key in the queue of all others, since the first characters are the same. */
  const key = (number: number): string => `a${number}`;
  const kept = (): number => tables.keys("things").length;

  it("gives back what was added, up to and including the time until which it counts", () => {
    assert.ok(map.add("a1", "one", 100, 50));
    assert.ok(map.add("b1", "two", 200, 50));
    assert.deepEqual([map.get("a1", 99), map.get("a1", 100), map.get("a1", 101)], ["one", "one", undefined]);
    assert.deepEqual([map.get("b1", 101), map.get("b2", 50), map.get("", 50)], ["two", undefined, undefined]);
  });

  it("adds nothing under a key that is there, expired or not", () => {
    assert.ok(map.add("a1", "one", 100, 50));
    for (const now of [50, 100, 101, 1000]) assert.equal(map.add("a1", "other", 2000, now), false);
    assert.equal(map.get("a1", 100), "one");
    assert.equal(kept(), 1);
  });

  it("forgets what has expired, whoever adds something", () => {
    for (const number of Array(10).keys()) assert.ok(map.add(key(number), "", 100 + number, 50));
    assert.ok(map.add("a-new", "", 1000, 104)); // of 100 to 103, which have expired, two
    assert.equal(kept(), 9);
    assert.ok(map.add("a-newer", "", 1000, 104));
    assert.equal(kept(), 8);
    assert.ok(map.add("a-newest", "", 1000, 104));
    assert.equal(kept(), 9); // 104 still counts
    assert.equal(tables.keys("things.queue").length, 9);
  });

  it("is as large as what still counts, after a burst too", () => {
    let now = 0;
    const add = (): boolean => map.add(key(now++), "", now + 20, now);
    for (let number = 0; number < 500; number++) assert.ok(map.add(`a-burst-${number}`, "", 20, 1));
    for (let number = 0; number < 600; number++) assert.ok(add());
    assert.ok(kept() <= 23, String(kept()));
    for (let number = 0; number < 2000; number++) assert.ok(add());
    assert.ok(kept() <= 23, String(kept()));
    assert.equal(kept(), tables.keys("things.queue").length);
    assert.equal(tables.keys("things.queues").length, 1);
  });

  it("costs the same however much it holds", () => {
    const cost = (call: () => unknown): number => {
      const before = tables.operations;
      call();
      return tables.operations - before;
    };
    const costs = new Set<number>();
    for (let now = 1; now < 3000; now++) {
      // times are not in the order of the queue, and some are long after the others
      const until = now + ((now * 7919) % 600);
      costs.add(cost(() => assert.ok(map.add(key(now), "", until, now))));
    }
    assert.ok(Math.max(...costs) <= 11, [...costs].join());
    assert.equal(
      cost(() => map.get(key(2999), 3000)),
      1,
    );
    assert.equal(
      cost(() => map.add(key(2999), "", 9999, 3000)),
      2,
    );
  });

  it("never takes what it has forgotten for new, even if the clock is set back", () => {
    assert.ok(map.add("a1", "", 100, 50));
    assert.ok(map.add("a2", "", 120, 50));
    assert.ok(map.add("a3", "", 300, 130)); // forgets both
    assert.equal(kept(), 1);
    for (const now of [50, 100, 130, 200]) {
      assert.equal(map.add("a1", "", 100, now), false);
      assert.equal(map.add("a2", "", 120, now), false);
    }
    assert.ok(map.add("a4", "", 121, 50)); // was not known, and could not have been forgotten
  });

  it("knows the latest time among what it has forgotten, in whichever order that came", () => {
    for (const [key, until] of [
      ["a1", 120],
      ["a2", 100],
      ["a3", 300],
    ] as const)
      assert.ok(map.add(key, "", until, key === "a3" ? 130 : 50));
    for (const until of [100, 110, 120]) assert.equal(map.add("a4", "", until, 50), false);
    assert.ok(map.add("a4", "", 121, 50));
  });

  it("keeps a queue per first character, so that calls at the same time rarely write the same row", () => {
    for (const name of ["a1", "b1", "c1", "a2"]) assert.ok(map.add(name, name, 100, 50));
    assert.deepEqual(tables.keys("things.queues"), ["a", "b", "c"]);
    assert.ok(map.add("b2", "", 200, 150));
    assert.deepEqual(tables.keys("things"), ["a1", "c1", "a2", "b2"]);
  });
});
