import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  endorseSigningRequest,
  keyId,
  makeCertificate,
  makeSigningRequest,
} from "../../../../sandbox/embedded/tls/certificates.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";

const validFrom = new Date("2026-11-23T13:14:58Z");

describe("certificates", () => {
  for (const [curve, algorithm] of [
    ["P-256", "ecdsa-with-SHA256"],
    ["P-384", "ecdsa-with-SHA384"],
    ["P-521", "ecdsa-with-SHA512"],
  ] as const) {
    it(`are signed on ${curve} with the hash that goes with it`, () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
      const pem = makeCertificate({
        subject: "member0",
        publicKey,
        issuer: privateKey,
        validFrom,
        validityDays: 30,
      });
      const certificate = new X509Certificate(pem);
      assert.equal(certificate.verify(publicKey), true);
      assert.ok(certificate.raw.includes(signatureOid[algorithm]));
    });
  }

  it("say whom they are for and from when until when, the last second inclusive", () => {
    const certificate = new X509Certificate(selfSigned({ subject: "Größe, & Söhne" }));
    assert.equal(certificate.subject, "CN=Größe\\, & Söhne");
    assert.equal(certificate.validFrom, "Nov 23 13:14:58 2026 GMT");
    assert.equal(certificate.validTo, "Dec 23 13:14:57 2026 GMT");
  });

  it("may reach beyond 2049, where X.509 changes the form of times", () => {
    const certificate = new X509Certificate(selfSigned({ validFrom: new Date("2049-12-31T00:00:00Z") }));
    assert.equal(certificate.validTo, "Jan 29 23:59:59 2050 GMT");
  });

  it("have positive serial numbers of 16 bytes, each its own", () => {
    const serials = Array.from({ length: 20 }, () => new X509Certificate(selfSigned({})).serialNumber);
    assert.equal(new Set(serials).size, serials.length);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
  });

  it("are authorities only if asked", () => {
    assert.equal(new X509Certificate(selfSigned({})).ca, false);
    assert.equal(new X509Certificate(selfSigned({ authority: true })).ca, true);
  });

  it("cannot be signed with a key that is not on one of the curves", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const make = () =>
      makeCertificate({ subject: "x", publicKey, issuer: privateKey, validFrom, validityDays: 1 });
    assert.throws(make, /P-256, P-384 or P-521/);
  });
});

describe("a certificate signing request", () => {
  const issuerKey = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const issuer = {
    privateKey: issuerKey,
    certificate: makeCertificate({
      subject: "CCF Network",
      publicKey: createPublicKey(issuerKey),
      issuer: issuerKey,
      validFrom,
      validityDays: 30,
      authority: true,
    }),
  };
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const request = makeSigningRequest({
    subject: "CCF Node",
    privateKey,
    alternativeNames: ["127.0.0.1", "localhost"],
  });

  it("is endorsed for its key, subject and names", () => {
    const endorsed = new X509Certificate(
      endorseSigningRequest(request, { issuer, validFrom, validityDays: 1 }),
    );
    assert.equal(endorsed.verify(createPublicKey(issuerKey)), true);
    assert.equal(endorsed.checkIssued(new X509Certificate(issuer.certificate)), true);
    assert.equal(endorsed.subject, "CN=CCF Node");
    assert.equal(endorsed.issuer, "CN=CCF Network");
    assert.equal(endorsed.subjectAltName, "IP Address:127.0.0.1, DNS:localhost");
    assert.equal(keyId(endorsed.publicKey), keyId(privateKey));
    assert.equal(endorsed.ca, false);
  });

  it("is refused if it was changed after it was signed", () => {
    const der = Buffer.from(request.replace(/-----.*-----|\n/g, ""), "base64");
    der[der.indexOf("CCF Node") + 7] = "X".charCodeAt(0);
    const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    assert.throws(() => endorseSigningRequest(changed, { issuer, validFrom, validityDays: 1 }), /not signed/);
  });
});

describe("the identity of service and node", () => {
  let directory: string;
  let identity: Identity;

  before(() => {
    directory = join(mkdtempSync(join(tmpdir(), "identity-")), "node");
    identity = Identity.create(directory, {
      validFrom,
      serviceValidityDays: 90,
      nodeValidityDays: 1,
      alternativeNames: ["127.0.0.1", "localhost"],
    });
  });
  after(() => rmSync(dirname(directory), { recursive: true }));

  it("has the extensions of a real node's certificates, byte for byte where no key is in them", function () {
    const folder = new URL("../../../../../shared/fixtures/ledger/service/", import.meta.url);
    if (!existsSync(folder)) {
      console.warn("      skipped: there are no fixtures of a real ledger beside the project");
      return this.skip();
    }
    const real = (name: string) => new X509Certificate(readFileSync(new URL(name, folder)));
    const receipt = JSON.parse(readFileSync(new URL("receipts/plain.json", folder), "utf8")) as {
      json: { cert: string };
    };
    for (const [ours, theirs] of [
      [identity.service.certificate, real("service_cert.pem")],
      [identity.node.selfSignedCertificate, real("node_cert.pem")],
      [identity.node.certificate, new X509Certificate(receipt.json.cert)],
    ] as const) {
      const own = new X509Certificate(ours);
      assert.deepEqual(frame(own), frame(theirs));
    }
  });

  it("lets the service vouch for the node", () => {
    const service = new X509Certificate(identity.service.certificate);
    const node = new X509Certificate(identity.node.certificate);
    assert.equal(node.checkIssued(service), true);
    assert.equal(node.verify(service.publicKey), true);
    assert.equal(identity.node.id, keyId(node.publicKey));
    assert.equal(new X509Certificate(identity.node.selfSignedCertificate).verify(node.publicKey), true);
  });

  it("is found again, and can be read by its user alone", () => {
    const again = Identity.open(directory);
    assert.equal(again.node.id, identity.node.id);
    assert.equal(again.service.certificate, identity.service.certificate);
    for (const file of readdirSync(directory))
      assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it("keeps its keys when certificates are renewed, and uses them once adopted", () => {
    const validity = { validFrom: new Date("2027-01-01T00:00:00Z"), validityDays: 10 };
    const service = identity.renewServiceCertificate(validity);
    const node = identity.endorse(identity.node.signingRequest, validity);
    assert.notEqual(identity.service.certificate, service);
    identity.adopt({ service, node });
    assert.equal(identity.service.certificate, service);
    const again = Identity.open(directory);
    assert.equal(again.service.certificate, service);
    assert.equal(again.node.certificate, node);
    assert.equal(new X509Certificate(service).verify(createPublicKey(again.service.privateKey)), true);
  });
});

const signatureOid = {
  "ecdsa-with-SHA256": Buffer.from("2a8648ce3d040302", "hex"),
  "ecdsa-with-SHA384": Buffer.from("2a8648ce3d040303", "hex"),
  "ecdsa-with-SHA512": Buffer.from("2a8648ce3d040304", "hex"),
};

function selfSigned(options: { subject?: string; validFrom?: Date; authority?: boolean }): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return makeCertificate({
    subject: "x",
    publicKey,
    issuer: privateKey,
    validFrom,
    validityDays: 30,
    ...options,
  });
}

/** The DER of the extensions, with the identifiers of keys blanked out, and the names. */
function frame(certificate: X509Certificate) {
  const hex = certificate.raw.toString("hex");
  const basicConstraints = "0603551d13";
  const ecdsaWithSha384 = "300a06082a8648ce3d040303";
  const extensions = hex.slice(hex.indexOf(basicConstraints), hex.lastIndexOf(ecdsaWithSha384));
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    extensions: extensions
      .replaceAll(/04160414[0-9a-f]{40}/g, "subject key")
      .replaceAll(/041830168014[0-9a-f]{40}/g, "authority key"),
  };
}
