import assert from "node:assert/strict";
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { putDelegate } from "../../../src/endpoints/delegates.js";
import { disableOption } from "../../../src/endpoints/execution.js";
import { generateEndorsedCert } from "../../../src/endpoints/ca.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { signedRequest } from "../../../sdk/attested.js";
import { makeKeyPair, validityOf } from "../../support/certificates.js";
import { Authorities, caller, codeOf, contractId, machine, server, withKey } from "./authorities.js";
import { asking, assertRefused, otherRoom, room, unwrapped, virtualPolicy } from "./service.js";

const DAY = 86_400_000;
const start = Date.parse("2026-03-01T12:00:00.700Z");

const wanted = {
  publicKey: server.publicKeyPem,
  subjectName: "CN=ccr-proxy",
  subjectAlternateNames: ["dNSName:*.cleanroom.local", "dNSName:proxy.example.com"],
  validityPeriodDays: 100,
};

describe("certificates for attested code", () => {
  it("are issued by the contract's authority for the key that it asks for, and recorded as releases (improvement 27)", () => {
    const service = withKey({ at: start });
    const answer = service.ask(wanted);
    const { cert, caBundle } = JSON.parse(unwrapped(answer)) as { cert: string; caBundle: string };
    const certificate = new X509Certificate(cert);
    const authority = new X509Certificate(service.status().caCert);
    assert.equal(caBundle, service.status().caBundle);
    assert.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority));
    assert.equal(certificate.ca, false);
    assert.equal(certificate.subject, "CN=ccr-proxy");
    assert.equal(certificate.subjectAltName, "DNS:*.cleanroom.local, DNS:proxy.example.com");
    assert.equal(certificate.publicKey.export({ type: "spki", format: "pem" }), server.publicKeyPem);
    assert.ok(certificate.checkPrivateKey(server.privateKey));
    assert.equal(certificate.checkHost("a.cleanroom.local"), "*.cleanroom.local");

    assert.equal(answer.body.release, 1);
    const { value } = service.call(listReleases, { caller, params: { contractId } }).body;
    const { item } = value[0]?.record as unknown as { item: unknown };
    assert.deepEqual(item, {
      kind: "certificate",
      id: createHash("sha256").update(certificate.raw).digest("hex"),
      subject: "CN=ccr-proxy",
      names: ["dNSName:*.cleanroom.local", "dNSName:proxy.example.com"],
    });
  });

  it("have serial numbers of 128 bits, positive and never the same", () => {
    const service = withKey({ at: start });
    const serials = Array.from({ length: 20 }, () => service.certified(wanted).certificate.serialNumber);
    assert.equal(new Set(serials).size, 20);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
  });

  it("are issued to whom the contract or a clean room's delegation trusts, and to nobody else", () => {
    const service = withKey({ at: start });
    const worker = machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) });
    assertRefused(service.ask(wanted, contractId, worker), 400, "VerifySnpAttestationFailed");
    const content = { type: "add", policyType: "virtual", claims: { "virtual-hostdata": ["cd".repeat(32)] } };
    service.call(putDelegate, {
      params: { contractId, delegateType: "ca", delegateId: "endorsed-cert" },
      body: signedRequest(room, machine.evidence(room), content),
    });
    assert.equal(service.ask(wanted, contractId, worker).status, 200);

    const send = (body: object) => service.call(generateEndorsedCert, { params: { contractId }, body });
    const good = signedRequest(room, machine.evidence(room), wanted);
    assertRefused(send({ ...good, attestation: undefined }), 400, "AttestationMissing");
    assertRefused(send({ ...good, encrypt: undefined }), 400, "EncryptionMissing");
    assertRefused(send({ ...good, sign: undefined }), 400, "SignatureMismatch");
    assertRefused(send({ ...good, data: undefined }), 400, "DataMissing");
    assertRefused(send(asking(machine.evidence(room))), 400, "DataMissing");
    const theirs = signedRequest(otherRoom, machine.evidence(room), wanted);
    assertRefused(send({ ...theirs, encrypt: good.encrypt }), 400, "ReportDataMismatch");
    assert.equal(send(good).status, 200);
    assertRefused(send(good), 409, "RequestReplayed");
  });

  it("are issued under a contract in force that nobody has disabled, with an authority that has a key", () => {
    const service = new Authorities(start);
    assertRefused(service.ask(wanted), 404, "NoCASigningKey");
    service.generate();
    assert.equal(service.ask(wanted).status, 200);
    service.acceptContract("c2");
    service.setPolicy("c2", virtualPolicy);
    assertRefused(service.ask(wanted, "c2"), 404, "NoCASigningKey");
    assertRefused(service.ask(wanted, "c3"), 403, "ContractNotAccepted");
    service.call(disableOption, { caller, params: { contractId, option: "execution" } });
    assertRefused(service.ask(wanted), 403, "ExecutionDisabled");
  });

  it("are valid for as many days as asked for, at most 100, and never longer than the authority (improvement 19)", () => {
    const service = withKey({ at: start });
    const days = (asked: unknown) => {
      const [from, to] = validityOf(service.certified({ ...wanted, validityPeriodDays: asked }).certificate);
      assert.equal(from, start - (start % 1000) - DAY);
      return (to + 1000 - from) / DAY - 1;
    };
    assert.deepEqual([1, 30, 100, 101, 1e300, undefined, null].map(days), [1, 30, 100, 100, 100, 100, 100]);
    for (const asked of [0, -1, 1.5, "100", true])
      assertRefused(service.ask({ ...wanted, validityPeriodDays: asked }), 400, "InvalidBody");

    service.ccf.clock = start + 90 * DAY;
    const authority = new X509Certificate(service.status().caCert);
    assert.equal(service.certified(wanted).certificate.validTo, authority.validTo);
    service.ccf.clock = start + 100 * DAY;
    assertRefused(service.ask(wanted), 404, "NoCASigningKey");
    service.enable("2");
    service.generate();
    assert.equal(service.ask(wanted).status, 200);
  });

  it("are made for keys on P-256 and P-384, Ed25519 and RSA, with the usages that each can have (improvement 19)", () => {
    const service = withKey({ at: start });
    for (const kind of ["P-256", "P-384", "Ed25519", "RSA 2048"] as const) {
      const { publicKeyPem, privateKey } = makeKeyPair(kind);
      const certificate = service.certified({ ...wanted, publicKey: publicKeyPem }).certificate;
      assert.ok(certificate.checkPrivateKey(privateKey), kind);
    }
    assert.equal(service.ask({ ...wanted, publicKey: rsaKeyOf(4096) }).status, 200);
    const windows = server.publicKeyPem.trim().replaceAll("\n", "\r\n");
    assert.ok(
      service.certified({ ...wanted, publicKey: windows }).certificate.checkPrivateKey(server.privateKey),
    );
  });

  const pem = server.publicKeyPem;
  const noKeys: readonly (readonly [what: string, key: unknown])[] = [
    ["none", undefined],
    ["an empty one", ""],
    ["no PEM", "key"],
    ["a number", 5],
    ["a long text", "x".repeat(5000)],
    ["PEM of nothing", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"],
    ["PEM of no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
    ["half a key", pem.replace(/\n.{40}/, "\n")],
    ["two keys", pem + pem],
    ["something before it", `key:\n${pem}`],
    ["a private key", server.privateKey.export({ type: "pkcs8", format: "pem" })],
    ["a key on P-521", makeKeyPair("P-521").publicKeyPem],
    ["a key on a curve that TLS does not use", makeKeyPair("secp256k1").publicKeyPem],
    ["a key that cannot sign", makeKeyPair("X25519").publicKeyPem],
    ["RSA of 1024 bits", makeKeyPair("RSA 1024").publicKeyPem],
    ["RSA of more than 4096 bits", rsaKeyOf(4104)],
    ["RSA with another exponent", makeKeyPair("RSA 2048, exponent 3").publicKeyPem],
  ];
  it("are refused for keys that nobody should trust", () => {
    const service = withKey({ at: start });
    for (const [what, publicKey] of noKeys)
      assert.equal(codeOf(service.ask({ ...wanted, publicKey })), "InvalidPublicKey", what);
    assertRefused(service.ask({ ...wanted, publicKey: "key" }), 400, "InvalidPublicKey");
    for (const content of [[], "text", 7, true]) assertRefused(service.ask(content), 400, "InvalidBody");
  });

  it("name a subject as it was written, in UTF-8", () => {
    const service = withKey({ at: start });
    const subjectName = " CN = Zoë 🗝,O=Contoso Ltd. ,OU=a/b+c,C=de, L=Köln,ST=NRW,serialNumber=12:3";
    const parts = [
      "CN=Zoë 🗝",
      "O=Contoso Ltd.",
      "OU=a/b\\+c",
      "C=de",
      "L=Köln",
      "ST=NRW",
      "serialNumber=12:3",
    ];
    const { subject } = service.certified({ ...wanted, subjectName }).certificate;
    assert.equal(subject, parts.join("\n"));
  });

  const noSubjects: readonly (readonly [what: string, name: unknown])[] = [
    ["none", undefined],
    ["an empty one", ""],
    ["a number", 7],
    ["a long text", `CN=${"x".repeat(1100)}`],
    ["no attribute", "ccr-proxy"],
    ["nothing after a comma", "CN=a,"],
    ["an attribute nobody knows", "XX=a"],
    ["an attribute named like a member of objects", "constructor=a"],
    ["an attribute in other letters", "cn=a"],
    ["an empty value", "CN="],
    ["a value of spaces", "CN=  "],
    ["an equals sign in a value", "CN=a=b"],
    ["an attribute twice", "CN=a,CN=b"],
    ["a value that is too long", `CN=${"x".repeat(65)}`],
    ["a country of three letters", "CN=a,C=DEU"],
    ["a country that has no letters", "CN=a,C=12"],
    ["a serial number that is not printable", "CN=a,serialNumber=1_2"],
    ["a NUL", "CN=a\0b"],
    ["a line end", "CN=a\nb"],
    ["an escape", "CN=a\u001bb"],
    ["a mark that reverses text", "CN=a\u202eb"],
    ["a space without width", "CN=a\u200bb"],
    ["half of a surrogate pair", "CN=a\ud800b"],
  ];
  it("are refused with a subject that could deceive", () => {
    const service = withKey({ at: start });
    for (const [what, subjectName] of noSubjects)
      assert.equal(codeOf(service.ask({ ...wanted, subjectName })), "InvalidSubjectName", what);
    assertRefused(service.ask({ ...wanted, subjectName: "XX=a" }), 400, "InvalidSubjectName");
  });

  it("have the alternative names that were asked for, each once, or none", () => {
    const service = withKey({ at: start });
    const named = (...subjectAlternateNames: string[]) =>
      service.certified({ ...wanted, subjectAlternateNames }).certificate.subjectAltName;
    assert.equal(named(), undefined);
    assert.equal(
      service.certified({ ...wanted, subjectAlternateNames: undefined }).certificate.subjectAltName,
      undefined,
    );
    assert.equal(named("dNSName:a", "dNSName:a", "dNSName:A.b-c.Example"), "DNS:a, DNS:A.b-c.Example");
    assert.equal(
      named("iPAddress:10.0.0.4", "iPAddress:fd00::1", "iPAddress:FD00:0::1", "iPAddress:::ffff:1.2.3.4"),
      "IP Address:10.0.0.4, IP Address:FD00:0:0:0:0:0:0:1, IP Address:0:0:0:0:0:FFFF:102:304",
    );
  });

  const noNames: readonly (readonly [what: string, names: unknown])[] = [
    ["no list", "dNSName:a"],
    ["a number", [7]],
    ["too many", Array<string>(101).fill("dNSName:a")],
    ["no kind", ["a.example.com"]],
    ["another kind", ["rfc822Name:a@example.com"]],
    ["a kind in other letters", ["dnsName:a"]],
    ["an empty name", ["dNSName:"]],
    ["a space", ["dNSName:a b"]],
    ["a space before", ["dNSName: a"]],
    ["a NUL", ["dNSName:a.example.com\0.evil.example"]],
    ["a line end", ["dNSName:a\n"]],
    ["other letters than ASCII", ["dNSName:bücher.example"]],
    ["an underscore", ["dNSName:a_b.example"]],
    ["an empty label", ["dNSName:a..b"]],
    ["a dot at the end", ["dNSName:a.b."]],
    ["a hyphen at the end of a label", ["dNSName:a-.b"]],
    ["a label that is too long", [`dNSName:${"a".repeat(64)}.b`]],
    ["a name that is too long", [`dNSName:${"a.".repeat(130)}b`]],
    ["everything", ["dNSName:*"]],
    ["everything below a top-level domain", ["dNSName:*.com"]],
    ["a wildcard inside", ["dNSName:a.*.b.com"]],
    ["a wildcard that is part of a label", ["dNSName:a*.b.com"]],
    ["an address for a host name", ["dNSName:10.0.0.4"]],
    ["a host name for an address", ["iPAddress:localhost"]],
    ["a number over 255", ["iPAddress:10.0.0.256"]],
    ["a number with a zero before it", ["iPAddress:10.0.0.04"]],
    ["three numbers", ["iPAddress:10.0.4"]],
    ["a range", ["iPAddress:10.0.0.0/8"]],
    ["too few groups", ["iPAddress:1:2:3"]],
    ["too many groups", ["iPAddress:1:2:3:4:5:6:7:8:9"]],
    ["two gaps", ["iPAddress:1::2::3"]],
    ["a zone", ["iPAddress:fe80::1%eth0"]],
  ];
  it("are refused with alternative names that are none", () => {
    const service = withKey({ at: start });
    for (const [what, subjectAlternateNames] of noNames) {
      const answer = service.ask({ ...wanted, subjectAlternateNames });
      assert.equal(codeOf(answer), "InvalidSubjectAlternateName", what);
    }
    const answer = service.ask({ ...wanted, subjectAlternateNames: ["dNSName:*"] });
    assertRefused(answer, 400, "InvalidSubjectAlternateName");
  });
});

/** An RSA key of whose modulus only the length matters. */
function rsaKeyOf(bits: number): string {
  const n = Buffer.alloc(bits / 8, 0xff).toString("base64url");
  const key = createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
  return key.export({ type: "spki", format: "pem" }).toString();
}
