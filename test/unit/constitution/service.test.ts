import assert from "node:assert/strict";
import { singleKey } from "../../support/ccf.js";
import { Consortium, alice, bob, certificate, serviceCertificate } from "./consortium.js";

const info = "public:ccf.gov.service.info";
const configuration = "public:ccf.gov.service.config";
const inState = (status: string): Consortium => {
  const consortium = new Consortium();
  consortium.ccf.put(info, singleKey, { status, cert: serviceCertificate });
  return consortium;
};

describe("set_constitution", () => {
  const constitution =
    "export function validate(a) {} export function resolve(a, b, c) {} export function apply(a, b) {}";

  it("replaces the constitution and drops what was proposed under the old one", () => {
    const consortium = new Consortium();
    const open = consortium.open(bob, { name: "trigger_snapshot" });
    const own = consortium.accept({ name: "set_constitution", args: { constitution } });
    assert.equal(consortium.ccf.get("public:ccf.gov.constitution", singleKey), constitution);
    assert.equal(consortium.stateOf(open), "Dropped");
    assert.equal(consortium.stateOf(own), "Accepted");
  });

  it("is refused with what CCF does not take for a constitution", () => {
    const set = (text: unknown) => ({ name: "set_constitution", args: { constitution: text } });
    assert.match(
      new Consortium().problem(set("export function vote() {}")),
      /does not export a function named validate/,
    );
    assert.match(new Consortium().problem(set("")), /"constitution" must not be empty/);
    assert.match(new Consortium().problem(set(5)), /"constitution" must be string/);
  });
});

describe("the recovery threshold", () => {
  for (const name of ["set_recovery_threshold", "set_service_configuration"]) {
    const set = (recovery_threshold: unknown) => ({ name, args: { recovery_threshold } });

    it(`is set by ${name}, and the shares are handed out anew`, () => {
      const consortium = new Consortium();
      consortium.accept(set(2));
      assert.deepEqual(consortium.ccf.get(configuration, singleKey), {
        recovery_threshold: 2,
        maximum_node_certificate_validity_days: 100,
      });
      assert.deepEqual(consortium.ccf.effects, [["triggerRecoverySharesRefresh"]]);
      consortium.accept(set(2));
      assert.equal(consortium.ccf.effects.length, 1);
    });

    it(`is not set by ${name} to what the members cannot reach`, () => {
      assert.match(new Consortium().problem(set(3)), /fewer than 3 active members hold a recovery share/);
      assert.equal(inState("Opening").problem(set(3)), "");
    });

    it(`is not set by ${name} while the service waits for shares`, () => {
      assert.match(
        inState("WaitingForRecoveryShares").problem(set(1)),
        /cannot change while the service waits/,
      );
    });

    it(`is not set by ${name} to what is no number from 1 to 254`, () => {
      assert.match(new Consortium().problem(set(0)), /must be at least 1/);
      assert.match(new Consortium().problem(set(255)), /must be at most 254/);
      assert.match(new Consortium().problem(set(1.5)), /must be integer/);
      assert.match(new Consortium().problem(set("1")), /must be integer/);
    });
  }

  it("needs no shares handed out before the service is open", () => {
    const consortium = inState("Opening");
    consortium.accept({ name: "set_recovery_threshold", args: { recovery_threshold: 2 } });
    assert.deepEqual(consortium.ccf.effects, []);
  });

  it("can be reached by one owner of the recovery where nobody else has a share", () => {
    const consortium = new Consortium();
    consortium.member(alice, { recovery_role: "Owner" });
    consortium.member(bob, { recovery_role: "NonParticipant" });
    const set = (recovery_threshold: number) => ({
      name: "set_recovery_threshold",
      args: { recovery_threshold },
    });
    assert.equal(consortium.problem(set(1)), "");
    assert.match(consortium.problem(set(2)), /fewer than 2/);
  });
});

describe("set_service_configuration", () => {
  const set = (args: object) => ({ name: "set_service_configuration", args });

  it("changes what it names", () => {
    const consortium = new Consortium();
    consortium.accept(set({ reconfiguration_type: "TwoTransaction", recent_cose_proposals_window_size: 50 }));
    assert.deepEqual(consortium.ccf.get(configuration, singleKey), {
      recovery_threshold: 1,
      maximum_node_certificate_validity_days: 100,
      reconfiguration_type: "TwoTransaction",
      recent_cose_proposals_window_size: 50,
    });
    assert.deepEqual(consortium.ccf.effects, []);
    assert.match(
      consortium.problem(set({ reconfiguration_type: "OneTransaction" })),
      /cannot go back to one/,
    );
  });

  it("is refused with what it cannot change", () => {
    const problem = (args: object): string => new Consortium().problem(set(args));
    assert.match(problem({ maximum_node_certificate_validity_days: 1 }), /must not have "maximum_node/);
    assert.match(
      problem({ reconfiguration_type: "Three" }),
      /must be one of: OneTransaction, TwoTransaction/,
    );
    assert.match(problem({ recent_cose_proposals_window_size: 0 }), /must be at least 1/);
    assert.match(problem({ recent_cose_proposals_window_size: 10_001 }), /must be at most 10000/);
  });
});

describe("what is asked of the node", () => {
  const effects = {
    trigger_ledger_rekey: "triggerLedgerRekey",
    trigger_recovery_shares_refresh: "triggerRecoverySharesRefresh",
    trigger_ledger_chunk: "triggerLedgerChunk",
    trigger_snapshot: "triggerSnapshot",
  };
  for (const [name, effect] of Object.entries(effects))
    it(`${name} reaches it`, () => {
      const consortium = new Consortium();
      consortium.accept({ name });
      assert.deepEqual(consortium.ccf.effects, [[effect]]);
    });

  for (const name of ["trigger_ledger_rekey", "trigger_recovery_shares_refresh"])
    it(`${name} is refused before the service is open`, () =>
      assert.match(inState("Opening").problem({ name }), /the service must be Open and is Opening/));
});

describe("transition_service_to_open", () => {
  const open = (args: object) => ({ name: "transition_service_to_open", args });

  it("opens a new service", () => {
    const consortium = inState("Opening");
    consortium.accept(open({ next_service_identity: serviceCertificate }));
    const [[name, previous, next] = []] = consortium.ccf.effects;
    assert.deepEqual([name, previous], ["transitionServiceToOpen", undefined]);
    assert.equal(ccf.bufToStr(next as ArrayBuffer), serviceCertificate);
  });

  it("opens a recovering service that is named together with its predecessor", () => {
    const previous = certificate("CCF Network");
    const consortium = inState("Recovering");
    const next_service_identity = serviceCertificate;
    assert.match(
      consortium.problem(open({ next_service_identity })),
      /takes "previous_service_identity" too/,
    );
    consortium.accept(open({ next_service_identity, previous_service_identity: previous }));
    assert.equal(ccf.bufToStr(consortium.ccf.effects[0]?.[1] as ArrayBuffer), previous);
  });

  it("may be repeated for an open service", () => {
    assert.equal(new Consortium().problem(open({ next_service_identity: serviceCertificate })), "");
  });

  it("is refused for another service", () => {
    const next_service_identity = certificate("CCF Network");
    assert.match(
      inState("Opening").problem(open({ next_service_identity })),
      /"next_service_identity" is not the certificate of this service/,
    );
    assert.match(inState("Opening").problem(open({ next_service_identity: "x" })), /must be X.509/);
    assert.match(
      inState("Opening").problem(
        open({ next_service_identity: serviceCertificate, previous_service_identity: "x" }),
      ),
      /"previous_service_identity" must be X.509/,
    );
  });

  it("is refused while too few members are active to recover the service", () => {
    const consortium = inState("Opening");
    for (const member of [alice, bob])
      consortium.ccf.put("public:ccf.gov.members.info", member, { status: "Accepted" });
    assert.match(
      consortium.problem(open({ next_service_identity: serviceCertificate })),
      /fewer than 1 active members could recover the service/,
    );
  });
});

describe("assert_service_identity", () => {
  const claim = (service_identity: string) => ({
    name: "assert_service_identity",
    args: { service_identity },
  });

  it("passes for the certificate of this service and no other", () => {
    const consortium = new Consortium();
    consortium.accept(claim(serviceCertificate));
    assert.match(
      consortium.problem(claim(certificate("CCF Network"))),
      /is not the certificate of this service/,
    );
    assert.match(consortium.problem(claim("x")), /must be X.509/);
  });
});

describe("set_service_certificate_validity", () => {
  const set = (args: object) => ({ name: "set_service_certificate_validity", args });

  it("gives the service a new certificate, as long as asked or as long as may be", () => {
    const consortium = new Consortium();
    const valid_from = "20261123120000Z";
    consortium.accept(set({ valid_from, validity_period_days: 30 }));
    assert.deepEqual(consortium.ccf.get(info, singleKey), {
      status: "Open",
      cert: `network ${valid_from} 30`,
    });
    consortium.accept(set({ valid_from }));
    assert.deepEqual(consortium.ccf.get(info, singleKey), {
      status: "Open",
      cert: `network ${valid_from} 365`,
    });
  });

  it("is refused beyond the limit, and with what is no time or no number of days", () => {
    const problem = (args: object): string => new Consortium().problem(set(args));
    const valid_from = "20261123120000Z";
    assert.match(
      problem({ valid_from, validity_period_days: 366 }),
      /at most 365, the limit for service certificates/,
    );
    assert.match(problem({ valid_from, validity_period_days: 0 }), /at least 1/);
    assert.match(problem({ validity_period_days: 1 }), /must have "valid_from"/);
  });

  it("takes the times that CCF reads and no others", () => {
    const problem = (valid_from: string): string => new Consortium().problem(set({ valid_from }));
    const read = [
      "261123120000Z",
      "20261123120000Z",
      "2026-11-23 12:00:00",
      "2026-11-23 12:00:00.123456",
      "2026-11-23T12:00:00.5+01:00",
      "2026-11-23T12:00:00Z",
    ];
    for (const time of read) assert.equal(problem(time), "", time);
    const unread = [
      "now",
      "2026-11-23",
      "20261323120000Z",
      "2026-11-23T12:00:00+0100",
      "2026-11-23T25:00:00Z",
      "",
    ];
    for (const time of unread) assert.match(problem(time), /"valid_from" must/, time);
  });
});

describe("a service that knows nothing about itself", () => {
  it("changes nothing about itself", () => {
    for (const [table, reason] of [
      [info, /the service has no information about itself/],
      [configuration, /the service has no configuration/],
    ] as const) {
      const consortium = new Consortium();
      consortium.ccf.run("governance", () => ccf.kv[table]?.clear());
      const threshold = { name: "set_recovery_threshold", args: { recovery_threshold: 2 } };
      const open = {
        name: "transition_service_to_open",
        args: { next_service_identity: serviceCertificate },
      };
      assert.match(consortium.problem(open), reason);
      assert.throws(() => consortium.accept(threshold), reason);
    }
  });
});
