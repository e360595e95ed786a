import assert from "node:assert/strict";
import { snpCaciEvidence, snpCvmEvidence } from "../../../sdk/attested.js";
import { serviceIdentityOf } from "../../../sdk/bound-request.js";
import { evidenceBytes, type Verified } from "../../../src/policy/evidence.js";
import { readBoundRequest } from "../../../src/policy/bound-request.js";
import { verifiers } from "../../../src/policy/platforms.js";
import { singleKey } from "../../support/ccf.js";
import { ConfidentialVm } from "../../support/confidential-vm.js";
import { installVerifier, restoreClock } from "../../support/snp-node.js";
import { at, makeServiceCertificate, request, sent } from "./bound.js";
import { room, Service, VirtualMachine } from "./service.js";

const raw = (base64: unknown): ArrayBuffer => new Uint8Array(Buffer.from(String(base64), "base64")).buffer;

describe("bytes in evidence", () => {
  after(restoreClock);

  it("are base64, or byte strings, and nothing else", () => {
    new Service();
    assert.deepEqual(evidenceBytes("AQI="), raw("AQI="));
    assert.deepEqual(evidenceBytes(raw("AQI=")), raw("AQI="));
    for (const value of [undefined, null, 7, {}, [1, 2], true, "A"])
      assert.equal(evidenceBytes(value), undefined);
  });

  it("are byte strings in bound requests, on every platform, and prove the same", () => {
    const service = new Service();
    const machine = new VirtualMachine();
    machine.registerWith(service);
    const vm = new ConfidentialVm();
    installVerifier({ at, rootKey: () => vm.platform.rootKey });
    const cert = makeServiceCertificate();
    service.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert });

    const caci = snpCaciEvidence({
      attestation: vm.platform.report().toString("base64"),
      platformCertificates: vm.platform.certificates.toString("base64"),
    });
    for (const evidence of [machine.evidence(room), caci, snpCvmEvidence(vm.evidence(room.publicKeyPem))]) {
      const verify: (evidence: unknown) => Verified = verifiers[evidence.platform];
      const body = sent({ service: serviceIdentityOf(cert), as: { evidence } });
      const bound = readBoundRequest(request(body)).attestation?.evidence;
      assert.notDeepEqual(bound, evidence.attestation);
      assert.deepEqual(verify(bound), verify(evidence.attestation));
    }
  });

  it("count as absent when there are none", () => {
    const vm = new ConfidentialVm();
    new Service();
    installVerifier({ rootKey: () => vm.platform.rootKey });
    const evidence = new Uint8Array(vm.platform.report()).buffer;
    const endorsements = new Uint8Array(vm.platform.certificates).buffer;
    for (const absent of ["", null, undefined, new ArrayBuffer(0)]) {
      assert.throws(() => verifiers["snp-caci"]({ evidence, endorsements: absent }), {
        code: "EndorsementsMissing",
      });
      const { claims } = verifiers["snp-caci"]({ evidence, endorsements, uvm_endorsements: absent });
      assert.ok(!("uvm_endorsements-did" in claims));
    }
    assert.throws(() => verifiers["snp-caci"]({ evidence: 7, endorsements }), { code: "EvidenceMalformed" });
  });
});
