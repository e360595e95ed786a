import assert from "node:assert/strict";
import type { Network } from "../../sandbox/network.js";
import { verifyNodes } from "../../sandbox/snp/evidence.js";
import { allowing, forbidding, readPolicy } from "../../sandbox/snp/policy.js";
import { type Action, gov, propose } from "../../sdk/governance.js";
import { founders, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";

/** What confidential nodes have to prove when they ask to join, as CCF tells it. */
interface JoinPolicy {
  readonly measurements: readonly string[];
  readonly hostData: Readonly<Record<string, string>>;
  readonly uvmEndorsements: Readonly<Record<string, Readonly<Record<string, { svn: string }>>>>;
  readonly tcbVersions: Readonly<Record<string, object>>;
}

const policy = readPolicy(
  Buffer.from('package policy\n\napi_version := "0.10.0" # für alle\n').toString("base64"),
);
/** The endorser of Azure's machines. */
const did = "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.2";
const feed = "ContainerPlat-AMD-UVM";
const measurement = "5e".repeat(48);
const [milan, turin] = ["00a00f11", "00b00f21"];

const vote = (name: string, args: Action["args"] = {}): Action => ({ name, args });
const addUvm = (args: object = {}) => vote("add_snp_uvm_endorsement", { did, feed, svn: "101", ...args });
const setTcb = (cpuid: string, tcb_version: string) =>
  vote("set_snp_minimum_tcb_version_hex", { cpuid, tcb_version });

describe("which confidential nodes may join", function () {
  this.timeout(60_000);
  let net: Network;
  let unchanged: JoinPolicy;

  const joinPolicy = async () =>
    ((await net.client.get(gov("/service/join-policy"))).json() as { snp: JoinPolicy }).snp;

  before(async () => {
    net = await sharedNetwork();
    unchanged = await joinPolicy();
  });
  // Each test takes back what it allows, which is a vote of its own.
  afterEach(async () => {
    assert.deepEqual(await joinPolicy(), unchanged);
  });

  it("is decided by their security policy, which everybody can then read", async () => {
    await net.pass(allowing(policy));
    assert.equal((await joinPolicy()).hostData[policy.hostData], policy.text);
    await net.pass(forbidding(policy));
  });

  it("changes for an upgrade without a moment in which no code may join", async () => {
    const next = readPolicy(Buffer.from('package policy\n\napi_version := "0.11.0"\n').toString("base64"));
    await net.pass(allowing(policy));
    await net.pass(allowing(next));
    const both = Object.keys((await joinPolicy()).hostData);
    assert.ok(both.includes(policy.hostData) && both.includes(next.hostData));
    await net.pass(forbidding(policy));
    assert.deepEqual((await joinPolicy()).hostData, { ...unchanged.hostData, [next.hostData]: next.text });
    await net.pass(forbidding(next));
  });

  it("is decided by who endorses their machine, feed by feed, from a version on", async () => {
    await net.pass(addUvm(), addUvm({ feed: "another", svn: "1" }));
    assert.deepEqual((await joinPolicy()).uvmEndorsements[did], {
      ...unchanged.uvmEndorsements[did],
      [feed]: { svn: "101" },
      another: { svn: "1" },
    });
    await net.pass(addUvm({ svn: "105" }));
    assert.deepEqual((await joinPolicy()).uvmEndorsements[did]?.[feed], { svn: "105" });
    await net.pass(
      vote("remove_snp_uvm_endorsement", { did, feed: "another" }),
      vote("remove_snp_uvm_endorsement", { did, feed }),
    );
  });

  it("is decided by their processor and its firmware", async () => {
    await net.pass(setTcb(milan, "d315000000000004"), setTcb(turin, "1100000022334455"));
    const { tcbVersions } = await joinPolicy();
    assert.deepEqual(tcbVersions[milan], {
      hexstring: "d315000000000004",
      microcode: 0xd3,
      snp: 0x15,
      tee: 0,
      boot_loader: 4,
    });
    assert.deepEqual(tcbVersions[turin], {
      hexstring: "1100000022334455",
      microcode: 0x11,
      snp: 0x22,
      tee: 0x33,
      boot_loader: 0x44,
      fmc: 0x55,
    });
    await net.pass(...[milan, turin].map((cpuid) => vote("remove_snp_minimum_tcb_version", { cpuid })));
  });

  it("is decided by the measurement of their machine, where nobody endorses it", async () => {
    await net.pass(vote("add_snp_measurement", { measurement }));
    assert.ok((await joinPolicy()).measurements.includes(measurement));
    await net.pass(vote("remove_snp_measurement", { measurement }));
  });

  it("tells members that the nodes of this network are none", async () => {
    const { url, serviceCertificatePem } = net.client;
    await assert.rejects(verifyNodes({ url, serviceCertificatePem }), {
      name: "VerificationError",
      code: "NotConfidential",
      message: /Insecure_Virtual/,
    });
  });

  describe("is not even voted on", () => {
    const other = "0".repeat(64);
    const invalid: readonly (readonly [what: string, vote: Action, why: RegExp])[] = [
      [
        "with the host data of another policy",
        vote("add_snp_host_data", { host_data: other, security_policy: policy.text }),
        /not the SHA-256/,
      ],
      [
        "with a policy that was changed by so much as an end of line",
        vote("add_snp_host_data", { host_data: policy.hostData, security_policy: `${policy.text}\n` }),
        /not the SHA-256/,
      ],
      [
        "with host data in capitals, which no node would match",
        vote("add_snp_host_data", { host_data: policy.hostData.toUpperCase(), security_policy: "" }),
        /host_data/,
      ],
      ["to forbid host data that is not allowed", vote("remove_snp_host_data", { host_data: other }), /list/],
      ["with an endorser that is no did:x509", addUvm({ did: "did:web:example.com" }), /did/],
      ["with a version of an endorsement that is no number", addUvm({ svn: "v101" }), /svn/],
      ["with a version of an endorsement that is no text", addUvm({ svn: 101 }), /svn/],
      [
        "to forbid a feed that nobody allowed",
        vote("remove_snp_uvm_endorsement", { did, feed: "unknown" }),
        /no endorsement of "unknown"/,
      ],
      ["with a TCB version that is too short", setTcb(milan, "d3150004"), /tcb_version/],
      ["with a TCB version in capitals", setTcb(milan, "D315000000000004"), /tcb_version/],
      [
        "with a TCB version of an unknown processor",
        setTcb("ffffffff", "d315000000000004"),
        /known processor: Milan/,
      ],
      ["with a processor that is no CPUID", setTcb("milan", "d315000000000004"), /cpuid/],
      [
        "to forbid a processor that nobody named",
        vote("remove_snp_minimum_tcb_version", { cpuid: turin }),
        /list/,
      ],
      ["with a measurement of 32 bytes", vote("add_snp_measurement", { measurement: other }), /measurement/],
      [
        "to forbid a measurement that nobody allowed",
        vote("remove_snp_measurement", { measurement }),
        /list/,
      ],
    ];
    for (const [what, action, why] of invalid)
      it(what, async () => {
        const [alice] = founders(net);
        const proposing = propose(net.client, alice, [action]);
        const { message } = await assertRefused(proposing, 400, "ProposalFailedToValidate");
        assert.match(message, why);
        assert.match(message, new RegExp(action.name));
      });
  });
});
