import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { singleKey } from "../../support/ccf.js";
import { Consortium, bob, olga } from "./consortium.js";

const node = "9".repeat(64);
const infos = "public:ccf.gov.nodes.info";
const certificates = "public:ccf.gov.nodes.endorsed_certificates";
const valid_from = "20261123120000Z";

const withNode = (info: object): Consortium => {
  const consortium = new Consortium();
  consortium.ccf.put(infos, node, info);
  return consortium;
};
const pending = { status: "Pending", certificate_signing_request: "CSR" };
const trusted = { status: "Trusted", certificate_signing_request: "CSR" };

describe("transition_node_to_trusted", () => {
  const trust = (args: object = {}) => ({
    name: "transition_node_to_trusted",
    args: { node_id: node, valid_from, ...args },
  });

  it("lets a node take part and gives it a certificate", () => {
    const consortium = withNode(pending);
    consortium.accept(trust({ validity_period_days: 10 }));
    assert.deepEqual(consortium.ccf.get(infos, node), {
      status: "Trusted",
      certificate_signing_request: "CSR",
      ledger_secret_seqno: 7,
    });
    assert.equal(consortium.ccf.getText(certificates, node), `endorsed CSR ${valid_from} 10`);
  });

  it("makes the certificate valid as long as may be if nothing is asked", () => {
    const consortium = withNode(pending);
    consortium.accept(trust());
    assert.equal(consortium.ccf.getText(certificates, node), `endorsed CSR ${valid_from} 100`);
  });

  it("gives no certificate to a node that has asked for none", () => {
    const consortium = withNode({ status: "Pending" });
    consortium.accept(trust());
    assert.deepEqual(consortium.ccf.keys(certificates), []);
  });

  it("is refused for a node that has not asked to join", () => {
    assert.match(new Consortium().problem(trust()), /there is no node 999/);
    assert.match(withNode(trusted).problem(trust()), /must be Pending and is Trusted/);
    assert.match(withNode({ status: "Retired" }).problem(trust()), /must be Pending and is Retired/);
    assert.match(withNode(pending).problem(trust({ node_id: "n1" })), /"node_id" must match/);
  });

  it("is refused beyond the limit for certificates", () => {
    assert.match(
      withNode(pending).problem(trust({ validity_period_days: 101 })),
      /at most 100, the limit for node/,
    );
    const consortium = withNode(pending);
    consortium.ccf.put("public:ccf.gov.service.config", singleKey, { recovery_threshold: 1 });
    assert.match(consortium.problem(trust({ validity_period_days: 366 })), /at most 365/);
    assert.match(consortium.problem(trust({ valid_from: "today" })), /"valid_from" must match/);
  });
});

describe("remove_node", () => {
  const remove = { name: "remove_node", args: { node_id: node } };

  it("retires a node that takes part, and forgets one that does not yet", () => {
    const consortium = withNode(trusted);
    consortium.accept(remove);
    assert.deepEqual(consortium.ccf.get(infos, node), { ...trusted, status: "Retired" });
    assert.match(consortium.problem(remove), /is retired already/);
    const other = withNode(pending);
    other.accept(remove);
    assert.deepEqual(other.ccf.keys(infos), []);
  });

  it("is refused for a node that is not there", () => {
    assert.match(new Consortium().problem(remove), /there is no node/);
  });
});

describe("set_node_data", () => {
  const set = (node_data: unknown) => ({ name: "set_node_data", args: { node_id: node, node_data } });

  it("replaces or removes a node's data, any JSON", () => {
    const consortium = withNode(trusted);
    for (const data of [{ zone: 1 }, ["a"], "b", 0]) {
      consortium.accept(set(data));
      assert.deepEqual(consortium.ccf.get(infos, node), { ...trusted, node_data: data });
    }
    consortium.accept(set(null));
    assert.deepEqual(consortium.ccf.get(infos, node), trusted);
  });

  it("is refused for a node that is not there", () => {
    assert.match(new Consortium().problem(set({})), /there is no node/);
  });
});

describe("certificates of nodes", () => {
  const one = { name: "set_node_certificate_validity", args: { node_id: node, valid_from } };
  const all = { name: "set_all_nodes_certificate_validity", args: { valid_from, validity_period_days: 5 } };

  it("are renewed one by one", () => {
    const consortium = withNode(trusted);
    consortium.accept(one);
    assert.equal(consortium.ccf.getText(certificates, node), `endorsed CSR ${valid_from} 100`);
  });

  it("are renewed for all nodes that take part", () => {
    const consortium = withNode(trusted);
    consortium.ccf.put(infos, "8".repeat(64), pending);
    consortium.ccf.put(infos, "7".repeat(64), { ...trusted, certificate_signing_request: "other" });
    consortium.accept(all);
    assert.deepEqual(consortium.ccf.keys(certificates).sort(), ["7".repeat(64), node]);
    assert.equal(consortium.ccf.getText(certificates, "7".repeat(64)), `endorsed other ${valid_from} 5`);
  });

  it("are not renewed for nodes that do not take part or cannot have one", () => {
    assert.match(new Consortium().problem(one), /there is no node/);
    assert.match(withNode(pending).problem(one), /must be Trusted and is Pending/);
    assert.match(withNode({ status: "Trusted" }).problem(one), /has no certificate signing request/);
    assert.match(withNode({ status: "Trusted" }).problem(all), /has no certificate signing request/);
  });

  it("are not renewed beyond the limit", () => {
    const args = { ...one.args, validity_period_days: 101 };
    assert.match(withNode(trusted).problem({ ...one, args }), /at most 100/);
    assert.match(
      withNode(trusted).problem({ ...all, args: { valid_from, validity_period_days: 101 } }),
      /at most 100/,
    );
  });
});

describe("which code may join", () => {
  const host = "1".repeat(64);
  const measurement = "2".repeat(96);
  const lists: readonly (readonly [
    suffix: string,
    table: string,
    args: object,
    key: string,
    value: string,
  ])[] = [
    ["node_code", "code_ids", { code_id: host }, host, '"AllowedToJoin"'],
    ["snp_measurement", "snp.measurements", { measurement }, measurement, '"AllowedToJoin"'],
    [
      "virtual_measurement",
      "virtual.measurements",
      { measurement: "any text" },
      "any text",
      '"AllowedToJoin"',
    ],
    ["virtual_host_data", "virtual.host_data", { host_data: host }, host, "\0".repeat(8)],
  ];
  for (const [suffix, table, args, key, value] of lists)
    it(`add_${suffix} allows it and remove_${suffix} forbids it again`, () => {
      const consortium = new Consortium();
      assert.match(consortium.problem({ name: `remove_${suffix}`, args }), /is not on the list/);
      const other = consortium.open(bob, { name: "trigger_snapshot" });
      consortium.accept({ name: `add_${suffix}`, args });
      assert.equal(consortium.ccf.getText(`public:ccf.gov.nodes.${table}`, key), value);
      assert.equal(consortium.stateOf(other), "Dropped");

      const later = consortium.open(bob, { name: "trigger_snapshot" });
      consortium.accept({ name: `remove_${suffix}`, args });
      assert.deepEqual(consortium.ccf.keys(`public:ccf.gov.nodes.${table}`), []);
      assert.equal(consortium.stateOf(later), "Open");
    });

  it("is told by lower-case hex of the right length", () => {
    const problem = (name: string, args: object): string => new Consortium().problem({ name, args });
    assert.match(problem("add_node_code", { code_id: "ABC" }), /"code_id" must match/);
    assert.match(problem("add_snp_measurement", { measurement: host }), /"measurement" must match/);
    assert.match(problem("add_snp_measurement", { measurement: "A".repeat(96) }), /"measurement" must match/);
    assert.match(problem("add_virtual_measurement", { measurement: "" }), /"measurement" must not be empty/);
    assert.match(problem("add_virtual_host_data", { host_data: "0x" }), /"host_data" must match/);
  });

  describe("add_snp_host_data", () => {
    const table = "public:ccf.gov.nodes.snp.host_data";
    const security_policy = "package policy";
    const host_data = createHash("sha256").update(security_policy).digest("hex");

    it("takes the digest of a security policy, with the policy or without", () => {
      const consortium = new Consortium();
      consortium.accept({ name: "add_snp_host_data", args: { host_data, security_policy } });
      assert.equal(consortium.ccf.get(table, host_data), security_policy);
      consortium.accept({ name: "add_snp_host_data", args: { host_data: host, security_policy: "" } });
      assert.equal(consortium.ccf.get(table, host), "");
      consortium.accept({ name: "remove_snp_host_data", args: { host_data } });
      assert.deepEqual(consortium.ccf.keys(table), [host]);
      const again = { name: "remove_snp_host_data", args: { host_data } };
      assert.match(consortium.problem(again), /is not on the list/);
    });

    it("is refused with the digest of something else", () => {
      for (const other of [`${security_policy}\0`, `${security_policy}\0 and what it hides`]) {
        const args = { host_data, security_policy: other };
        assert.match(new Consortium().problem({ name: "add_snp_host_data", args }), /is not the SHA-256 of/);
      }
      const args = { host_data: host, security_policy };
      assert.match(new Consortium().problem({ name: "add_snp_host_data", args }), /is not the SHA-256 of/);
    });
  });

  describe("add_snp_uvm_endorsement", () => {
    const table = "public:ccf.gov.nodes.snp.uvm_endorsements";
    const did = "did:x509:0:sha256:abc::subject:CN:x";
    const add = (feed: string, svn: unknown) => ({
      name: "add_snp_uvm_endorsement",
      args: { did, feed, svn },
    });
    const remove = (feed: string) => ({ name: "remove_snp_uvm_endorsement", args: { did, feed } });

    it("keeps the least version of each feed of an endorser", () => {
      const consortium = new Consortium();
      consortium.accept(add("a", "1"), add("b", "2"));
      consortium.accept(add("a", "3"));
      assert.deepEqual(consortium.ccf.get(table, did), { a: { svn: "3" }, b: { svn: "2" } });
      consortium.accept(remove("a"));
      assert.deepEqual(consortium.ccf.get(table, did), { b: { svn: "2" } });
      consortium.accept(remove("b"));
      assert.deepEqual(consortium.ccf.keys(table), []);
    });

    it("is refused with a version that is no number, and for what is not on the list", () => {
      assert.match(new Consortium().problem(add("a", 1)), /"svn" must be string/);
      assert.match(new Consortium().problem(add("a", "v1")), /"svn" must match/);
      assert.match(new Consortium().problem(remove("a")), /no endorsement of "a"/);
      const args = { did: "example.com", feed: "a", svn: "1" };
      assert.match(new Consortium().problem({ name: "add_snp_uvm_endorsement", args }), /"did" must match/);
    });
  });

  describe("the least firmware", () => {
    const table = "public:ccf.gov.nodes.snp.tcb_versions";
    const cpuid = "00a00f11";
    const parts = { boot_loader: 4, tee: 0, snp: 23, microcode: 84 };
    const set = (tcb_version: unknown, on = cpuid) => ({
      name: "set_snp_minimum_tcb_version",
      args: { cpuid: on, tcb_version },
    });
    const setHex = (tcb_version: unknown, on = cpuid) => ({
      ...set(tcb_version, on),
      name: "set_snp_minimum_tcb_version_hex",
    });
    const remove = { name: "remove_snp_minimum_tcb_version", args: { cpuid } };

    it("is set by its parts or as one number, and removed", () => {
      const consortium = new Consortium();
      consortium.accept(set(parts));
      assert.deepEqual(consortium.ccf.get(table, cpuid), parts);
      consortium.accept(setHex("5417000000000004"));
      assert.deepEqual(consortium.ccf.get(table, cpuid), { ...parts, hexstring: "5417000000000004" });
      consortium.accept(remove);
      assert.deepEqual(consortium.ccf.keys(table), []);
      assert.match(consortium.problem(remove), /"00a00f11" is not on the list/);
    });

    it("can be raised by an operator; to accept older firmware takes a vote (improvement 3)", () => {
      const consortium = new Consortium();
      assert.equal(consortium.proposing(olga, setHex("5417000000000004")), "Accepted");
      consortium.accept(set(parts));
      assert.equal(consortium.proposing(olga, setHex("5418000000000004")), "Accepted");
      for (const lower of ["5317000000000004", "ff16000000000004", "ffff00000000ff03"])
        assert.equal(consortium.proposing(olga, setHex(lower)), "Open", lower);
      assert.equal(consortium.proposing(olga, remove), "Open");
    });

    it("is refused when it is no version of a known processor", () => {
      assert.match(new Consortium().problem(set(parts, "00A00F11")), /"cpuid" must match/);
      assert.match(
        new Consortium().problem(set({ ...parts, snp: 256 })),
        /"tcb_version.snp" must be at most 255/,
      );
      assert.match(new Consortium().problem(set({ ...parts, extra: 1 })), /must not have "extra"/);
      assert.match(new Consortium().problem(set({ tee: 1 })), /"tcb_version" must have "boot_loader"/);
      assert.match(new Consortium().problem(setHex("54")), /"tcb_version" must match/);
      for (const unknown of ["ffffffff", "00800f11", "10a00f11"])
        assert.match(new Consortium().problem(setHex("5417000000000004", unknown)), /of a known processor/);
    });
  });
});
