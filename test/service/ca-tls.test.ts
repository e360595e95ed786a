import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import type { ContractClient } from "../../sdk/contract.js";
import { makeKeyPair, requestFor, split } from "../support/certificates.js";
import { describeCertificate, hasOpenssl, judge } from "../support/openssl.js";
import { Collaboration } from "./support/collaboration.js";
import { sharedNetwork } from "./support/network.js";
import { party, talk } from "./support/tls.js";

const HOST = "proxy.cleanroom.local";

describe("servers and clients with certificates of a contract's authority", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await withAuthority();
    contract = collaboration.contract();
  });

  async function withAuthority(): Promise<Collaboration> {
    const started = await Collaboration.start(net);
    await net.pass({ name: "enable_ca", args: { contractId: started.contractId } });
    await started.contract().generateCaKey();
    return started;
  }

  it("are known by the bundle alone, and by the names that were certified", async () => {
    const server = await party(collaboration);
    const { caBundle = "" } = await contract.ca();
    assert.equal(server.caBundle, caBundle);
    assert.equal(await talk(server, { ca: caBundle }), "hello ccr-proxy");
    await assert.rejects(talk(server, {}), /self-signed|unable to/);
    await assert.rejects(talk(server, { ca: caBundle, servername: "bank.example.com" }), /does not match/);

    const { caBundle: otherBundle = "" } = await (await withAuthority()).contract().ca();
    await assert.rejects(talk(server, { ca: otherBundle }), /unable to|self-signed/);
  });

  it("know each other", async () => {
    const [server, client] = [await party(collaboration), await party(collaboration)];
    assert.equal(await talk(server, { ca: server.caBundle, client }), "hello ccr-proxy from ccr-proxy");
  });

  it("may have any kind of key, or a request that is signed with it", async () => {
    const { caCert = "" } = await contract.ca();
    const authority = new X509Certificate(caCert);
    for (const kind of ["P-256", "P-384", "Ed25519", "RSA 2048"] as const) {
      const server = await party(collaboration, makeKeyPair(kind));
      const certificate = new X509Certificate(server.cert);
      assert.ok(
        certificate.verify(authority.publicKey) && certificate.checkPrivateKey(server.key.privateKey),
      );
      assert.equal(await talk(server, { ca: server.caBundle }), "hello ccr-proxy");
    }
    const key = makeKeyPair("P-256");
    const csr = requestFor(key, "ccr-proxy", ["*.cleanroom.local", "127.0.0.1"]);
    const proven = await collaboration.room().certificate({ csr });
    assert.equal(await talk({ ...proven, key }, { ca: proven.caBundle }), "hello ccr-proxy");
  });

  it("have what openssl wants of a chain, with the extensions that they should have", async function () {
    if (!hasOpenssl()) return this.skip();
    const { cert, caBundle } = await party(collaboration);
    for (const purpose of ["sslserver", "sslclient"])
      assert.match(judge(cert, caBundle, "-purpose", purpose, "-verify_hostname", HOST).output, /OK/);
    const authority = describeCertificate(caBundle);
    assert.match(authority, new RegExp(`Subject: CN = ${contract.id} CA, O = consortium-ledger`));
    assert.match(authority, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    assert.match(authority, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
    const text = describeCertificate(cert);
    for (const part of [
      /Signature Algorithm: ecdsa-with-SHA384/,
      /Subject: CN = ccr-proxy\n/,
      /NIST CURVE: P-384/,
      /Basic Constraints: critical\s+CA:FALSE/,
      /Key Usage: critical\s+Digital Signature, Key Agreement\n/,
      /Extended Key Usage:\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
      /Subject Alternative Name:\s+DNS:\*\.cleanroom\.local, IP Address:127\.0\.0\.1\n/,
      /Subject Key Identifier:/,
      /Authority Key Identifier:/,
    ])
      assert.match(text, part);
  });

  it("know each other after a rotation too, those certified before and after it", async () => {
    const old = await party(collaboration);
    const { caCert: first } = await contract.ca();
    await contract.generateCaKey();
    assert.equal((await contract.ca()).caCert, first, "the same request makes no new key");

    await net.pass({ name: "ca_enable_rotate_signing_key", args: { contractId: contract.id } });
    assert.equal((await contract.ca()).caCert, first, "until a member has it generated");
    await contract.generateCaKey();
    const { caCert: second = "", caBundle = "" } = await contract.ca();
    assert.notEqual(second, first);
    assert.deepEqual(split(caBundle), [second, first]);

    const renewed = await party(collaboration);
    assert.equal(renewed.caBundle, caBundle);
    assert.equal(await talk(old, { ca: caBundle }), "hello ccr-proxy");
    assert.equal(await talk(renewed, { ca: caBundle }), "hello ccr-proxy");
    assert.equal(await talk(renewed, { ca: caBundle, client: old }), "hello ccr-proxy from ccr-proxy");
    await assert.rejects(talk(renewed, { ca: first ?? "" }), /unable to|self-signed/);
    if (!hasOpenssl()) return;
    for (const { cert } of [old, renewed]) assert.match(judge(cert, caBundle).output, /OK/);
  });
});
