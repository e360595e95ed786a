import assert from "node:assert/strict";
import { requestFor } from "../../support/certificates.js";
import { codeOf, server as key, withKey } from "./authorities.js";
import { assertRefused } from "./service.js";

describe("the members' policy for certificates", () => {
  const policy = {
    allowedDnsNames: ["*.cleanroom.local", "proxy.example.com"],
    allowedIpAddresses: ["10.1.0.0/20", "fd00::/16", "192.0.2.7"],
  };
  const wanted = (...subjectAlternateNames: string[]) => ({
    publicKey: key.publicKeyPem,
    subjectName: "CN=ccr-proxy",
    subjectAlternateNames,
  });

  it("is shown with the status of the authority", () => {
    assert.deepEqual(withKey({ policy }).status().policy, policy);
    assert.equal("policy" in withKey().status(), false);
  });

  it("allows the names that it lists, and no others (improvement 19)", () => {
    const service = withKey({ policy });
    const some = "dNSName:a.cleanroom.local";
    for (const name of ["a.cleanroom.local", "A.CleanRoom.LOCAL", "*.cleanroom.local", "proxy.example.com"])
      assert.equal(service.ask(wanted(`dNSName:${name}`)).status, 200, name);
    for (const address of ["10.1.0.0", "10.1.15.255", "192.0.2.7", "fd00::", "fd00:ffff::1"])
      assert.equal(service.ask(wanted(some, `iPAddress:${address}`)).status, 200, address);
    for (const name of [
      "cleanroom.local",
      "a.b.cleanroom.local",
      "*.example.com",
      "a.proxy.example.com",
      "xcleanroom.local",
    ])
      assert.equal(codeOf(service.ask(wanted(some, `dNSName:${name}`))), "CaPolicyViolation", name);
    for (const address of ["10.1.16.0", "10.0.255.255", "192.0.2.8", "fd01::", "::10.1.0.1"])
      assert.equal(codeOf(service.ask(wanted(some, `iPAddress:${address}`))), "CaPolicyViolation", address);
    assertRefused(service.ask(wanted("dNSName:bank.example.com")), 403, "CaPolicyViolation");
  });

  it("holds for what a signed request asks for too", () => {
    const service = withKey({ policy });
    assert.equal(service.ask({ csr: requestFor(key, "a", ["b.cleanroom.local", "10.1.2.3"]) }).status, 200);
    assert.equal(
      codeOf(service.ask({ csr: requestFor(key, "a", ["bank.example.com"]) })),
      "CaPolicyViolation",
    );
  });

  it("holds for the common name where clients would take it for a host name", () => {
    const service = withKey({ policy });
    const named = (subjectName: string, ...names: string[]) =>
      service.ask({ ...wanted(...names), subjectName });
    for (const name of ["bank.example.com", "bank.example.com.", "ccr-proxy", "10.0.0.1", "*.example.com"]) {
      assert.equal(codeOf(named(`CN=${name}`)), "CaPolicyViolation", name);
      assert.equal(codeOf(named(`CN=${name}`, "iPAddress:10.1.0.1")), "CaPolicyViolation", name);
      assert.equal(named(`CN=${name}`, "dNSName:a.cleanroom.local").status, 200, name);
    }
    for (const name of ["CN=a.cleanroom.local", "CN=10.1.0.1", "CN=Proxy of Contoso", "O=Contoso"])
      assert.equal(named(name).status, 200, name);
  });

  it("limits for how many days certificates are valid", () => {
    const service = withKey({ policy: { ...policy, allowedDnsNames: ["a"], maximumValidityDays: 7 } });
    const days = (validityPeriodDays?: number) => {
      const { certificate } = service.certified({ ...wanted("dNSName:a"), validityPeriodDays });
      return (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom) + 1000) / 86_400_000 - 1;
    };
    assert.deepEqual([1, 7, 8, 100, undefined].map(days), [1, 7, 7, 7, 7]);
  });

  it("can demand that keys are proven (improvement 19)", () => {
    const service = withKey({ policy: { ...policy, requireCsr: true } });
    const names = ["dNSName:a.cleanroom.local"];
    assertRefused(service.ask(wanted(...names)), 403, "CaPolicyViolation");
    assert.equal(service.ask({ csr: requestFor(key), subjectAlternateNames: names }).status, 200);
    const lenient = withKey({ policy: { ...policy, requireCsr: false } });
    assert.equal(lenient.ask(wanted(...names)).status, 200);
  });
});
