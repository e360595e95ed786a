import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import type { Release } from "../../sdk/answers.js";
import { signedRequest, unwrap } from "../../sdk/attested.js";
import { ContractClient } from "../../sdk/contract.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { type Action, propose, withdraw } from "../../sdk/governance.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { makeKeyPair, requestFor } from "../support/certificates.js";
import { acceptedContract, Collaboration } from "./support/collaboration.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { NAMES, party, talk } from "./support/tls.js";
import { TokenIssuer } from "./support/tokens.js";

const HOST = "proxy.cleanroom.local";

const enable = (contractId: string): Action => ({ name: "enable_ca", args: { contractId } });

describe("certificate authorities of contracts", function () {
  this.timeout(30_000);
  let net: Network;
  let collaboration: Collaboration;
  let contract: ContractClient;

  before(async () => {
    net = await sharedNetwork();
    collaboration = await Collaboration.start(net);
    contract = collaboration.contract();
  });

  it("are enabled by vote, get their key by a member, and are told to whom the consortium knows", async () => {
    assert.deepEqual(await contract.ca(), { enabled: false, proposalIds: [] });
    await assertRefused(contract.generateCaKey(), 405, "CANotEnabled");
    const asking = collaboration.room().certificate({ publicKey: makeKeyPair().publicKeyPem });
    await assertRefused(asking, 404, "NoCASigningKey");

    const alice = net.members[0];
    const open = await propose(net.as(alice), alice, [enable(contract.id)]);
    assert.deepEqual(await contract.ca(), { enabled: false, proposalIds: [open.proposalId] });
    await withdraw(net.as(alice), alice, open.proposalId);
    await net.pass(enable(contract.id));
    assert.deepEqual(await contract.ca(), { enabled: true, proposalIds: [] });

    const [, bob] = founders(net);
    const txId = await collaboration.contract(net.as(bob)).generateCaKey();
    const { caCert, caBundle } = await contract.ca();
    assert.equal(caBundle, caCert);
    // the receipt of that transaction proves the certificate
    const receipt = await fetchReceipt(net.as(bob), txId);
    const { serviceCertificatePem } = net.workspace;
    const document = { contractId: contract.id, requestId: "1", caCert };
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem, txId, document }).txId, txId);

    const issuer = new TokenIssuer();
    await net.pass(issuer.registration);
    const user = net.as(await net.addUser(freshId("user")));
    for (const reader of [user, net.as({ token: issuer.token({ oid: "somebody" }) })])
      assert.equal((await new ContractClient(reader, contract.id).ca()).caCert, caCert);
    await assertRefused(new ContractClient(net.client, contract.id).ca(), 401, "InvalidAuthenticationInfo");
    for (const nobody of [user, net.client])
      await assertRefused(
        new ContractClient(nobody, contract.id).generateCaKey(),
        401,
        "InvalidAuthenticationInfo",
      );
  });

  it("answer requests as existing clients send them, signed JSON", async () => {
    const key = makeKeyPair();
    const wanted = {
      publicKey: key.publicKeyPem,
      subjectName: "CN=ccr-proxy",
      subjectAlternateNames: NAMES,
      validityPeriodDays: 100,
    };
    const { privateKey } = collaboration.key;
    const body = signedRequest(collaboration.key, collaboration.evidence(), wanted);
    const answer = await net.client.post(`/app/contracts/${contract.id}/ca/generateEndorsedCert`, body);
    const { value } = answer.json() as { value: string };
    const { cert } = JSON.parse(unwrap(Buffer.from(value, "base64"), privateKey).toString()) as {
      cert: string;
    };
    const certificate = new X509Certificate(cert);
    assert.ok(certificate.checkPrivateKey(key.privateKey));
    assert.equal(certificate.subjectAltName, "DNS:*.cleanroom.local, IP Address:127.0.0.1");
  });

  it("leave a record of every certificate, and its receipt", async () => {
    const { cert, release, txId } = await party(collaboration);
    const { record, transactionId } = await releaseOf(contract, release);
    const id = createHash("sha256").update(new X509Certificate(cert).raw).digest("hex");
    assert.deepEqual(record.item, { kind: "certificate", id, subject: "CN=ccr-proxy", names: NAMES });
    assert.equal(transactionId, txId);
    const receipt = await fetchReceipt(net.as(net.members[0]), txId);
    const { serviceCertificatePem } = net.workspace;
    assert.equal(verifyReceipt(receipt, { serviceCertificatePem, txId, document: record }).txId, txId);
  });

  it("certify nothing for code that the contract does not trust, nor without a key, nor for another contract", async () => {
    const wanted = { publicKey: makeKeyPair().publicKeyPem, subjectName: "CN=a" };
    const outdated = collaboration.room({ claims: { "virtual-svn": 6 } });
    const refusal = await assertRefused(
      outdated.certificate(wanted),
      400,
      "VerifySnpAttestationFailed",
      "ClaimMismatch",
    );
    assert.match(JSON.stringify(refusal.details), /virtual-svn/);
    const stranger = collaboration.room({ contractId: await acceptedContract(net) });
    await assertRefused(stranger.certificate(wanted), 400, "VerifySnpAttestationFailed", "NoPolicy");

    const other = await Collaboration.start(net);
    await net.pass(enable(other.contractId));
    await assertRefused(other.room().certificate(wanted), 404, "NoCASigningKey");
    const path = `/app/contracts/${contract.id}/ca/generateEndorsedCert`;
    await assertRefused(net.client.post(path, {}), 400, "AttestationMissing");
    await assertRefused(net.client.post(path, []), 400, "InvalidBody");
  });

  it("refuse what should not be certified, each with a code of its own", async () => {
    const publicKey = makeKeyPair().publicKeyPem;
    const subjectName = "CN=a";
    for (const [wanted, code] of [
      [{ subjectName }, "InvalidPublicKey"],
      [{ publicKey: "key", subjectName }, "InvalidPublicKey"],
      [{ publicKey: makeKeyPair("P-521").publicKeyPem, subjectName }, "InvalidPublicKey"],
      [{ publicKey: makeKeyPair("RSA 1024").publicKeyPem, subjectName }, "InvalidPublicKey"],
      [{ publicKey: makeKeyPair("X25519").publicKeyPem, subjectName }, "InvalidPublicKey"],
      [{ csr: "csr" }, "InvalidCsr"],
      [{ csr: requestFor(makeKeyPair("P-384")) }, "InvalidCsr"],
      [{ csr: "x".repeat(16_384) }, "InvalidCsr"],
      [
        { csr: `-----BEGIN CERTIFICATE REQUEST-----${"MIAw".repeat(4000)}-----END CERTIFICATE REQUEST-----` },
        "InvalidCsr",
      ],
      [{ csr: requestFor(makeKeyPair("P-256")), publicKey }, "InvalidCsr"],
      [{ publicKey }, "InvalidSubjectName"],
      [{ publicKey, subjectName: "CN=a\u202eb" }, "InvalidSubjectName"],
      [{ publicKey, subjectName: "XX=a" }, "InvalidSubjectName"],
      [{ publicKey, subjectName, subjectAlternateNames: ["dNSName:*"] }, "InvalidSubjectAlternateName"],
      [
        { publicKey, subjectName, subjectAlternateNames: ["iPAddress:1::2::3"] },
        "InvalidSubjectAlternateName",
      ],
      [{ publicKey, subjectName, validityPeriodDays: 0 }, "InvalidBody"],
    ] as const)
      await assertRefused(collaboration.room().certificate(wanted), 400, code);
  });

  it("keep to the policy that the members vote for", async () => {
    const own = await Collaboration.start(net);
    const { contractId } = own;
    await net.pass(enable(contractId), {
      name: "set_ca_policy",
      args: { contractId, allowedDnsNames: ["*.cleanroom.local"], maximumValidityDays: 7, requireCsr: true },
    });
    await own.contract().generateCaKey();
    const { policy } = await own.contract().ca();
    const allowed = { allowedDnsNames: ["*.cleanroom.local"], allowedIpAddresses: [] };
    assert.deepEqual(policy, { ...allowed, maximumValidityDays: 7, requireCsr: true });

    const room = own.room();
    const key = makeKeyPair("P-256");
    const { cert } = await room.certificate({
      csr: requestFor(key, "proxy", [HOST]),
      validityPeriodDays: 100,
    });
    const left = Date.parse(new X509Certificate(cert).validTo) - Date.now();
    assert.ok(left > 6 * 86_400_000 && left <= 7 * 86_400_000);
    for (const alternativeNames of [["bank.example.com"], [HOST, "127.0.0.1"]])
      await assertRefused(
        room.certificate({ csr: requestFor(key, "a", alternativeNames) }),
        403,
        "CaPolicyViolation",
      );
    await assertRefused(
      room.certificate({ csr: requestFor(key, "bank.example.com") }),
      403,
      "CaPolicyViolation",
    );
    await assertRefused(party(own, key), 403, "CaPolicyViolation");

    await net.pass({ name: "remove_ca_policy", args: { contractId } });
    assert.equal("policy" in (await own.contract().ca()), false);
    assert.equal(
      await talk(await party(own, key), { ca: (await own.contract().ca()).caBundle ?? "" }),
      "hello ccr-proxy",
    );
  });

  it("certify no more once a member disables execution", async () => {
    const own = await Collaboration.start(net);
    await net.pass(enable(own.contractId));
    await own.contract().generateCaKey();
    await party(own);
    const path = `/app/contracts/${own.contractId}/runtimeoptions/execution/disable`;
    await net.as(net.members[0]).post(path);
    await assertRefused(party(own), 403, "ExecutionDisabled");
  });

  it("certify for code to which a clean room has delegated just that", async () => {
    const own = await Collaboration.start(net);
    await net.pass(enable(own.contractId));
    await own.contract().generateCaKey();
    const worker = own.room({ claims: { "virtual-hostdata": "cd".repeat(32) } });
    const wanted = { publicKey: makeKeyPair().publicKeyPem, subjectName: "CN=worker" };
    await assertRefused(worker.certificate(wanted), 400, "VerifySnpAttestationFailed");
    const content = { type: "add", policyType: "virtual", claims: { "virtual-hostdata": ["cd".repeat(32)] } };
    const path = `/app/contracts/${own.contractId}/cleanroompolicy/delegates/ca/endorsed-cert`;
    await net.client.put(path, signedRequest(own.key, own.evidence(), content));
    const { release } = await worker.certificate(wanted);
    const { record } = await releaseOf(own.contract(), release);
    assert.deepEqual(record.delegate, { type: "ca", id: "endorsed-cert" });
  });
});

async function releaseOf(contract: ContractClient, number: number): Promise<Release> {
  for await (const release of contract.releases()) if (release.record.release === number) return release;
  return assert.fail(`there is no release ${number}`);
}
