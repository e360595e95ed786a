import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { containerEvidence, vmEvidence } from "../support/evidence.js";
import type { Address } from "./support/existing/http.js";
import { type ExistingMember, passed } from "./support/existing/member.js";
import { agreedContract, threeMembers, type ThreeMembers } from "./support/existing/parties.js";
import { existingService } from "./support/existing/service.js";
import { ExistingSidecar, tokenQuery } from "./support/existing/sidecar.js";
import { sharedNetwork } from "./support/network.js";

// Requests as the governance sidecar of the reference sends them (its contract §6.3, §6.4), with evidence from real hardware.

const contract = "/contracts/{contractId}";
/** Host data of the policy that allows all containers, which samples use. */
const ALLOW_ALL = "73973b78d70cc68353426de188db5dfc57e5b766e399935fb73a61127ea26d20";

describe("the governance sidecar of the reference, with evidence from AMD SEV-SNP", function () {
  this.timeout(60_000);
  let service: Address;
  let members: ThreeMembers;
  let alice: ExistingMember;

  before(async () => {
    const net = await sharedNetwork();
    service = existingService(net);
    members = threeMembers(net);
    [alice] = members;
  });

  async function trusting(policyType: string | undefined, claims: object): Promise<string> {
    const contractId = await agreedContract(members);
    const args = { contractId, type: "add", ...(policyType && { policyType }), claims };
    await passed(members, { name: "set_clean_room_policy", args });
    return contractId;
  }

  /** What the agent of a container hands out, as the sidecar passes it on. */
  function container(contractId: string): ExistingSidecar | undefined {
    const real = containerEvidence("encryption");
    if (real === undefined) return undefined;
    const attestation = {
      evidence: real.report.toString("base64"),
      endorsements: Buffer.from(real.certificates).toString("base64"),
      uvm_endorsements: real.uvmEndorsement.toString("base64"),
    };
    const key = { privateKey: createPrivateKey(real.privateKey), publicKeyPem: real.publicKey };
    return new ExistingSidecar(service, contractId, { platform: "snp-caci", attestation }, key);
  }

  /** The same of a confidential VM: without runtime claims and image reference. */
  function machine() {
    const real = vmEvidence();
    if (real === undefined) return undefined;
    const { tpmQuote, hclReport, snpReport, aikCert, pcrs } = real.report.evidence;
    const { nonce, platformCertificates } = real.report;
    const evidence = { tpmQuote, hclReport, snpReport, aikCert, pcrs };
    const attestation = { evidence, nonce, platformCertificates };
    const publicKey = Buffer.from(real.publicKey).toString("base64");
    return { pcrs, request: { platform: "snp-cvm", attestation, encrypt: { publicKey } } };
  }

  it("in a container: gets and keeps secrets, logs events, asks for consent", async function () {
    const contractId = await trusting(undefined, { "x-ms-sevsnpvm-hostdata": [ALLOW_ALL] });
    const sidecar = container(contractId);
    if (sidecar === undefined) return this.skip();
    const put = `PUT ${contract}/secrets/{secretName}` as const;
    const { value } = await alice.call(put, [contractId, "key"], { body: { value: "swordfish" } });
    assert.equal(await sidecar.secret(value.secretId), "swordfish");
    assert.equal(await sidecar.putSecret("ours", "v"), "cleanroom_ours");
    await sidecar.putEvent({ started: true }, "?id=run");
    assert.deepEqual(await sidecar.consent("execution"), { status: "enabled" });
    // older sidecars do not name their platform
    const { attestation } = sidecar.consenting();
    for (const platform of [{}, { platform: "" }, { platform: null }]) {
      const path = [contractId, "execution"];
      const body = { attestation, ...platform };
      const consent = `POST ${contract}/runtimeoptions/{option}/status` as const;
      await sidecar.application.call(consent, path, { body });
    }
  });

  it("on a virtual machine: asks for consent under a policy about PCRs", async function () {
    const vm = machine();
    if (vm === undefined) return this.skip();
    const { "4": pcr4, "7": pcr7 } = vm.pcrs;
    const contractId = await trusting("snp-cvm", { pcr4: [pcr4], pcr7: [pcr7] });
    const { platform, attestation } = vm.request;
    const sidecar = new ExistingSidecar(service, contractId, { platform, attestation });
    assert.deepEqual(await sidecar.consent("execution"), { status: "enabled" });
    const other = await trusting("snp-cvm", { pcr4: [pcr7], pcr7: [pcr4] });
    const body = { platform, attestation };
    const consent = `POST ${contract}/runtimeoptions/{option}/status` as const;
    const path = [other, "execution"];
    await sidecar.application.refused(400, "VerifySnpAttestationFailed", consent, path, { body });
  });

  it("in a container: delegates to virtual machines, by their PCRs", async function () {
    const contractId = await trusting("snp-caci", { "x-ms-sevsnpvm-hostdata": [ALLOW_ALL] });
    const front = container(contractId);
    const vm = machine();
    if (front === undefined || vm === undefined) return this.skip();
    const { "4": pcr4, "7": pcr7 } = vm.pcrs;
    const claims = { pcr4: [pcr4], pcr7: [pcr7] };
    const subject = `${contractId}-workers`;
    const wish = { sub: subject, tenantId: "tenant", aud: "api://AzureADTokenExchange" };
    const token = (query = tokenQuery(wish)) =>
      [`POST ${contract}/oauth/token`, [contractId], { query, body: vm.request }] as const;
    await front.application.refused(400, "VerifySnpAttestationFailed", ...token());
    for (const [type, id] of [
      ["oauth-federation-subjects", subject],
      ["events", "writer"],
      ["ca", "endorsed-cert"],
      ["podpolicies", "admin"],
    ] as const) {
      await front.delegate(type, id, { type: "add", policyType: "snp-cvm", claims });
      const item = `POST ${contract}/cleanroompolicy/delegates/{delegateType}/{delegateId}` as const;
      assert.deepEqual((await alice.call(item, [contractId, type, id])).value.claims, claims);
    }
    // the evidence holds now, but this service has no key for tokens
    await front.application.refused(405, "SigningKeyNotAvailable", ...token());
    const other = token(tokenQuery({ ...wish, sub: `${contractId}-others` }));
    await front.application.refused(400, "VerifySnpAttestationFailed", ...other);
  });
});
