import assert from "node:assert/strict";
import { makeKeyPair, requestFor } from "../../support/certificates.js";
import { describeCertificate, hasOpenssl, judge, openssl, tryOpenssl } from "../../support/openssl.js";
import { server as key, withKey } from "./authorities.js";

describe("certificates, judged by openssl", () => {
  before(function () {
    if (!hasOpenssl()) this.skip();
  });

  it("are a chain for servers and clients, whose authority certifies no other authority (improvement 19)", () => {
    const service = withKey();
    const wanted = { publicKey: key.publicKeyPem, subjectName: "CN=ccr-proxy,O=Zoë 🗝,C=DE" };
    const names = { subjectAlternateNames: ["dNSName:a.example.com", "iPAddress:fd00::1"] };
    const { cert, caBundle: ca } = service.certified({ ...wanted, ...names });
    for (const purpose of ["sslserver", "sslclient"])
      assert.match(judge(cert, ca, "-purpose", purpose, "-verify_hostname", "a.example.com").output, /OK/);
    assert.notEqual(judge(cert, ca, "-verify_hostname", "b.example.com").status, 0);
    const stranger = withKey().certified(wanted);
    assert.notEqual(judge(stranger.cert, ca).status, 0);

    const authority = describeCertificate(ca);
    for (const part of [
      /Version: 3/,
      /Signature Algorithm: ecdsa-with-SHA384/,
      /Subject: CN = c1 CA, O = consortium-ledger/,
      /NIST CURVE: P-384/,
      /Basic Constraints: critical\s+CA:TRUE, pathlen:0/,
      /Key Usage: critical\s+Certificate Sign, CRL Sign/,
      /Subject Key Identifier:\s+([0-9A-F:]{59})\s+X509v3 Authority Key Identifier:\s+\1/,
    ])
      assert.match(authority, part);

    const text = describeCertificate(cert);
    for (const part of [
      /Version: 3/,
      /Signature Algorithm: ecdsa-with-SHA384/,
      /Issuer: CN = c1 CA, O = consortium-ledger/,
      /Basic Constraints: critical\s+CA:FALSE/,
      /Key Usage: critical\s+Digital Signature, Key Agreement\n/,
      /Extended Key Usage:\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
      /Subject Alternative Name:\s+DNS:a.example.com, IP Address:FD00:0:0:0:0:0:0:1\n/,
    ])
      assert.match(text, part);
    const keyId = /Subject Key Identifier:\s+([0-9A-F:]{59})/.exec(authority)?.[1] ?? "none";
    assert.match(text, new RegExp(`Authority Key Identifier:\\s+${keyId}`));
  });

  it("say for each kind of key what it is for", () => {
    const service = withKey();
    const usages = {
      "P-384": "Digital Signature, Key Agreement",
      "RSA 2048": "Digital Signature, Key Encipherment",
      Ed25519: "Digital Signature",
    };
    for (const [kind, usage] of Object.entries(usages)) {
      const { publicKeyPem } = makeKeyPair(kind as keyof typeof usages);
      const { cert, caBundle: ca } = service.certified({ publicKey: publicKeyPem, subjectName: "CN=a" });
      assert.match(describeCertificate(cert), new RegExp(`Key Usage: critical\\s+${usage}\n`));
      assert.match(judge(cert, ca).output, /OK/);
    }
  });

  it("certify nobody else", () => {
    const { cert, caBundle } = withKey().certified({ publicKey: key.publicKeyPem, subjectName: "CN=a" });
    const files = {
      "cert.pem": cert,
      "ca.pem": caBundle,
      "key.pem": key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      "request.pem": requestFor(makeKeyPair("P-256"), "b"),
    };
    const issuer = ["-CA", "cert.pem", "-CAkey", "key.pem", "-set_serial", "7"];
    const signed = openssl(["x509", "-req", "-in", "request.pem", ...issuer], files);
    const child = signed.slice(signed.indexOf("-----BEGIN"));
    const trust = ["-CAfile", "ca.pem", "-untrusted", "cert.pem"];
    const { status, output } = tryOpenssl(["verify", ...trust, "child.pem"], {
      ...files,
      "child.pem": child,
    });
    assert.notEqual(status, 0);
    assert.match(output, /invalid CA certificate/);
  });
});
