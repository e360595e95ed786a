import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { serviceIdentityOf } from "../../../sdk/bound-request.js";
import { serviceIdentity } from "../../../src/governance/service-identity.js";
import { singleKey, TestCcf } from "../../support/ccf.js";
import { makeServiceCertificate } from "./bound.js";

describe("the identity of a service", () => {
  it("is the digest of the public key in its certificate, of any kind and length", () => {
    for (const keys of [
      generateKeyPairSync("ec", { namedCurve: "P-256" }),
      generateKeyPairSync("ec", { namedCurve: "P-384" }),
      generateKeyPairSync("ec", { namedCurve: "P-521" }),
    ]) {
      const cert = makeServiceCertificate(keys);
      const tables = new TestCcf().install();
      tables.put("public:ccf.gov.service.info", singleKey, { cert });
      const spki = keys.publicKey.export({ type: "spki", format: "der" });
      const digest = createHash("sha256").update(spki).digest("hex");
      assert.equal(serviceIdentity(), digest);
      assert.equal(serviceIdentityOf(cert), digest);
    }
  });

  it("is a defect to be without", () => {
    new TestCcf().install();
    assert.throws(() => serviceIdentity(), /the service has no certificate/);
  });
});
